"""A city's own sentences beside the base's: the same keys, the same braces."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from faq.complaints import unknown_field
from faq.problems import Problem


def sound_wording(
    path: str, text: str, sentences: Mapping[str, str], language: str, base: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """The sentences that can be said, and the problems of the others, which the base's sentences stand in for.

    A brace that the bot does not fill would break the sentence, so it is an error; a brace left out loses
    something (a phone number, a name), so it is an error, too.
    """
    known = {**base.get("ja", {}), **base.get(language, {})}
    if not known:
        return dict(sentences), ()
    sound: dict[str, str] = {}
    problems: list[Problem] = []
    for key, sentence in sentences.items():
        message = _complaint(key, sentence, known)
        if message:
            problems.append(Problem(path, _line_of_key(text, key), key, message))
        else:
            sound[key] = sentence
    return sound, tuple(problems)


def placeholders(sentence: str) -> frozenset[str] | None:
    """The names in braces, or None when the braces do not close or hold something else than a name."""
    try:
        names = [name for _, name, _, _ in Formatter().parse(sentence) if name is not None]
    except ValueError:
        return None
    return frozenset(names) if all(name.isidentifier() for name in names) else None


def _complaint(key: str, sentence: str, known: Mapping[str, str]) -> str | None:
    if key not in known:
        return unknown_field(key, known) if len(known) < 12 else _unknown_key(key, known)
    found, wanted = placeholders(sentence), placeholders(known[key]) or frozenset()
    if found is None:
        return "波かっこ { } の書き方が違います。波かっこそのものを書くときは {{ }} と2つ重ねてください。"
    extra, lost = sorted(found - wanted), sorted(wanted - found)
    if extra:
        return f"{_braces(extra)} は、この文では使えません。使えるのは {_braces(sorted(wanted)) or 'なし'} です。"
    if lost:
        return f"{_braces(lost)} がありません。送るときに本当の値が入る大切な部分なので、文のどこかに残してください。"
    return None


def _unknown_key(key: str, known: Mapping[str, str]) -> str:
    message = unknown_field(key, known)
    return (
        message
        if "まちがい" in message
        else f"「{key}」という文はありません。_base/wording/ja.yaml にあるキーを使います。"
    )


def _braces(names: list[str]) -> str:
    return "、".join(f"{{{name}}}" for name in names)


def _line_of_key(text: str, key: str) -> int:
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.split(":")[0].strip("'\" ") == key and not line.startswith(" "):
            return number
    return 1
