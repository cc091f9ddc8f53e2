"""Published content is numbered for each city, and an old state comes back as a new number."""

from __future__ import annotations

import threading

import pytest

from store import Store, StoreError, open_store


def test_revisions_are_numbered_from_one_in_each_city(store: Store) -> None:
    assert store.current_revision_number("demo") is None
    assert store.current_revision("demo") is None

    assert store.publish_revision("demo", {"city.yaml": "名前: あ"}, "花子", "はじめ") == 1
    assert store.publish_revision("demo", {"city.yaml": "名前: い"}, "花子", "なおし") == 2
    assert store.publish_revision("other", {}, "太郎", "") == 1

    current = store.current_revision("demo")
    assert current is not None
    assert (current.number, current.files, current.author, current.note) == (
        2,
        {"city.yaml": "名前: い"},
        "花子",
        "なおし",
    )
    assert store.current_revision_number("demo") == 2


def test_rolling_back_publishes_the_old_files_as_a_new_revision(store: Store) -> None:
    store.publish_revision("demo", {"a.yaml": "old"}, "花子", "")
    store.publish_revision("demo", {"a.yaml": "new"}, "花子", "")

    assert store.roll_back("demo", 1, "太郎") == 3

    assert [(found.number, found.files["a.yaml"]) for found in store.revisions("demo")] == [
        (3, "old"),
        (2, "new"),
        (1, "old"),
    ]
    assert store.revisions("demo")[0].author == "太郎"


def test_a_revision_that_does_not_exist_cannot_come_back(store: Store) -> None:
    store.publish_revision("other", {}, "花子", "")

    with pytest.raises(StoreError) as refused:
        store.roll_back("demo", 1, "太郎")

    assert refused.value.permanent
    assert store.current_revision_number("demo") is None


def test_publishers_in_two_processes_get_different_numbers(database_url: str) -> None:
    with open_store(database_url) as one, open_store(database_url) as two:
        numbers: list[int] = []

        def publish(store: Store) -> None:
            numbers.extend(store.publish_revision("demo", {}, "花子", "") for _ in range(10))

        threads = [threading.Thread(target=publish, args=(store,)) for store in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert sorted(numbers) == list(range(1, 21))
