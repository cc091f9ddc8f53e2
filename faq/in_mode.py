"""A city's knowledge as residents meet it in a mode other than 平常: greeting, pinned answers, matching. Pure.

Nothing is written anew: what is shown are the city's reviewed entries, and the greeting of its `disaster.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from faq.disaster import ModeEffects
from faq.knowledge import Knowledge

GREETINGS: Final = ("greeting", "welcome", "welcome_back")
NAMES: Final = {"normal": "平常", "alert": "警戒", "disaster": "災害", "recovery": "復旧"}


def in_mode(knowledge: Knowledge, mode: str) -> Knowledge:
    """The same knowledge with what this mode changes; itself for 平常 and where the city says nothing of the mode.

    災害 is known as such in every city: who asks for water then is told where there is some, or that there is none.
    """
    effects = knowledge.alerts.effects(NAMES.get(mode, "")) if knowledge.alerts else None
    if effects is None:
        return replace(knowledge, mode=mode, remembered={}) if mode == "disaster" else knowledge
    categories = frozenset(effects.boost)
    return replace(
        knowledge,
        wording=MappingProxyType(_greeted(knowledge.wording, effects)),
        version=f"{knowledge.version}-{mode}",
        mode=mode,
        mode_line=effects.banner or "",
        pinned=effects.pinned,
        boosted=frozenset(entry.id for entry in knowledge.entries.values() if entry.category in categories),
        remembered={},
    )


def _greeted(wording: Mapping[str, Mapping[str, str]], effects: ModeEffects) -> dict[str, Mapping[str, str]]:
    said = {"ja": effects.greeting, "easy": effects.easy or effects.greeting, "en": effects.en or effects.greeting}
    return {
        code: MappingProxyType({**sentences, **_before(sentences, said.get(code, effects.en or effects.greeting))})
        for code, sentences in wording.items()
    }


def _before(sentences: Mapping[str, str], line: str) -> dict[str, str]:
    # Braces would be read as places to be filled in.
    safe = line.replace("{", "（").replace("}", "）")
    return {key: f"{safe}\n\n{sentences[key]}" for key in GREETINGS if key in sentences}
