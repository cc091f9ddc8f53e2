"""The knowledge that is served while staff edit: exchanged whole, never broken, never waited for."""

from __future__ import annotations

import ctypes
import logging
import os
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from faq.content import CityFiles
from faq.library import Library, Source, UnknownCity
from tests.builders import GARBAGE_YAML, MOVING_YAML, city_files, write_city


def save(path: Path, text: str) -> None:
    """Save a file later than it was saved before, however coarse the clock of the disk is."""
    stamp = path.stat().st_mtime_ns + 2_000_000_000 if path.exists() else None
    path.write_text(text, encoding="utf-8")
    if stamp:
        os.utime(path, ns=(stamp, stamp))


@pytest.fixture
def cities(tmp_path: Path) -> Path:
    write_city(tmp_path, "one")
    write_city(tmp_path, "two")
    return tmp_path


@pytest.fixture
def library(cities: Path) -> Library:
    library = Library.of_folder(cities)
    library.check_now()
    return library


def test_every_city_folder_is_served_and_the_base_is_none(library: Library) -> None:
    assert library.cities == ("one", "two")
    assert library.get("one").city.name == "試験市"
    with pytest.raises(UnknownCity):
        library.get("_base")


def test_a_city_has_the_name_of_its_folder_whatever_its_file_was_copied_from(library: Library) -> None:
    """The id opens a city's data: two folders with the id of a third would read its residents' cases."""
    assert [library.get(city).city.id for city in ("one", "two")] == ["one", "two"]


def test_nothing_is_exchanged_while_nothing_changes(library: Library) -> None:
    before = library.get("one")

    assert library.check_now() == ()
    assert library.reload("one") is False
    assert library.get("one") is before


def test_an_edit_is_served_and_the_other_city_is_left_alone(library: Library, cities: Path) -> None:
    other = library.get("two")

    save(cities / "one/faq/moving.yaml", MOVING_YAML.replace("14日以内", "30日以内"))

    assert library.check_now() == ("one",)
    assert "30日以内" in library.get("one").entries["moving-in"].answer
    assert library.get("two") is other


def test_an_edit_of_no_entry_does_not_learn_the_decisions_again(library: Library, cities: Path) -> None:
    before = library.get("one")

    city = cities / "one/city.yaml"
    save(city, city.read_text(encoding="utf-8") + "# 見直しました。\n")

    assert library.check_now() == ("one",)
    assert library.get("one").index is not before.index
    assert library.get("one").index.learned_from is before.index.learned_from


def test_memory_is_given_back_after_an_exchange_and_not_at_every_look(
    library: Library, cities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(malloc_trim=given_back.append))

    library.check_now()
    assert given_back == []

    save(cities / "one/faq/moving.yaml", MOVING_YAML.replace("14日以内", "30日以内"))
    library.check_now()
    assert given_back == [0]


@pytest.mark.parametrize("system", [SimpleNamespace(), None], ids=["another C library", "no C library to be found"])
def test_a_system_that_takes_no_memory_back_is_no_fault(
    library: Library, cities: Path, monkeypatch: pytest.MonkeyPatch, system: object
) -> None:
    def found(_: object) -> object:
        if system is None:
            raise OSError
        return system

    monkeypatch.setattr(ctypes, "CDLL", found)
    save(cities / "one/faq/moving.yaml", MOVING_YAML.replace("14日以内", "30日以内"))

    assert library.check_now() == ("one",)


def test_a_new_file_and_a_removed_file_are_noticed(library: Library, cities: Path) -> None:
    save(cities / "one/faq/more.yaml", "category: garbage\nfaqs:\n  - {id: more, question: q, answer: a}\n")
    library.check_now()
    assert "more" in library.get("one").entries

    (cities / "one/faq/more.yaml").unlink()
    library.check_now()
    assert "more" not in library.get("one").entries


@pytest.mark.parametrize(
    "broken",
    [
        GARBAGE_YAML.replace("answer:", "answer"),
        GARBAGE_YAML.replace("ごみ減量課\n", "ない課\n"),
        GARBAGE_YAML.replace("garbage-days", "moving-in"),
        "",
    ],
    ids=["syntax", "unknown department", "duplicate id", "emptied"],
)
def test_a_broken_edit_never_replaces_what_works(library: Library, cities: Path, broken: str) -> None:
    before = library.get("one")

    save(cities / "one/faq/garbage.yaml", broken)

    assert library.check_now() == ()
    assert library.get("one") is before
    assert [problem.severity for problem in library.status("one").refused][:1] == ["error"]


