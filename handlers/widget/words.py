"""The words on the chat's own buttons and states, in the languages its switch offers.

What the city says is wording that staff own (`cities/_base/wording/`); these belong to the page, like its icons.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot import languages
from bot.messages import Language

NAMES: Mapping[Language, str] = {"ja": "日本語", "easy": "やさしい日本語", **languages.NAMES}

_JA = {
    "title": "{city}の案内係",
    "launcher": "質問する",
    "open": "質問する：{city}の案内係を開く",
    "close": "閉じる",
    "language": "ことば",
    "log": "{city}とのやりとり",
    "city": "{city}",
    "you": "あなた",
    "staff": "{city}の職員",
    "speaker": "{department}の担当者",
    "with_staff": "{department}の担当者とお話し中です。終わるときは「おわり」と送ってください。",
    "in_queue": "{department}の担当者をお待ちいただいています。",
    "picture_button": "写真を送る",
    "picture_shown": "（写真を送りました）",
    "picture_sending": "写真を送っています",
    "picture_only": "送れるのは写真だけです。動画や書類のファイルは受け取れません。",
    "picture_broken": "この写真は開けませんでした。もういちど選ぶか、ことばで書いてください。",
    "picture_too_large": "写真が大きすぎて送れません。10MBまでの写真を選んでください。",
    "picture_no_case": "写真は、職員とのやりとりの間だけ送れます。",
    "delivered": "届きました",
    "label": "知りたいこと",
    "hint": "マイナンバーなどの大切な番号は、書かないでください。",
    "placeholder": "例：引っ越してきた",
    "send": "送信",
    "forget": "やりとりを消す",
    "forget_words": "会話を消して",
    "thinking": "答えを探しています",
    "failed": "送れませんでした。",
    "retry": "もういちど送る",
    "offline": "インターネットにつながっていません。お急ぎのときは、お電話ください。",
    "not_kept": "記録できない状態のため、このやりとりは、ページを閉じると消えます。",
    "too_long": "長すぎて送れません。5,000文字までにしてください。",
    "read_in_part": "長いお話を、ありがとうございます。はじめの5,000文字を読みました。",
    "too_many": "続けてたくさん届いたので、{seconds}秒ほど待ってから、もういちど送ってください。",
    "not_forgotten": "いまは消すことができませんでした。少し待って、もういちどお試しください。",
    "contact": "お問い合わせ",
    "place": "窓口",
    "hours": "受付時間",
    "phone": "電話",
    "links": "くわしい案内",
    "new_window": "（別のページで開きます）",
    "no_script": "この画面では、案内係を動かせません。よくある質問のページをご覧ください。",
    "faq": "よくある質問のページ",
    "not_allowed": "このページでは、案内係を表示できません。",
}

_EASY = {
    "title": "{city}の 案内(あんない)",
    "launcher": "質問(しつもん)する",
    "close": "とじる",
    "language": "ことば",
    "you": "あなた",
    "staff": "{city}の 人(ひと)",
    "speaker": "{department}の 人(ひと)",
    "with_staff": "{department}の 人(ひと)と 話(はな)して います。終(お)わる ときは「おわり」と 書(か)いて ください。",
    "in_queue": "{department}の 人(ひと)を 待(ま)って います。",
    "delivered": "とどきました",
    "label": "知(し)りたい こと",
    "hint": "マイナンバーは、書(か)かないで ください。",
    "placeholder": "例(れい)：ごみ いつ",
    "send": "おくる",
    "forget": "ぜんぶ 消(け)す",
    "thinking": "答(こた)えを さがして います",
    "failed": "おくる ことが できませんでした。",
    "picture_button": "写真(しゃしん)を おくる",
    "picture_shown": "（写真(しゃしん)を おくりました）",
    "picture_sending": "写真(しゃしん)を おくって います",
    "picture_only": "おくる ことが できるのは、写真(しゃしん)だけです。",
    "picture_broken": "この 写真(しゃしん)を 見(み)る ことが できません。ことばで 書(か)いて ください。",
    "picture_too_large": "写真(しゃしん)が 大(おお)きすぎます。小(ちい)さい 写真(しゃしん)を おくって ください。",
    "picture_no_case": "写真(しゃしん)は、職員(しょくいん)と 話(はな)す ときだけ おくる ことが できます。",
    "retry": "もう いちど おくる",
    "offline": "インターネットに つながって いません。急(いそ)ぐ ときは、電話(でんわ)して ください。",
    "not_kept": "この ページを とじると、書(か)いた ことは 消(き)えます。",
    "too_long": "長(なが)すぎます。短(みじか)く 書(か)いて ください。",
    "read_in_part": "たくさん 書(か)いて くれて、ありがとう ございます。はじめの 5,000文字(もじ)を 読(よ)みました。",
    "too_many": "{seconds}秒(びょう) 待(ま)って、もう いちど おくって ください。",
    "contact": "聞(き)く ところ",
    "place": "場所(ばしょ)",
    "hours": "開(あ)いて いる 時間(じかん)",
    "phone": "電話(でんわ)",
    "links": "もっと 知(し)りたい とき",
}

_EN = {
    "title": "Ask {city}",
    "launcher": "Ask a question",
    "close": "Close",
    "language": "Language",
    "log": "Conversation with {city}",
    "you": "You",
    "staff": "Staff of {city}",
    "speaker": "Staff of {department}",
    "with_staff": "You are talking to staff of {department}. To finish, send 「おわり」.",
    "in_queue": "You are waiting for staff of {department}.",
    "delivered": "Delivered",
    "label": "Your question",
    "hint": "Please do not write your My Number or card numbers.",
    "placeholder": "e.g. garbage",
    "send": "Send",
    "forget": "Delete conversation",
    "thinking": "Looking for the answer",
    "failed": "Your message could not be sent.",
    "picture_button": "Send a picture",
    "picture_shown": "(You sent a picture)",
    "picture_sending": "Sending your picture",
    "picture_only": "Only pictures can be sent, no videos or documents.",
    "picture_broken": "This picture could not be opened. Please choose another one, or write in words.",
    "picture_too_large": "This picture is too large. Please choose one of up to 10 MB.",
    "picture_no_case": "Pictures can be sent only while you wait for or talk to staff.",
    "retry": "Send again",
    "offline": "You are not connected to the internet. If it is urgent, please call.",
    "not_kept": "This conversation cannot be saved now. It disappears when you close the page.",
    "too_long": "This is too long to send. Please write up to 5,000 characters.",
    "read_in_part": "Thank you. We read the first 5,000 characters.",
    "too_many": "Too many messages at once. Please wait {seconds} seconds and send again.",
    "not_forgotten": "We could not delete it now. Please try again later.",
    "contact": "Contact",
    "place": "Where",
    "hours": "Hours",
    "phone": "Phone",
    "links": "More information",
    "new_window": " (opens in another page)",
}

_OWN: Mapping[Language, Mapping[str, str]] = {"ja": _JA, "easy": _EASY, "en": _EN}


def words_of(language: Language) -> Mapping[str, str]:
    """Every word of the page in this language; where it has none, やさしい日本語, then 日本語."""
    if language == "ja":
        return _JA
    return {**_JA, **_EASY} if language == "easy" else {**_JA, **_EASY, **_OWN.get(language, {})}
