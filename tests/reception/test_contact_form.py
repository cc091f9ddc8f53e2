"""The contact form over HTTP: no script, nothing lost, nothing told to anybody else."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import read_config
from faq.library import Library
from handlers.public.contact_form import ContactLimits, contact_blueprint
from handlers.public.front import register_front
from handlers.widget.buckets import Buckets
from store import Store, open_store
from store.errors import StoreError
from store.records import Outcome, Turn
from tests.databases import Clock
from tests.reception.conftest import at
from tests.running import ROOT
from tests.web_city import a_web_library

TOKEN = "A" * 43
ADDRESS = f"/contact/test/{TOKEN}"
GOOD = {
    "message": "母の分の委任状はいりますか",
    "name": "山田花子",
    "email": "hana@example.jp",
    "phone": "",
    "consent": "yes",
}
OPEN, NIGHT = "2026-11-20 10:00", "2026-11-20 22:00"


@dataclass
class Site:
    """The page as a visitor's browser meets it, at a time of our choosing."""

    store: Store
    clock: Clock
    make: Callable[..., FlaskClient] = field(repr=False)

    def offer(self, token: str = TOKEN, language: str = "ja") -> None:
        self.store.offer_contact("test", token, "U1", "line", language, "市民課", "委任状はいりますか")

    def at(self, now: str) -> FlaskClient:
        self.clock.now = at(now).timestamp()
        return self.make()

    @property
    def case_of(self) -> int:
        case = self.store.open_case("test", "U1")
        assert case is not None
        return case.id


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return a_web_library(tmp_path_factory.mktemp("cities"))


@pytest.fixture
def site(library: Library, sqlite_url: str, clock: Clock) -> Iterator[Site]:
    config = read_config({"CITIES_DIR": str(ROOT / "cities"), "RETENTION_DAYS": "90"})
    store = open_store(sqlite_url, clock=clock)

    def make(limits: ContactLimits | None = None) -> FlaskClient:
        app = Flask("contact", static_folder=None)
        now = lambda: datetime.fromtimestamp(clock.now, at(OPEN).tzinfo)  # noqa: E731
        app.register_blueprint(contact_blueprint(library, store, config, clock=now, limits=limits))
        register_front(app, library, config)
        return app.test_client()

    clock.now = at(OPEN).timestamp()
    with store:
        made = Site(store, clock, make)
        made.offer()
        yield made


@pytest.fixture
def visitor(site: Site) -> FlaskClient:
    return site.at(OPEN)


def said(response: TestResponse) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", response.get_data(as_text=True)))


def value_of(response: TestResponse, name: str) -> str:
    page = response.get_data(as_text=True)
    found = re.search(rf'<input id="{name}"[^>]*?value="([^"]*)"', page)
    area = re.search(rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.S)
    match = found or area
    assert match is not None
    return html.unescape(match[1])


def test_the_form_shows_what_was_asked_and_who_answers(visitor):
    response = visitor.get(ADDRESS)

    assert response.status_code == 200
    assert value_of(response, "message") == "委任状はいりますか"
    assert "市民課" in said(response)
    assert "90日" in said(response)


def test_a_sent_form_leads_to_its_number_and_to_what_happens_next(visitor, site):
    response = visitor.post(ADDRESS, data=GOOD, follow_redirects=True)

    form = site.store.contacts("test", site.case_of)[0]
    assert response.status_code == 200
    assert form.reference in said(response)
    assert "市民課が順に確認して" in said(response)
    assert (form.contact.name, form.contact.email) == ("山田花子", "hana@example.jp")
    assert form.contact.message == GOOD["message"]


def test_sending_answers_with_another_page_so_that_reloading_sends_nothing(visitor):
    response = visitor.post(ADDRESS, data=GOOD)

    assert response.status_code == 303
    assert response.headers["Location"].startswith(ADDRESS)


def test_at_night_the_page_says_when_somebody_reads_it(site):
    response = site.at(NIGHT).post(ADDRESS, data=GOOD, follow_redirects=True)

    assert "11月24日（火）8時30分から市民課が" in said(response)
    case = site.store.case("test", site.case_of)
    assert case.promised_at == at("2026-11-24 08:30")


def test_in_hours_no_time_is_promised_that_could_be_missed(visitor, site):
    visitor.post(ADDRESS, data=GOOD)

    assert site.store.case("test", site.case_of).promised_at is None


def test_the_page_after_sending_shows_no_personal_data(visitor):
    page = visitor.post(ADDRESS, data=GOOD, follow_redirects=True).get_data(as_text=True)

    assert "花子" not in page
    assert "hana@example.jp" not in page