def test_a_city_file_that_vanishes_leaves_the_old_knowledge(library: Library, cities: Path) -> None:
    before = library.get("one")

    (cities / "one/city.yaml").unlink()

    assert library.check_now() == ()
    assert library.get("one") is before
    assert library.status("one").refused[0].path == "city.yaml"


def test_mending_a_refused_edit_serves_it(library: Library, cities: Path) -> None:
    save(cities / "one/faq/garbage.yaml", GARBAGE_YAML.replace("answer:", "answer"))
    library.check_now()

    save(cities / "one/faq/garbage.yaml", GARBAGE_YAML.replace("地区ごとに", "町ごとに"))

    assert library.check_now() == ("one",)
    assert "町ごとに" in library.get("one").entries["garbage-days"].answer
    assert library.status("one").refused == ()


def test_taking_a_refused_edit_back_clears_the_report(library: Library, cities: Path) -> None:
    save(cities / "one/faq/garbage.yaml", "faqs: x")
    library.check_now()

    save(cities / "one/faq/garbage.yaml", GARBAGE_YAML)
    library.check_now()

    assert library.status("one").refused == ()


def test_what_is_broken_at_the_start_is_left_out_and_the_rest_is_served(cities: Path) -> None:
    save(cities / "one/faq/garbage.yaml", "faqs:\n\t- x\n")
    library = Library.of_folder(cities)

    library.check_now()

    assert set(library.get("one").entries) == {"moving-in", "moving-out"}
    assert [problem.path for problem in library.status("one").problems] == ["faq/garbage.yaml"]


def test_an_edit_beside_an_old_problem_is_served(cities: Path) -> None:
    save(cities / "one/faq/garbage.yaml", "faqs:\n\t- x\n")
    library = Library.of_folder(cities)
    library.check_now()

    save(cities / "one/faq/moving.yaml", "# もっと上\n\n" + MOVING_YAML.replace("14日以内", "30日以内"))

    assert library.check_now() == ("one",)


def test_a_city_that_cannot_be_read_does_not_keep_the_others_from_residents(cities: Path) -> None:
    save(cities / "one/city.yaml", "id: [")
    library = Library.of_folder(cities)

    library.check_now()

    assert library.get("two").city.name == "試験市"
    with pytest.raises(UnknownCity):
        library.get("one")
    assert library.status("one").refused != ()


def test_an_edit_of_the_base_reaches_every_city(library: Library, cities: Path) -> None:
    save(cities / "_base/wording/ja.yaml", "greeting: やあ、{city}です。\nclosed: いまは受付時間外です。\n")

    assert library.check_now() == ("one", "two")
    assert library.get("two").wording["ja"]["greeting"] == "やあ、{city}です。"


class Revisions:
    """A store of published revisions, as the library sees it."""

    def __init__(self) -> None:
        self.published: dict[str, tuple[int, CityFiles]] = {}
        self.broken = False

    def __call__(self, city: str, held: int | None) -> tuple[int, CityFiles] | None:
        if self.broken:
            raise ConnectionError("no store")
        revision = self.published.get(city)
        return revision if revision and revision[0] != held else None


def test_a_published_revision_goes_before_the_folder_and_can_be_rolled_back(cities: Path) -> None:
    revisions = Revisions()
    library = Library.of_folder(cities, revisions)
    library.check_now()
    first = (1, city_files({"faq/moving.yaml": MOVING_YAML.replace("14日", "20日")}))
    second = (2, city_files({"faq/moving.yaml": MOVING_YAML.replace("14日", "40日")}))

    for number, files in (first, second, first):
        revisions.published["one"] = (number, files)
        assert library.check_now() == ("one",)
        assert library.status("one").revision == number

    assert "20日" in library.get("one").entries["moving-in"].answer
    save(cities / "one/faq/moving.yaml", MOVING_YAML.replace("14日", "99日"))
    assert library.check_now() == ()


def test_a_store_that_does_not_answer_stops_nobody_from_being_answered(cities: Path) -> None:
    revisions = Revisions()
    revisions.broken = True
    library = Library.of_folder(cities, revisions)

    library.check_now()
    assert library.get("one").entries

    revisions.broken = False
    revisions.published["one"] = (7, city_files({"faq/garbage.yaml": None}))
    assert library.check_now() == ("one",)
    assert library.status("one").revision == 7


