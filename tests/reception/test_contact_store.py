"""Contact forms in the store: opened by their token alone, sent once, tied to the case, forgotten with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from store import Store
from store.records import Case, Outcome, Turn
from store.records_contacts import Contact
from tests.databases import Clock

TOKEN, OTHER = "t" * 43, "o" * 43
HANA = Contact("山田花子", "hana@example.jp", "090-0000-0000", "母の分もお願いします")
DAY = 24 * 3600.0


def offer(store: Store, token: str = TOKEN, resident: str = "U1", city: str = "demo") -> None:
    store.offer_contact(city, token, resident, "line", "easy", "市民課", "委任状はいりますか")


def moment(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.now, UTC)


def ask(store: Store, clock: Clock, resident: str = "U1") -> int:
    """A case that waits; its number."""
    case = Case("demo", resident, "line", "市民課", "委任状はいりますか", moment(clock), moment(clock))
    store.record(Outcome(case=case))
    opened = store.open_case("demo", resident)
    assert opened is not None
    return opened.id


def everything_stored(store: Store) -> str:
    with store._reading_engine.connect() as connection:
        return "\n".join(str(row) for row in connection.execute(text("SELECT * FROM contact_forms")))


def test_only_the_token_opens_the_form_and_only_in_its_city(store: Store):
    offer(store)

    form = store.contact_form("demo", TOKEN)

    assert form is not None
    assert (form.department, form.question, form.language) == ("市民課", "委任状はいりますか", "easy")
    assert store.contact_form("demo", OTHER) is None
    assert store.contact_form("other", TOKEN) is None
    assert store.send_contact("other", TOKEN, HANA, form.made_at) is None
    assert TOKEN not in everything_stored(store)


def test_offering_the_same_form_again_changes_nothing(store: Store, clock: Clock):
    offer(store)
    store.send_contact("demo", TOKEN, HANA, moment(clock))

    offer(store)

    form = store.contact_form("demo", TOKEN)
    assert form is not None
    assert form.contact == HANA


def test_a_form_joins_the_case_that_waits_and_shows_there_as_something_new(store: Store, clock: Clock):
    number = ask(store, clock)
    offer(store)
    store.read_case("demo", number)
    mark = store.console_mark("demo")

    sent = store.send_contact("demo", TOKEN, HANA, moment(clock))

    assert sent is not None
    assert sent.case_id == number
    assert [form.contact for form in store.contacts("demo", number)] == [HANA]
    assert store.contacts("other", number) == []
    case = store.case("demo", number)
    assert case is not None
    assert case.unread == 1
    assert store.console_mark("demo") > mark


def test_without_a_case_the_form_opens_one_for_its_department(store: Store, clock: Clock):
    offer(store)
    promised = moment(clock) + timedelta(hours=9)

    sent = store.send_contact("demo", TOKEN, HANA, promised)

    assert sent is not None
    case = store.case("demo", sent.case_id)
    assert case is not None
    assert (case.status, case.resident, case.department) == ("waiting", "U1", "市民課")
    assert (case.question, case.promised_at) == ("委任状はいりますか", promised)
    assert [step.event for step in store.case_log("demo", case.id)] == ["asks"]
    assert "花子" not in str(case)


def test_what_was_sent_first_stays(store: Store, clock: Clock):
    offer(store)
    first = store.send_contact("demo", TOKEN, HANA, moment(clock))

    second = store.send_contact("demo", TOKEN, Contact("別人", "x@example.jp"), moment(clock))

    assert second == first
    assert len(store.cases("demo", None)) == 1


def test_pressed_twice_at_once_it_is_sent_once(store: Store, clock: Clock):
    offer(store)
    with ThreadPoolExecutor(8) as people:
        sent = list(people.map(lambda _: store.send_contact("demo", TOKEN, HANA, moment(clock)), range(8)))

    assert len({form.case_id for form in sent if form}) == 1
    assert len(store.cases("demo", None)) == 1


def test_forms_of_one_resident_sent_at_once_share_one_case(store: Store, clock: Clock):
    tokens = [f"{number:043d}" for number in range(5)]
    for token in tokens:
        offer(store, token)
    with ThreadPoolExecutor(5) as people:
        sent = list(people.map(lambda token: store.send_contact("demo", token, HANA, moment(clock)), tokens))

    assert len({form.case_id for form in sent if form}) == 1
    assert len(store.contacts("demo", sent[0].case_id if sent[0] else 0)) == 5


def test_the_number_told_on_the_telephone_finds_the_form_in_its_city(store: Store, clock: Clock):
    offer(store)
    sent = store.send_contact("demo", TOKEN, HANA, moment(clock))
    assert sent is not None

    found = store.contact_by_reference("demo", sent.reference)

    assert [form.case_id for form in found] == [sent.case_id]
    assert store.contact_by_reference("other", sent.reference) == []
    assert store.contact_by_reference("demo", "") == []
    assert sent.reference.replace("-", "").isdigit()


def test_a_form_that_nobody_sends_closes_after_two_weeks_and_an_answer_can_be_read_for_two_months(store, clock):
    offer(store)
    offer(store, OTHER, "U2")
    store.send_contact("demo", OTHER, HANA, moment(clock))

    clock.forward(14 * DAY + 1)
    unsent, sent = store.contact_form("demo", TOKEN), store.contact_form("demo", OTHER)
    late = store.send_contact("demo", TOKEN, HANA, moment(clock))
    clock.forward(46 * DAY)

    assert (unsent, late) == (None, None)
    assert sent is not None
    assert store.contact_form("demo", OTHER) is None


def test_whoever_asks_for_form_after_form_keeps_the_newest_few_and_all_that_were_sent(store: Store, clock: Clock):
    tokens = [f"{number:043d}" for number in range(9)]
    for token in tokens:
        offer(store, token)
        clock.forward(1)
        if token == tokens[0]:
            store.send_contact("demo", token, HANA, moment(clock))
    offer(store, OTHER, "U2")

    open_still = [number for number, token in enumerate(tokens) if store.contact_form("demo", token)]

    assert open_still == [0, 4, 5, 6, 7, 8]
    assert store.contact_form("demo", OTHER) is not None


def test_whoever_is_forgotten_leaves_no_contact_behind(store: Store, clock: Clock):
    offer(store)
    offer(store, OTHER, "U2")
    sent = store.send_contact("demo", TOKEN, HANA, moment(clock))
    store.send_contact("demo", OTHER, HANA, moment(clock))
    assert sent is not None

    store.erase_resident("demo", "U1")

    assert store.contact_form("demo", TOKEN) is None
    assert store.contacts("demo", sent.case_id) == []
    assert everything_stored(store).count("山田花子") == 1


def test_a_message_taken_back_leaves_the_form_that_repeated_it(store: Store, clock: Clock):
    offer(store)
    said = Turn("demo", "U1", "line", "e1", moment(clock), "text", "委任状はいりますか", "m1")
    store.record(Outcome(turn=said))

    store.erase_message("demo", "m1")

    form = store.contact_form("demo", TOKEN)
    assert form is not None
    assert form.question == ""


def test_retention_forgets_a_contact_with_its_case_and_not_before(store: Store, clock: Clock):
    offer(store)
    offer(store, OTHER, "U2")
    sent = store.send_contact("demo", TOKEN, HANA, moment(clock))
    assert sent is not None
    clock.forward(100 * DAY)

    while_it_waits = store.purge(moment(clock) - timedelta(days=90))
    store.close_case("demo", sent.case_id, 1, "done")
    just_closed = store.purge(moment(clock) - timedelta(days=90))
    clock.forward(91 * DAY)
    at_last = store.purge(moment(clock) - timedelta(days=90))

    assert (while_it_waits.contact_forms, just_closed.contact_forms) == (1, 0)  # the one that nobody sent
    assert at_last.contact_forms == 1
    assert everything_stored(store) == ""


def test_nothing_of_a_contact_is_shown_when_a_record_is_printed(store: Store, clock: Clock):
    offer(store)

    printed = repr(store.send_contact("demo", TOKEN, HANA, moment(clock)))

    assert "花子" not in printed
    assert "hana@" not in printed
    assert "090" not in printed.replace(str(clock.ms), "")