WRONG = [
    ({"message": " \n "}, "message", "「聞きたいこと」を書いてください。"),
    ({"message": "あ" * 2001}, "message", "いまは2001文字です。"),
    ({"name": ""}, "name", "「お名前」を書いてください。"),
    ({"name": "名" * 61}, "name", "60文字まで"),
    ({"email": ""}, "email", "どちらかを書いてください。"),
    ({"email": "hana@"}, "email", "hana@example.jp のような形"),
    ({"email": "hana example.jp"}, "email", "hana@example.jp のような形"),
    ({"email": "hana@example.jp\nBcc: all@example.jp"}, "email", "hana@example.jp のような形"),
    ({"phone": "市役所の隣"}, "phone", "市外局番から数字で"),
    ({"phone": "1234"}, "phone", "市外局番から数字で"),
    ({"consent": ""}, "consent", "「同意します」に印"),
]


@pytest.mark.parametrize(("change", "name", "says"), WRONG, ids=[f"{name}-{n}" for n, (_, name, _) in enumerate(WRONG)])
def test_what_is_wrong_is_named_on_top_and_beside_the_field_and_nothing_is_lost(visitor, site, change, name, says):
    response = visitor.post(ADDRESS, data={**GOOD, **change})

    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert page.count(says) == 2
    assert f'<a href="#{name}">' in page
    assert re.search(rf'id="{name}"[^>]*aria-describedby="{name}-wrong {name}-hint" aria-invalid="true"', page, re.S)
    assert page.index("<title>入力を確かめてください：") > 0
    for field_name in ("message", "name", "phone"):
        typed = {**GOOD, **change}[field_name].strip()
        assert value_of(response, field_name) == typed
    assert site.store.open_case("test", "U1") is None


def test_all_mistakes_are_told_at_once_in_the_order_of_the_page(visitor):
    page = visitor.post(ADDRESS, data={}).get_data(as_text=True)

    linked = re.findall(r'<li><a href="#(\w+)">', page)
    assert linked == ["message", "name", "email", "consent"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("０９０−１２３４−５６７８", "090-1234-5678"),
        ("090 1234 5678", "090-1234-5678"),
        ("(048)000-1110", "048-000-1110"),
        ("09012345678", "09012345678"),
        ("+81 90 1234 5678", "+81-90-1234-5678"),
    ],
)
def test_a_phone_number_is_taken_as_people_write_it(visitor, site, typed, kept):
    visitor.post(ADDRESS, data={**GOOD, "email": "", "phone": typed})

    assert site.store.contacts("test", site.case_of)[0].contact.phone == kept


def test_a_wide_mail_address_is_made_narrow(visitor, site):
    visitor.post(ADDRESS, data={**GOOD, "email": "ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ"})

    assert site.store.contacts("test", site.case_of)[0].contact.email == "hana@example.jp"


def test_a_my_number_is_hidden_before_it_is_kept_and_the_page_says_so(visitor, site):
    response = visitor.post(ADDRESS, data={**GOOD, "message": "番号は1234 5678 9018です"}, follow_redirects=True)

    assert "9018" not in site.store.contacts("test", site.case_of)[0].contact.message
    assert "番号は伏せてお預かりしました" in said(response)


def test_the_answer_of_staff_is_read_at_the_same_address(visitor, site):
    visitor.post(ADDRESS, data=GOOD)
    case = site.case_of
    site.store.take_case("test", case, 7)
    site.store.reply_case("test", case, 7, "委任状はいりません。<b>市民課</b>", "key-1")

    response = visitor.get(ADDRESS)

    assert "職員からのお返事" in said(response)
    assert "委任状はいりません。<b>市民課</b>" in said(response)
    assert "<b>" not in response.get_data(as_text=True)


def test_only_what_belongs_to_the_case_is_shown(visitor, site):
    visitor.post(ADDRESS, data=GOOD)
    case = site.case_of
    site.store.take_case("test", case, 7)
    site.store.reply_case("test", case, 7, "一つ目の返事", "key-1")
    site.store.close_case("test", case, 7, "done")
    site.clock.forward(60)
    site.offer("B" * 43)
    visitor.post(f"/contact/test/{'B' * 43}", data=GOOD)
    site.clock.forward(60)
    other = site.case_of
    site.store.take_case("test", other, 7)
    site.store.reply_case("test", other, 7, "二つ目の返事", "key-2")

    first, second = visitor.get(ADDRESS), visitor.get(f"/contact/test/{'B' * 43}")

    assert ("一つ目の返事" in said(first), "二つ目の返事" in said(first)) == (True, False)
    assert ("一つ目の返事" in said(second), "二つ目の返事" in said(second)) == (False, True)


def test_a_question_taken_back_says_so_instead_of_a_promise(visitor, site):
    visitor.post(ADDRESS, data=GOOD)
    owner = site.store.remembered("test", "U1").owner
    words = Turn("test", "U1", "line", "e9", at(OPEN), "text", "キャンセル")
    site.store.record(Outcome(turn=words, owner=owner, ends="cancels"))

    response = visitor.get(ADDRESS)

    assert "取り消されています" in said(response)
    assert "順に確認して" not in said(response)


def test_a_question_answered_by_telephone_is_over(visitor, site):
    visitor.post(ADDRESS, data=GOOD)
    site.store.close_case("test", site.case_of, 7, "電話で回答")

    response = visitor.get(ADDRESS)

    assert "対応は終わりました" in said(response)
    assert "電話で回答" not in said(response)


