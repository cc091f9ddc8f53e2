"""Which shelters are open: a list to go through with one thumb, and the water points that staff name themselves."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from faq.place_states import STATUSES, PlaceStatus
from faq.places import Shelter, read_point
from handlers.console import gate
from handlers.console.disaster import other_day
from handlers.console.disaster_desk import DisasterDesk
from handlers.console.disaster_words import STATUS_NAMES
from handlers.console.gate import allowed, staff_member
from handlers.console.parts import Parts
from store.places_state import PlaceChange

Page = str | Response | tuple[str, int]
PER_PAGE = 60
LONGEST_NOTE, LONGEST_NAME = 100, 80
_TEXT_FOR: dict[PlaceStatus, str] = {"open": "shelter-opened", "full": "shelter-full", "closed": "shelter-closed"}


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/disaster/places` and `…/water`."""
    desk = DisasterDesk.of(parts)

    @blueprint.get("/<city>/disaster/places")
    @allowed("disaster.place")
    def disaster_places(city: str) -> Page:
        return _page(desk, city)

    @blueprint.post("/<city>/disaster/places")
    @allowed("disaster.place")
    def set_places(city: str) -> Page:
        elsewhere = other_day(desk, city)
        if elsewhere is not None:
            return elsewhere
        drill = desk.drill(city)
        changed = _shelter_changes(desk, city, drill)
        count = desk.store.set_places(city, changed, staff_member().id, drill=drill)
        desk.pages.write(city)
        gate.flash("done", f"{count}か所を変えました。" if count else "変わった所はありませんでした。")
        return redirect(_next(city, changed), 303)

    @blueprint.post("/<city>/disaster/water")
    @allowed("disaster.place")
    def set_water(city: str) -> Page:
        elsewhere = other_day(desk, city)
        if elsewhere is not None:
            return elsewhere
        drill = desk.drill(city)
        change = _water_change(desk, city, drill)
        if isinstance(change, str):
            return _page(desk, city, change), 422
        desk.store.set_places(city, [change], staff_member().id, drill=drill)
        desk.pages.write(city)
        gate.flash("done", f"給水所「{change.name}」を{STATUS_NAMES[change.status]}にしました。")
        return redirect(url_for("console.disaster_places", city=city, _anchor="water"), 303)


def _shelter_changes(desk: DisasterDesk, city: str, drill: bool) -> list[PlaceChange]:
    """Those of the form that are something else than they were when the page was made: what a colleague has changed
    meanwhile stays."""
    known = {shelter.id for shelter in desk.knowledge(city).places}
    changes = []
    for place in request.form.getlist("place"):
        status, note = request.form.get(f"status_{place}", ""), _line(f"note_{place}", LONGEST_NOTE)
        before = (request.form.get(f"was_{place}", "unopened"), _line(f"noted_{place}", LONGEST_NOTE))
        if place in known and status in STATUSES and (status, note) != before:
            changes.append(PlaceChange(place, status, note))
    return changes


def _water_change(desk: DisasterDesk, city: str, drill: bool) -> PlaceChange | str:
    """What the form wants: a point opened, closed, opened again; or what is wrong with it."""
    place, status = request.form.get("place", ""), request.form.get("status", "open")
    wanted: PlaceStatus = "closed" if status == "closed" else "open"
    kept = desk.store.place_states(city, drill=drill).get(place)
    if kept is not None and kept.kind == "water":
        return PlaceChange(place, wanted, kept.note, "water", kept.name, kept.address, kept.hours, kept.point)
    facility = _facility(desk, city)
    name = _line("name", LONGEST_NAME) or (facility.name if facility else "")
    if not name:
        return "給水所の施設を選ぶか、名前を書いてください。"
    written = _line("point", LONGEST_NAME)
    point = read_point(written) if written else (facility.latitude, facility.longitude) if facility else None
    if written and point is None:
        return "位置を読めません。「36.0512, 139.5478」のように、緯度と経度を書いてください。書かなくてもかまいません。"
    address = _line("address", LONGEST_NAME) or (facility.address if facility else "")
    made = f"water-{secrets.token_hex(4)}"
    note, hours = _line("note", LONGEST_NOTE), _line("hours", LONGEST_NAME)
    return PlaceChange(made, "open", note, "water", name, address[:LONGEST_NAME], hours, point)


def _facility(desk: DisasterDesk, city: str) -> Shelter | None:
    """The facility that staff chose, or whose name they typed."""
    places, chosen, typed = desk.knowledge(city).places, request.form.get("facility", ""), _line("name", LONGEST_NAME)
    named = [place for place in places if place.name == typed]
    picked = [place for place in places if place.id == chosen] if chosen else named
    return picked[0] if len(picked) == 1 else None


def _line(name: str, longest: int) -> str:
    return re.sub(r"\s+", " ", request.form.get(name, "")).strip()[:longest]


def _next(city: str, changed: Sequence[PlaceChange]) -> str:
    """On to the notice about what was changed, if staff may issue one and pressed that button."""
    statuses = {change.status for change in changed} - {"unopened"}
    if request.form.get("then") != "tell" or len(statuses) != 1:
        return url_for("console.disaster_places", city=city)
    places = [change.place for change in changed]
    return url_for("console.disaster_form", city=city, text_id=_TEXT_FOR[statuses.pop()], place=places)


def _page(desk: DisasterDesk, city: str, problem: str = "") -> str:
    knowledge, drill = desk.knowledge(city), desk.drill(city)
    words = request.args.get("q", "").strip()
    states = desk.store.place_states(city, drill=drill)
    found = [place for place in knowledge.places if _fits(place, words)]
    # Those in use first: they are what changes.
    found.sort(key=lambda place: place.id not in states or states[place.id].status == "unopened")
    return render_template(
        "console/disaster_places.html",
        places=found[:PER_PAGE],
        more=max(len(found) - PER_PAGE, 0),
        states=states,
        water=[state for state in states.values() if state.kind == "water" and state.status != "unopened"],
        names=STATUS_NAMES,
        q=words,
        drill=drill,
        problem=problem,
        written=request.form if problem else {},
        longest=(LONGEST_NAME, LONGEST_NOTE),
    )


def _fits(place: Shelter, words: str) -> bool:
    return not words or any(words in text for text in (place.name, place.address, place.kana))
