"""Staff see how a resident on LINE calls themselves; who shows no name is asked for it once."""

from __future__ import annotations

from dataclasses import replace

from clients.errors import ClientError
from clients.line.profile import LineProfiles
from emulator import LinePlatform, serve
from errands.names import TRIES, Names
from store import Outcome, Store
from tests.handover.handover_builders import SATO, asks
from tests.running import CITY, House, wait_until
from tests.store.store_builders import a_case, a_turn


class Profiles:
    """LINE as it answers for names: a name, or the error to raise; remembers who was asked for."""

    def __init__(self, *answers: str | ClientError) -> None:
        self.answers, self.asked = list(answers), []

    def name_of(self, resident: str) -> str:
        self.asked.append(resident)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, ClientError):
            raise answer
        return answer


def test_staff_see_the_name_of_a_resident_on_line(house: House) -> None:
    house.type("まいなんばー無くした")
    house.type("人に聞く")
    [case] = house.parts.store.cases(CITY)

    wait_until(lambda: house.parts.store.case(CITY, case.id).display_name == "佐藤ハナ")


def test_a_name_is_asked_for_once(store: Store) -> None:
    case = asks(store)
    profiles = Profiles("佐藤ハナ")
    names = Names(store, {"demo": profiles})

    first, second = names.ask_once(), names.ask_once()
    store.take_case("demo", case.id, SATO)
    third = names.ask_once()

    assert (first, second, third) == (1, 0, 0)
    assert profiles.asked == ["U1"]
    assert store.case("demo", case.id).display_name == "佐藤ハナ"


def test_who_shows_no_name_is_not_asked_for_again(store: Store) -> None:
    asks(store)
    profiles = Profiles("")
    names = Names(store, {"demo": profiles})

    for _ in range(3):
        names.ask_once()
        store.cases_changed("demo")

    assert profiles.asked == ["U1"]


def test_a_line_that_does_not_answer_is_asked_again_for_a_while(store: Store) -> None:
    asks(store)
    away = ClientError("status 500", status=500)
    patient, hopeless = Profiles(away, away, "佐藤ハナ"), Profiles(away)

    named = [Names(store, {"demo": profiles}) for profiles in (hopeless, patient)]
    tried = [[names.ask_once() for _ in range(TRIES + 2)] for names in named]

    assert len(hopeless.asked) == TRIES
    assert (sum(tried[0]), tried[1][:3]) == (0, [0, 0, 1])


def test_of_residents_of_the_widget_line_knows_nothing(store: Store) -> None:
    case = replace(a_case(resident="widget:abc"), channel="widget")
    store.record(Outcome(turn=a_turn("e1", resident="widget:abc", channel="widget"), case=case))
    profiles = Profiles("佐藤ハナ")

    assert Names(store, {"demo": profiles}).ask_once() == 0
    assert profiles.asked == []


def test_line_shows_names_of_friends_only() -> None:
    platform = LinePlatform()
    with serve(platform) as emulator:
        platform.add_channel("demo", "token", "0" * 32, "http://127.0.0.1:9/none")
        friend, gone = platform.add_resident("demo", "佐藤ハナ"), platform.add_resident("demo", "鈴木")
        platform.unfollow("demo", gone)
        profiles = LineProfiles("token", emulator.url)

        assert profiles.name_of(friend.user_id) == "佐藤ハナ"
        assert profiles.name_of(gone.user_id) == ""
        assert profiles.name_of("U" + "0" * 32) == ""
