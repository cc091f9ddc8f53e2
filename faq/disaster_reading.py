"""A city's `disaster.yaml`, laid over the base's texts, with every problem on the line to mend."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from faq.city import City
from faq.content import DISASTER_FILE, CityFiles
from faq.disaster import RESERVED, Disaster
from faq.problems import Problem, errors_of
from faq.reader import read_model
from faq.yaml_tree import Node, read_tree


def disaster_of(
    files: CityFiles, base_files: CityFiles, city: City, entries: Collection[str], base: str = "_base/"
) -> tuple[Disaster | None, tuple[Problem, ...]]:
    """What the city tells of disasters; None without a file, and for one that cannot be followed."""
    if DISASTER_FILE not in files:
        return None, ()
    own, problems = read_model(Disaster, DISASTER_FILE, files[DISASTER_FILE])
    shared: Disaster | None = None
    if DISASTER_FILE in base_files:
        shared, found = read_model(Disaster, f"{base}{DISASTER_FILE}", base_files[DISASTER_FILE])
        problems += found
    if own is None:
        return None, problems
    texts = {text.id: text for text in (*(shared.texts if shared else ()), *own.texts)}
    joined = own.model_copy(update={"texts": tuple(texts.values())})
    root, _ = read_tree(DISASTER_FILE, files[DISASTER_FILE])
    problems += tuple(_unknown(joined, city, entries, root)) if root is not None else ()
    return (None if errors_of(problems) else joined), problems


def _unknown(disaster: Disaster, city: City, entries: Collection[str], root: Node) -> Iterator[Problem]:
    """Names that must stand elsewhere: departments, topics, areas, texts."""
    departments = {department.name for department in city.departments}
    topics = {topic.id for topic in city.notices.topics}
    areas = {area.id for area in city.notices.areas}
    texts = {text.id for text in disaster.texts}

    def missing(names: Iterable[str], known: Collection[str], *loc: str | int) -> Iterator[Problem]:
        for number, name in enumerate(names):
            if name not in known:
                message = f"「{name}」は{_WHERE[str(loc[-1])]}にありません。名前をそろえてください。"
                yield Problem(DISASTER_FILE, root.line_of((*loc, number)), str(loc[-1]), message)

    yield from missing(disaster.staff, departments, "staff")
    for number, place in enumerate(disaster.places):
        yield from missing(place.areas, areas, "places", number, "areas")
    for number, rule in enumerate(disaster.rules):
        yield from missing(rule.topics, topics, "rules", number, "topics")
        yield from missing((rule.text,), texts, "rules", number, "text")
        if rule.what == "台風" and not all(place.point for place in disaster.places):
            message = "台風の知らせには、places のそれぞれに point（緯度と経度。例 [36.05, 139.55]）がいります。"
            yield Problem(DISASTER_FILE, root.line_of(("rules", number, "what")), "what", message)
    if disaster.drill is not None:
        yield from missing(disaster.drill.topics, topics, "drill", "topics")
        everybodys = {topic.id for topic in city.notices.topics if topic.from_start}
        everybodys |= {topic for rule in disaster.rules for topic in rule.topics}
        for number, name in enumerate(disaster.drill.topics):
            if name in everybodys:
                message = f"「{name}」は住民みんなの分野なので、訓練が住民に届きます。訓練だけの分野を作ってください。"
                yield Problem(DISASTER_FILE, root.line_of(("drill", "topics", number)), "topics", message)
    categories = {topic.id for topic in city.topics}
    for number, effects in enumerate(disaster.modes):
        yield from missing(effects.pinned, entries, "modes", number, "pinned")
        yield from missing(effects.labels, effects.pinned, "modes", number, "labels")
        yield from missing(effects.boost, categories, "modes", number, "boost")
    if disaster.rules and not disaster.places:
        yield Problem(
            DISASTER_FILE, 1, "places", "市の区域の番号（places）を書いてください。ないと、何も知らせません。"
        )
    if disaster.rules and not any(_is_reached(city, department) for department in disaster.staff):
        message = (
            "気象庁の情報が届かないときに知らせる課がありません。staff に課を書き、"
            "その課の連絡先（city.yaml の handoff の notify）を書いてください。"
        )
        yield Problem(DISASTER_FILE, root.line_of(("staff",)) if disaster.staff else 1, "staff", message, "warning")
    for name in RESERVED:
        if disaster.rules and name not in texts:
            message = f"texts に「{name}」がありません。取消や解除のときに知らせる文を書いてください。"
            yield Problem(DISASTER_FILE, 1, "texts", message)


def _is_reached(city: City, department: str) -> bool:
    rules = city.handoff_of(department)
    return bool(rules.mails or rules.webhook)


_WHERE = {
    "staff": " city.yaml の departments ",
    "areas": " city.yaml の notices.areas ",
    "topics": " city.yaml の notices.topics ",
    "text": " texts ",
    "pinned": " faq/ の質問の id ",
    "labels": "このモードの pinned ",
    "boost": " city.yaml の topics ",
}
