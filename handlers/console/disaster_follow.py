"""Correction and all-clear of a notice: one click to this page, one to send it. The text is there already."""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Blueprint, abort, url_for

from faq.disaster_texts import LANGUAGES
from handlers.console.disaster import Page, other_day, sent_key, sent_moment, sent_texts, shown_draft, told
from handlers.console.disaster_desk import DisasterDesk, Draft
from handlers.console.disaster_words import complaint, follow_up_texts
from handlers.console.gate import allowed
from handlers.console.parts import Parts
from store.records_notices import NoticeMark


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/disaster/notice/<number>/correction` and `…/all-clear`."""
    desk = DisasterDesk.of(parts)

    @blueprint.get("/<city>/disaster/notice/<int:number>/correction")
    @allowed("disaster.issue")
    def disaster_correction(city: str, number: int) -> Page:
        return _show(desk, city, number, "correction")

    @blueprint.post("/<city>/disaster/notice/<int:number>/correction")
    @allowed("disaster.issue")
    def issue_correction(city: str, number: int) -> Page:
        return _issue(desk, city, number, "correction")

    @blueprint.get("/<city>/disaster/notice/<int:number>/all-clear")
    @allowed("disaster.issue")
    def disaster_all_clear(city: str, number: int) -> Page:
        return _show(desk, city, number, "all_clear")

    @blueprint.post("/<city>/disaster/notice/<int:number>/all-clear")
    @allowed("disaster.issue")
    def issue_all_clear(city: str, number: int) -> Page:
        return _issue(desk, city, number, "all_clear")


def _show(desk: DisasterDesk, city: str, number: int, mark: NoticeMark) -> str:
    return shown_draft(desk, city, _draft(desk, city, number, mark), _target(city, number, mark))


def _issue(desk: DisasterDesk, city: str, number: int, mark: NoticeMark) -> Page:
    elsewhere = other_day(desk, city)
    if elsewhere is not None:
        return elsewhere
    draft = replace(_draft(desk, city, number, mark), key=sent_key(), texts=sent_texts(), opened_at=sent_moment())
    problem = complaint(draft.texts)
    if problem:
        return shown_draft(desk, city, draft, _target(city, number, mark), problem), 422
    return told(desk, city, draft)


def _draft(desk: DisasterDesk, city: str, number: int, mark: NoticeMark) -> Draft:
    """The follow-up of a notice as it stands ready. One of a drill is followed up in the drill only, and the other
    way round."""
    original = desk.store.notice(city, number)
    if original is None or original.kind != "disaster" or not original.number or original.drill != desk.drill(city):
        abort(404)
    texts = desk.texts(city)
    report = desk.store.report_of(city, number)
    approved = texts.texts.get(report.text_id) if report else None
    lifted = texts.ended if approved is not None and approved.group != "evacuation" else texts.all_clear
    follow = texts.correction if mark == "correction" else lifted
    titles = {
        language: approved.title.said(language) if approved else original.titles.get(language, original.title)
        for language in LANGUAGES
    }
    at = original.issued_at or original.created_at
    return Draft(
        key=secrets.token_urlsafe(16),
        text_id=mark,
        title=original.title,
        titles=titles,
        prefix={language: f"{follow.title.said(language)}: " for language in LANGUAGES},
        texts=follow_up_texts(follow, desk.knowledge(city).city, titles, report.number if report else 0, at),
        areas=report.areas if report else (),
        only_areas=False,
        audience=original.audience,
        channels=original.channels,
        opened_at=desk.now(),
        mark=mark,
        original=original.original or number,
        about=number,
    )


def _target(city: str, number: int, mark: NoticeMark) -> str:
    endpoint = "console.issue_correction" if mark == "correction" else "console.issue_all_clear"
    return url_for(endpoint, city=city, number=number)
