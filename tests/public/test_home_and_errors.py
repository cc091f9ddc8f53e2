"""The first page, and what people read when something is not there or went wrong."""

from __future__ import annotations

import pytest
from flask import Flask

from handlers.public.front import register_front
from tests.public.conftest import a_config


def test_the_demo_shows_a_phone_a_page_of_the_city_and_what_to_ask(site):
    text = site().get("/").text

    assert 'src="/emulator/phone/test"' in text
    assert 'src="/demo/test/"' in text
    assert "ひっこしてきたけど何すればいい？" in text
    assert 'href="/faq/test/"' in text
    assert 'href="/readyz"' in text


def test_without_the_emulator_the_demo_shows_the_widget_alone(site):
    text = site(LINE_API_HOST="http://127.0.0.1:9").get("/").text

    assert "/emulator/" not in text
    assert 'src="/demo/test/"' in text


def test_the_citys_page_of_the_demo_embeds_the_widget_as_a_city_would(site):
    assert '<script src="/widget/test.js" defer></script>' in site().get("/demo/test/").text


def test_production_leads_to_the_faq_and_has_no_demo(site):
    visitor = site(MODE="production")

    assert visitor.get("/").headers["Location"] == "/faq/"
    assert visitor.get("/demo/test/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "code", "words"),
    [
        ("GET", "/nothing", 404, "ページが見つかりません"),
        ("POST", "/faq/test/", 405, "この開き方はできません"),
        ("GET", "/demo/nowhere/", 404, "ページが見つかりません"),
    ],
)
def test_an_error_is_a_kind_page_in_japanese_with_the_phone(visitor, method, path, code, words):
    response = visitor.open(path, method=method)

    assert response.status_code == code
    assert words in response.text
    assert "tel:0480000000" in response.text
    assert 'lang="ja"' in response.text


def test_machines_get_errors_as_json(visitor):
    response = visitor.get("/widget/nothing/at/all")

    assert response.status_code == 404
    assert response.get_json()["message"] == "ページが見つかりません"


def test_a_fault_of_ours_shows_no_detail(city_library, tmp_path):
    app = Flask("public", static_folder=None)
    register_front(app, city_library, a_config(tmp_path))

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a secret detail")

    response = app.test_client().get("/broken")

    assert response.status_code == 500
    assert "申し訳ありません" in response.text
    assert "secret" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
