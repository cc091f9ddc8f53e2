"""Whether a whole message asks for a person, however it is put: 「窓口の人と話したい」「チャットじゃなくて人がいい」.

Composed of who, and what with them; a message that says more than that is a question and is left alone.
"""

from __future__ import annotations

import re

_WHO = (
    r"(?:直接)?(?:(?:役所|市役所|市|町|村|区|役場|窓口|担当課?|係|電話|本物|生身|普通)の)?"
    r"(?:人間|にんげん|人|ひと|方|かた|職員|しょくいん|すたっふ|担当者?|たんとう(?:しゃ)?|係員?|かかり(?:いん)?"
    r"|相談員|そうだんいん|おぺれーたー?|だれか|誰か|責任者|有人|ゆうじん)(?:さん|の人|の方|の職員|対応|ちゃっと)?"
)
_NOT_YOU = (
    r"(?:(?:ai|機械|きかい|ろぼっと|ぼっと|ちゃっと(?:ぼっと)?|自動|じどう)"
    r"(?:じゃ|では|で|は|が)?(?:なくて|なく|ない|いや|嫌|だめ|無理)(?:で|だ)?(?:から|ので)?)?"
)
_PARTICLE = r"(?:に直接|と直接|に|と|が|を|へ|で|から|は)?"
_WISH = (
    r"(?:たい(?:の|ん)?|せて|せます|せる|します|る|て|てほしい|て欲しい|てもらえ(?:る|ます)|てください|て下さい|て下さる"
    r"|ます|もらえます|もらいたい)?"
)
_WITH_THEM = (
    rf"(?:(?:話|はな)(?:がし|をし|し|せ|す|を聞いて(?:もらい)?)?{_WISH}|お話(?:がし|し)?{_WISH}"
    rf"|(?:聞|訊|き)(?:き|く|いて|け)?{_WISH}"
    rf"|(?:相談|そうだん|質問|しつもん|会話|対話|ちゃっと|電話|やりとり|お願い)(?:が|を)?(?:し|でき|する)?{_WISH}"
    rf"|(?:つな|繋)(?:い|ぎ|ぐ|げ)(?:で|でほしい|でもらえ(?:る|ます)|でください|で下さい|たい|る|ます)?"
    rf"|(?:代|変|替|換|か)わ(?:っ|り|る)?(?:て|てほしい|てもらえ(?:る|ます)|てください|て下さい|たい)?"
    rf"|(?:出|だ|呼|よ)(?:し|せ|ん|べ)?{_WISH}(?:でください|で)?|(?:答|こた)え{_WISH}|教え{_WISH}"
    r"|(?:いい|良い|よい|希望|きぼう|お願い|おねがい|ください|下さい|いますか|いる|いない(?:の)?|対応)(?:します|したい)?)?"
)
_ENDING = r"(?:の|ん)?(?:です|でしょう)?(?:か|が|けど|けれど|ね|よ|な)*"
_ASKS = re.compile(rf"{_NOT_YOU}{_WHO}{_PARTICLE}{_WITH_THEM}{_ENDING}")
_PARTLY = re.compile(r"(?:人|ひと|方|かた|だれか|誰か|係|かかり|担当)(?:さん)?(?:は|から|で|を)?")
"""Who alone, in words that mean much else: 「人は」「かた」."""


def wants_person(squashed: str) -> bool:
    """Whether these words (`bot.spelling.squash`) ask for a person and for nothing else."""
    return bool(_ASKS.fullmatch(squashed)) and not _PARTLY.fullmatch(squashed)
