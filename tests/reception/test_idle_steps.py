"""When the clock speaks: a table of moments, and what is due at each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.idle import Watched, apology_words, notice_words, step_for
from tests.reception.conftest import at

NOON = at("2026-11-20 12:00")


def ago(minutes: float):
    return NOON - timedelta(minutes=minutes)


def with_staff(staff=None, resident=None, told=None) -> Watched:
    """A case that staff own; each number is minutes ago."""
    moments = {"staff_at": staff, "resident_at": resident, "idle_told_at": told}
    return Watched(False, **{name: None if value is None else ago(value) for name, value in moments.items()})


SILENCES = [
    pytest.param(with_staff(staff=19.9, resident=30), 20, "", id="not yet silent for long"),
    pytest.param(with_staff(staff=20, resident=30), 20, "notice", id="silent for as long as the department says"),
    pytest.param(with_staff(staff=20), 20, "notice", id="the resident has never written since"),
    pytest.param(with_staff(staff=30, resident=25), 20, "", id="the last word is the resident's"),
    pytest.param(with_staff(resident=90), 20, "", id="staff have not written at all"),
    pytest.param(with_staff(staff=24, resident=30, told=4), 20, "", id="told four minutes ago"),
    pytest.param(with_staff(staff=25, resident=30, told=5), 20, "return", id="told five minutes ago"),
    pytest.param(with_staff(staff=600, resident=700, told=500), 20, "return", id="the clock stood still for hours"),
    pytest.param(with_staff(staff=600, resident=700), 20, "notice", id="a notice comes first, however late"),
    pytest.param(with_staff(staff=10, resident=40, told=15), 20, "", id="staff wrote again after the notice"),
    pytest.param(with_staff(staff=25, resident=2, told=5), 20, "", id="the resident wrote after the notice"),
    pytest.param(with_staff(staff=600, resident=700), 0, "", id="never, where the department says 0"),
    pytest.param(with_staff(staff=59, resident=70), 60, "", id="a longer time of its own"),
]


@pytest.mark.parametrize(("case", "idle_minutes", "due"), SILENCES)
def test_a_silent_talk_gets_a_notice_and_then_ends(case, idle_minutes, due):
    assert step_for(case, idle_minutes, NOON) == due


def waiting(promised: str | None, *, apologised: bool = False) -> Watched:
    return Watched(True, promised_at=at(promised) if promised else None, apologised=apologised)


PROMISES = [
    pytest.param(waiting("2026-11-24 08:30"), "2026-11-24 08:59", "", id="half an hour is not over"),
    pytest.param(waiting("2026-11-24 08:30"), "2026-11-24 09:00", "apology", id="half an hour after opening"),
    pytest.param(waiting("2026-11-24 08:30", apologised=True), "2026-11-24 12:00", "", id="once is enough"),
    pytest.param(waiting("2026-11-24 08:30"), "2026-11-21 09:00", "", id="before the promised opening"),
    pytest.param(waiting("2026-11-20 17:00"), "2026-11-20 17:30", "apology", id="asked just before closing"),
    pytest.param(waiting("2026-11-20 17:00"), "2026-11-21 03:00", "", id="nobody is woken at night"),
    pytest.param(waiting("2026-11-20 17:00"), "2026-11-21 07:00", "apology", id="but told in the morning"),
    pytest.param(waiting(None), "2026-11-24 12:00", "", id="nothing was promised"),
]


@pytest.mark.parametrize(("case", "now", "due"), PROMISES)
def test_whoever_waits_longer_than_promised_hears_it_once(case, now, due):
    assert step_for(case, 20, at(now)) == due


def test_the_apology_says_the_phone_and_in_the_evening_when_somebody_comes(voice):
    in_hours, evening = voice("2026-11-24 09:00"), voice("2026-11-20 17:30")
    department = in_hours.city.department("市民課")

    assert "048-000-0001" in apology_words(in_hours, department).text
    assert "11月24日（火）8時30分から" in apology_words(evening, department).text


@pytest.mark.parametrize("language", ["ja", "easy", "en", "zh"])
def test_the_notice_says_how_long_is_left(voice, language):
    assert "5" in notice_words(voice(language=language)).text
