"""What the launcher's script and the chat's page need to know of a city."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.answer import Voice, way_on
from bot.messages import Choices, Language, Text
from faq.knowledge import Knowledge
from handlers.public.assets import Assets
from handlers.widget.asked import MAX_TEXT
from handlers.widget.blocks import blocks_json
from handlers.widget.origins import page_origins
from handlers.widget.words import NAMES, words_of

Json = dict[str, Any]
LAUNCHER = Path(__file__).parent / "static" / "launcher.js"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)


def launcher(city_id: str, knowledge: Knowledge, public_url: str, assets: Assets) -> bytes:
    """The script of a city: the function in launcher.js, called with what it needs."""
    city = knowledge.city
    words = _words(knowledge, "ja")
    settings = {
        "city": city_id,
        "frame": f"/widget/{city_id}/frame",
        "style": assets.url("widget/launcher.css"),
        "origins": list(page_origins(city, public_url)),
        "words": {key: words[key] for key in ("title", "launcher", "open", "close", "not_allowed")},
    }
    return LAUNCHER.read_bytes().rstrip() + f"({_as_script(settings)});\n".encode()


def chat_page(city_id: str, voice_of: Callable[[str, Language], Voice], assets: Assets) -> Json:
    """The values of templates/chat.html. The greeting stands in the page, so that it is there at once."""
    voice = voice_of(city_id, "ja")
    known = {code for entry in voice.knowledge.entries.values() for code in entry.translations}
    languages = [code for code in NAMES if code in {"ja", "easy", *known}]
    settings = {
        "city": city_id,
        "cityName": voice.city.name,
        "phone": voice.city.phone,
        "maxText": MAX_TEXT,
        "words": {code: _words(voice.knowledge, code) for code in languages},
        "greetings": {code: _greeting(voice_of(city_id, code)) for code in languages},
    }
    return {
        "city_id": city_id,
        "city": voice.city,
        "words": _words(voice.knowledge, "ja"),
        "languages": {code: NAMES[code] for code in languages},
        "settings": settings,
        "asset": assets.url,
    }


def _greeting(voice: Voice) -> list[Json]:
    buttons = tuple(block for block in way_on(voice) if isinstance(block, Choices))
    return blocks_json((Text(voice.say("greeting"), voice.spoken), *buttons))


def _words(knowledge: Knowledge, language: Language) -> dict[str, str]:
    """The city's name and nothing else is filled in here; {seconds} is filled where the seconds are known."""
    name = knowledge.city.said(language)
    return {key: word.replace("{city}", name) for key, word in words_of(knowledge.wording, language).items()}


def _as_script(settings: Json) -> str:
    """JSON that is safe inside a script, wherever it is pasted."""
    return json.dumps(settings, ensure_ascii=True).replace("<", "\\u003c")