@pytest.mark.parametrize("token", ["B" * 43, "A" * 42, "A" * 44, "あ" * 43, "A" * 42 + "%00", "..%2F" * 8])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_nobody_was_given_shows_the_phone_and_nothing_else(visitor, token, method):
    response = getattr(visitor, method)(f"/contact/test/{token}", data=GOOD if method == "post" else None)

    assert response.status_code == 404
    assert "048-000-0000" in said(response)
    assert "委任状" not in said(response)


def test_a_form_opens_in_its_own_city_only(visitor):
    assert visitor.get(f"/contact/demo/{TOKEN}").status_code == 404
    assert visitor.post(f"/contact/demo/{TOKEN}", data=GOOD).status_code == 404


@pytest.mark.parametrize(
    ("stored", "wished", "title"),
    [
        ("ja", "", "職員への質問と連絡先"),
        ("easy", "", "人ひとに 聞きく"),
        ("vi", "", "人ひとに 聞きく"),
        ("en", "", "Your question and your contact"),
        ("ja", "?lang=en", "Your question and your contact"),
        ("en", "?lang=ja", "職員への質問と連絡先"),
        ("ja", "?lang=<script>", "職員への質問と連絡先"),
    ],
)
def test_the_page_speaks_the_language_of_the_talk_or_the_one_chosen(site, stored, wished, title):
    site.offer("C" * 43, stored)
    response = site.at(OPEN).get(f"/contact/test/{'C' * 43}{wished}")

    heading = re.search(r"<h1>(.*?)</h1>", response.get_data(as_text=True), re.S)
    assert heading is not None
    assert title in re.sub(r"<r[pt]>[()]</r[pt]>|<[^>]+>", "", heading[1])
    assert "<script>" not in response.get_data(as_text=True)


def test_the_chosen_language_stays_after_a_mistake_and_after_sending(visitor):
    wrong = visitor.post(f"{ADDRESS}?lang=en", data={})
    sent = visitor.post(f"{ADDRESS}?lang=en", data=GOOD, follow_redirects=True)

    assert "Please write your name." in said(wrong)
    assert 'lang="en"' in wrong.get_data(as_text=True)[:100]
    assert "We have received your question" in said(sent)


def test_no_cache_keeps_the_page_and_no_other_site_learns_its_address(visitor):
    for response in (visitor.get(ADDRESS), visitor.post(ADDRESS, data={}), visitor.get(f"/contact/test/{'B' * 43}")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert "script" not in response.get_data(as_text=True).lower().replace("describedby", "")


def test_words_of_residents_are_text_and_never_markup(visitor):
    nasty = '"><img src=x onerror=alert(1)></textarea><script>alert(2)</script>'

    page = visitor.post(ADDRESS, data={"message": nasty, "name": nasty, "email": nasty, "phone": nasty})

    text = page.get_data(as_text=True)
    assert "<img" not in text
    assert "<script" not in text
    assert value_of(page, "message") == nasty


def test_a_body_that_is_far_too_large_is_refused(visitor, site):
    response = visitor.post(ADDRESS, data={**GOOD, "message": "あ" * 30_000})

    assert response.status_code == 413
    assert site.store.open_case("test", "U1") is None


def test_who_sends_too_often_waits_and_loses_nothing(site):
    client = site.make(ContactLimits(forms=Buckets(burst=1, per_second=0.1)))
    client.post(ADDRESS, data={**GOOD, "consent": ""})

    response = client.post(ADDRESS, data=GOOD)

    assert response.status_code == 429
    assert "秒ほど待ってから" in said(response)
    assert value_of(response, "message") == GOOD["message"]
    assert site.store.open_case("test", "U1") is None


def test_whoever_tries_addresses_is_slowed_down(site):
    client = site.make(ContactLimits(addresses=Buckets(burst=3, per_second=0.1)))

    found = [client.get(f"/contact/test/{n:043d}").status_code for n in range(5)]

    assert found == [404, 404, 404, 429, 429]


@pytest.mark.parametrize("broken", ["contact_form", "send_contact"])
def test_when_the_store_is_away_the_form_comes_back_as_it_was(visitor, site, monkeypatch, broken):
    def away(*_: object, **__: object) -> None:
        raise StoreError("away")

    monkeypatch.setattr(site.store, broken, away)

    response = visitor.post(ADDRESS, data=GOOD)

    assert response.status_code == 503
    assert "いまは受け取れませんでした" in said(response)
    assert value_of(response, "message") == GOOD["message"]
    assert value_of(response, "name") == "山田花子"


def test_nothing_that_was_written_and_no_address_is_logged(visitor, caplog, monkeypatch, site):
    caplog.set_level(logging.DEBUG)
    visitor.post(ADDRESS, data={**GOOD, "email": "no"})
    visitor.post(ADDRESS, data=GOOD)
    visitor.get(ADDRESS)

    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert [word for word in ("花子", "hana@", "委任状", TOKEN) if word in logged] == []
