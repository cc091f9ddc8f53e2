"""The plain FAQ pages: what is on them, what is not, and that no question breaks them."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.public.faq_pages import JAPAN
from handlers.public.prose import marked, prose, summary
from tests.html import links, read_page, values, words
from tests.web_city import a_web_library

PHONE = "tel:0480000000"


def page_of(response):
    return read_page(response.get_data(as_text=True))


def test_the_first_page_has_a_search_the_topics_and_the_phone(visitor):
    response = visitor.get("/faq/test/")

    page = page_of(response)
    assert response.status_code == 200
    assert page.get("lang") == "ja"
    assert page.find(".//form[@method='get']//input[@name='q']") is not None
    assert "/faq/test/topics/moving/" in links(page)
    assert "/faq/test/moving-in" in links(page)
    assert PHONE in links(page)
    assert values(page, ".//link[@rel='canonical']", "href") == ["https://madoguchi.example.jp/faq/test/"]
    assert values(page, ".//a[@class='skip']", "href") == ["#main"]


def test_an_entry_has_its_window_hours_phone_links_and_versions(visitor):
    page = page_of(visitor.get("/faq/test/moving-in"))

    assert words(page.find(".//h1")) == "引っ越してきたときの手続きを知りたい"
    assert "14日以内に、転入届を出してください" in words(page)
    assert "市民課" in words(page)
    assert "市役所1階" in words(page)
    assert "8:30" in words(page)
    assert "tel:0480000001" in links(page)
    assert "https://www.city.test.example.jp/tennyu" in links(page)
    assert "/faq/test/moving-out" in links(page)
    assert page.find(".//section[@id='easy']/p/ruby/rt").text == "ひ"
    assert page.find(".//section[@lang='en']/h2").text == "I have just moved here. What should I do?"
    assert page.find(".//h2[@class='part']").text == "持ち物"
    assert "本人確認書類" in [item.text for item in page.iter("li")]
    assert links(page.find(".//nav[@class='crumbs']")) == ["/faq/test/", "/faq/test/topics/moving/"]


def test_search_engines_get_the_question_and_its_answer(visitor):
    page = page_of(visitor.get("/faq/test/moving-in"))

    [data] = [json.loads(script.text) for script in page.findall(".//script[@type='application/ld+json']")]
    assert data["mainEntity"][0]["name"] == "引っ越してきたときの手続きを知りたい"
    assert "転入届" in data["mainEntity"][0]["acceptedAnswer"]["text"]


def test_a_question_finds_entries_and_shows_which_words_did(visitor):
    response = visitor.get("/faq/test/", query_string={"q": "引っ越してきた"})

    page = page_of(response)
    assert links(page.find(".//ol[@class='hits']"))[0] == "/faq/test/moving-in"
    assert page.findall(".//mark")
    assert "合ったことば" in words(page)
    assert values(page, ".//input[@name='q']", "value") == ["引っ越してきた"]
    assert PHONE in links(page)
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Cache-Control"].startswith("private")


def test_nothing_found_still_leads_on(visitor):
    page = page_of(visitor.get("/faq/test/", query_string={"q": "ｑｗｚｘｖ"}))

    assert "見つかりませんでした" in words(page)
    assert PHONE in links(page)
    assert "/faq/test/topics/moving/" in links(page)


def test_a_number_that_must_not_be_kept_is_not_shown_again(visitor):
    response = visitor.get("/faq/test/", query_string={"q": "1234-5678-9018 引っ越してきた"})

    assert "9018" not in response.text
    assert "伏せて" in response.text
    assert "/faq/test/moving-in" in links(page_of(response))


def test_an_entry_that_ended_is_nowhere(visitor):
    assert visitor.get("/faq/test/ended").status_code == 404
    for path in ("/faq/test/", "/faq/test/?q=引越し助成金", "/faq/test/topics/moving/", "/faq/test/moving-in"):
        assert "/faq/test/ended" not in links(page_of(visitor.get(path)))
    assert "/faq/test/ended" not in visitor.get("/faq/test/sitemap.xml").text


def test_while_it_lasted_it_was_there(site):
    visitor = site(now=datetime(2025, 3, 31, 23, 59, tzinfo=JAPAN))

    assert visitor.get("/faq/test/ended").status_code == 200
    assert "/faq/test/ended" in visitor.get("/faq/test/sitemap.xml").text


@pytest.mark.parametrize("path", ["/faq/test/nothing", "/faq/test/topics/nothing/"])
def test_what_is_not_there_is_a_page_with_the_phone_and_a_search(visitor, path):
    response = visitor.get(path)

    page = page_of(response)
    assert response.status_code == 404
    assert "案内が見つかりません" in words(page)
    assert PHONE in links(page)
    assert page.findall(".//input[@name='q']")


def test_an_unknown_city_is_not_found(visitor):
    assert visitor.get("/faq/nowhere/").status_code == 404
    assert visitor.get("/faq/nowhere/x").status_code == 404


def test_every_page_of_the_sitemap_is_there_with_its_own_title(visitor):
    addresses = re.findall("<loc>(.*?)</loc>", visitor.get("/faq/test/sitemap.xml").text)
    paths = [address.removeprefix("https://madoguchi.example.jp") for address in addresses]

    pages = {path: page_of(visitor.get(path)) for path in paths if "other-" not in path}
    titles = {page.findtext(".//title") for page in pages.values()}

    assert {"/faq/test/", "/faq/test/moving-in", "/faq/test/topics/garbage/"} <= set(paths)
    assert len(titles) == len(pages)
    assert "Sitemap: https://madoguchi.example.jp/faq/test/sitemap.xml" in visitor.get("/robots.txt").text


def test_pages_can_be_kept_and_asked_for_again_cheaply(visitor):
    first = visitor.get("/faq/test/moving-in")

    again = visitor.get("/faq/test/moving-in", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert again.status_code == 304


def test_pages_run_nothing_but_our_files(visitor):
    response = visitor.get("/faq/test/moving-in")

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", response.text)
    assert "Set-Cookie" not in response.headers


def test_text_of_the_city_is_never_markup(visitor):
    page = page_of(visitor.get("/faq/test/nasty"))

    assert page.find(".//h1").text == '<script>alert("題")</script> という札を見た'
    assert not page.findall(".//img") + page.findall(".//b")
    [data] = page.findall(".//script")
    assert json.loads(data.text)["mainEntity"][0]["name"].startswith("<script>")


def test_a_single_city_needs_no_list_and_several_have_one(site, city_library, tmp_path):
    from faq.library import Library

    one = site()
    two = Library({"test": city_library._sources["test"], "other": city_library._sources["test"]})
    two.check_now()

    assert one.get("/faq/").headers["Location"] == "/faq/test/"
    assert {"/faq/test/", "/faq/other/"} <= set(links(page_of(site(two).get("/faq/"))))


def test_an_edit_is_shown_at_once(site, tmp_path):
    library = a_web_library(tmp_path)
    visitor = site(library)
    before = visitor.get("/faq/test/moving-out").headers["ETag"]
    file = tmp_path / "test" / "faq" / "moving.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("転出届を出して", "転出届を必ず出して"), encoding="utf-8")

    library.check_now()

    after = visitor.get("/faq/test/moving-out", headers={"If-None-Match": before})
    assert "転出届を必ず出して" in after.text


@pytest.mark.parametrize(
    "question",
    ["a" * 5000, "\x00", "😀\ud83d", "<script>alert(1)</script>", "%00%ff", "' OR 1=1 --", "？" * 50, "\u202e", "1"],
)
def test_any_question_is_safe(visitor, question):
    response = visitor.get("/faq/test/", query_string={"q": question.encode("utf-8", "surrogatepass")})

    assert response.status_code == 200
    assert "<script>alert" not in response.text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=200))
def test_no_question_breaks_the_page(visitor, question):
    response = visitor.get("/faq/test/", query_string={"q": question.encode("utf-8", "surrogatepass")})

    assert response.status_code == 200
    assert page_of(response).find(".//h1") is not None


# ── Prose ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def shape(text, language="ja"):
    return [
        (block.kind, ["".join(piece.text for piece in line) for line in block.lines]) for block in prose(text, language)
    ]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("一行目\n二行目", [("paragraph", ["一行目", "二行目"])]),
        ("一つ目\n\n二つ目", [("paragraph", ["一つ目"]), ("paragraph", ["二つ目"])]),
        ("■持ち物\n・A\n・B", [("heading", ["持ち物"]), ("list", ["A", "B"])]),
        ("■費用　無料です。", [("heading", ["費用"]), ("paragraph", ["無料です。"])]),
        ("■必ず来てください。", [("list", ["必ず来てください。"])]),
        ("- one\n- two\nend", [("list", ["one", "two"]), ("paragraph", ["end"])]),
        ("", []),
    ],
    ids=["lines", "paragraphs", "heading and list", "heading with its text", "sentence", "dashes", "empty"],
)
def test_staffs_marks_become_headings_and_lists(text, blocks):
    assert shape(text) == blocks


def test_numbers_can_be_called_and_readings_stand_above_kanji_in_easy_japanese_only():
    line = "電話(でんわ) 048-000-0001 か #7119"

    kinds = {language: [p.kind for p in prose(line, language)[0].lines[0]] for language in ("ja", "easy")}

    assert kinds["ja"] == ["text", "phone", "text", "phone"]
    assert kinds["easy"] == ["ruby", "text", "phone", "text", "phone"]


@given(text=st.text(max_size=200), words=st.lists(st.text(max_size=4), max_size=4))
def test_marking_words_loses_no_letter(text, words):
    assert "".join(stretch for stretch, _ in marked(text, tuple(words))) == text


@given(text=st.text(max_size=300))
def test_a_foretaste_is_one_short_line(text):
    assert len(summary(text)) <= 91
    assert "\n" not in summary(text)
