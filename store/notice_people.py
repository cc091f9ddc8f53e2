"""Whom a notice is for: friends of the account and what they wish to hear. As SQL for all, and in plain for one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from bot.wishes import Wishes
from notify.notice_life import JAPAN
from store.records_notices import Audience
from store.tables import friends
from store.tables_notices import subscriber_facts, subscribers, subscriptions

CHILD = "child"
"""The fact whose values are months of birth, "2024-05"."""

_SAME = and_(friends.c.city == subscribers.c.city, friends.c.resident == subscribers.c.resident)


def people(city: str, audience: Audience, now: datetime) -> tuple[Select[Any], ColumnElement[str]]:
    """(resident, language, quiet_from, quiet_to) of everybody whom this reaches on LINE, and the column of residents.

    Who blocked the account is left out. Nobody is there twice: each table has a resident once.
    """
    return _all_friends(city, audience) if audience.everyone else _who_wished(city, audience, now)


def _all_friends(city: str, audience: Audience) -> tuple[Select[Any], ColumnElement[str]]:
    said_nothing = subscribers.c.resident.is_(None)
    wish = and_(subscribers.c.paused.is_(False), *_wished(friends.c.resident, city, audience.topics))
    found = (
        select(
            friends.c.resident,
            func.coalesce(subscribers.c.language, "ja"),
            func.coalesce(subscribers.c.quiet_from, -1),
            func.coalesce(subscribers.c.quiet_to, -1),
        )
        .select_from(friends.outerjoin(subscribers, _SAME))
        .where(friends.c.city == city, friends.c.status == "followed", or_(said_nothing, wish))
    )
    return found, friends.c.resident


def _who_wished(city: str, audience: Audience, now: datetime) -> tuple[Select[Any], ColumnElement[str]]:
    who = subscribers.c.resident
    blocked = exists().where(_SAME, friends.c.status == "blocked")
    those = [subscribers.c.city == city, subscribers.c.channel == "line", subscribers.c.paused.is_(False), ~blocked]
    if audience.topics:
        those += _wished(who, city, audience.topics)
    else:
        # Nobody wished to hear of nothing: an audience that names no topic must not become everybody.
        those.append(subscribers.c.city != city)
    if audience.areas:
        those.append(subscribers.c.area.in_(audience.areas))
    if audience.languages:
        those.append(subscribers.c.language.in_(audience.languages))
    those += [_told(who, city, name, subscriber_facts.c.value.in_(values)) for name, values in audience.facts]
    if audience.child_months is not None:
        youngest, oldest = sorted(audience.child_months)
        born = subscriber_facts.c.value.between(_month(now, -oldest), _month(now, -youngest))
        those.append(_told(who, city, CHILD, born))
    columns = (who, subscribers.c.language, subscribers.c.quiet_from, subscribers.c.quiet_to)
    return select(*columns).where(*those), who


def hears(audience: Audience, wishes: Wishes, friend: str, at: datetime) -> bool:
    """Whether a notice that is planned at `at` reaches this one resident on LINE: as `people`, for wishes at hand.

    `friend` is how they stand to the account, "" when LINE has never told.
    """
    topical = bool(set(audience.topics) & set(wishes.topics))
    if audience.everyone:
        willing = wishes.since is None or (not wishes.paused and (topical or not audience.topics))
        return friend == "followed" and willing
    if wishes.since is None or wishes.paused or friend == "blocked" or not topical:
        return False
    if audience.areas and wishes.area not in audience.areas:
        return False
    if audience.languages and wishes.language not in audience.languages:
        return False
    if any(not set(values) & set(wishes.values(name)) for name, values in audience.facts):
        return False
    if audience.child_months is None:
        return True
    youngest, oldest = sorted(audience.child_months)
    return any(_month(at, -oldest) <= born <= _month(at, -youngest) for born in wishes.values(CHILD))


def _wished(who: ColumnElement[str], city: str, topics: tuple[str, ...]) -> list[ColumnElement[bool]]:
    if not topics:
        return []
    theirs = and_(subscriptions.c.city == city, subscriptions.c.resident == who, subscriptions.c.topic.in_(topics))
    return [exists().where(theirs)]


def _told(who: ColumnElement[str], city: str, name: str, value: ColumnElement[bool]) -> ColumnElement[bool]:
    facts = subscriber_facts.c
    return exists().where(facts.city == city, facts.resident == who, facts.name == name, value)


def _month(now: datetime, months: int) -> str:
    """The month so many months from now, in Japan: "2026-09"."""
    here = now.astimezone(JAPAN)
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    return f"{year:04d}-{month + 1:02d}"