def test_the_log_names_places_and_not_words(library: Library, cities: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "faq"):
        save(cities / "one/faq/garbage.yaml", GARBAGE_YAML.replace("garbage-days", "秘密のことば"))
        library.check_now()

    records = [record for record in caplog.records if record.message == "content_refused"]
    assert [(record.city, record.path, record.line) for record in records] == [("one", "faq/garbage.yaml", 3)]  # type: ignore[attr-defined]
    assert "秘密のことば" not in str([vars(record) for record in records])


def test_readers_see_one_whole_knowledge_while_it_is_exchanged(library: Library, cities: Path) -> None:
    wrong: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            knowledge = library.get("one")
            if set(knowledge.index.ids) != set(knowledge.entries):
                wrong.append(knowledge.version)

    reader = threading.Thread(target=read)  # more would only take its turns
    reader.start()
    for number in range(5):
        save(
            cities / "one/faq/more.yaml",
            f"category: garbage\nfaqs:\n  - {{id: more-{number}, question: q, answer: a}}\n",
        )
        library.check_now()
    done.set()
    reader.join()

    assert wrong == []
    assert "more-4" in library.get("one").entries


def test_the_watcher_starts_with_everything_loaded_and_stops(cities: Path) -> None:
    library = Library({"one": Source.of(cities / "one")})

    library.start()
    names = [thread.name for thread in threading.enumerate()]
    library.stop()

    assert library.get("one").entries
    assert "content-watcher" in names
    assert "content-watcher" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize(
    "slip",
    [
        MOVING_YAML.replace("    phrasings: [転出届", "    phrasing: [転出届"),
        MOVING_YAML.replace("    phrasings: [転出届", "    phrasings：[転出届"),
        MOVING_YAML.replace("    phrasings: [転出届", "\tphrasings: [転出届"),
        MOVING_YAML.replace("  - id: moving-out", "  - id：moving-out"),
    ],
    ids=["unknown field", "wide colon", "tab", "wide colon after id"],
)
def test_one_slip_is_one_error_and_not_one_for_each_entry_that_names_this_one(
    library: Library, cities: Path, slip: str
) -> None:
    assert slip != MOVING_YAML

    save(cities / "one/faq/moving.yaml", slip)
    library.check_now()

    refused = library.status("one").refused
    assert refused
    assert [problem for problem in refused if problem.field.startswith("related")] == []


def test_an_edit_with_an_individual_number_is_not_served(library: Library, cities: Path) -> None:
    save(cities / "one/faq/moving.yaml", MOVING_YAML.replace("14日以内", "123456789018"))

    assert library.check_now() == ()
    assert [problem.field for problem in library.status("one").refused] == ["個人番号"]


def test_a_refused_edit_is_summed_up_in_one_line_with_the_command_that_explains_it(
    library: Library, cities: Path, caplog: pytest.LogCaptureFixture
) -> None:
    many = "".join(f"  - id: more-{number}\n    question: q\n" for number in range(50))
    with caplog.at_level(logging.INFO, "faq"):
        save(cities / "one/faq/garbage.yaml", f"category: garbage\nfaqs:\n{many}")
        library.check_now()

    places = [record for record in caplog.records if record.message == "content_refused"]
    (summary,) = [record for record in caplog.records if record.message == "content_not_served"]
    assert len(places) == 20
    assert summary.problems == 50  # type: ignore[attr-defined]
    assert summary.check == f"app.py faq check {cities / 'one'}"  # type: ignore[attr-defined]


def test_a_link_out_of_the_folder_is_logged_once_and_not_every_second(
    library: Library, cities: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outside = cities / "secret.yaml"
    outside.write_text(GARBAGE_YAML, encoding="utf-8")
    (cities / "one/faq/link.yaml").symlink_to(outside)

    with caplog.at_level(logging.INFO, "faq"):
        for _ in range(3):
            library.check_now()

    assert [record.message for record in caplog.records].count("content_link_out_of_folder") == 1


def test_a_published_revision_that_can_be_read_no_more_gives_way_to_the_folder_at_the_start(cities: Path) -> None:
    published = {"city.yaml": "id: one\n"}
    library = Library.of_folder(cities, lambda city, held: (3, published) if city == "one" and held != 3 else None)

    library.check_now()

    assert "moving-in" in library.get("one").entries
    assert library.status("one").revision is None
    assert library.status("one").refused[0].path == "city.yaml"
