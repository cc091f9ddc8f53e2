"""What every page says of a notice in the same words: its title, and the names of languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.languages import NAMES
from notify.notice_message import title_in
from store.records_notices import NoticeView

LANGUAGES: Final[Mapping[str, str]] = {"ja": "日本語", "easy": "やさしい日本語"} | {
    str(code): name for code, name in NAMES.items()
}
MARKS: Final[Mapping[str, str]] = {"correction": "【訂正】", "all_clear": "【解除】"}


def title_of(notice: NoticeView, language: str = "ja") -> str:
    """With what it is to an earlier one, and 【訓練】 where it is one. In Japanese where there is no other."""
    if language in notice.titles:
        return title_in(notice, language)
    drill = "【訓練】" if notice.drill else ""
    return f"{drill}{MARKS.get(notice.mark, '')}{notice.title}"
