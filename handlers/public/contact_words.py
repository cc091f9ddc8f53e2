"""The words on the contact form, in the languages that the city's own sentences are in, and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

PageLanguage = Literal["ja", "easy", "en"]
NAMES: Final[Mapping[PageLanguage, str]] = {"ja": "日本語", "easy": "やさしい日本語", "en": "English"}
HTML_LANG: Final[Mapping[PageLanguage, str]] = {"ja": "ja", "easy": "ja", "en": "en"}

_JA = {
    "title": "職員への質問と連絡先",
    "lead": "職員が読んで、書いてくださった連絡先にお返事します。送ったあとは、このページでもお返事を読めます。",
    "office": "お返事する課",
    "wrong_title": "入力を確かめてください：",
    "wrong": "次のところを直してください。書いたことは、消えていません。",
    "message": "聞きたいこと",
    "message_hint": "2,000文字まで。マイナンバーやカードの番号は、書かないでください。",
    "name": "お名前",
    "name_hint": "お呼びするためです。名字だけでもかまいません。",
    "reach": "連絡先",
    "reach_hint": "メールアドレスか電話番号の、どちらか1つを書いてください。",
    "email": "メールアドレス",
    "email_hint": "例：hana@example.jp",
    "phone": "電話番号",
    "phone_hint": "例：090-0000-0000",
    "privacy": "個人情報の取りあつかい",
    "privacy_text": (
        "ここに書いた内容は、この質問にお返事するためだけに使います。LINEやウェブのやりとりには残りません。"
        "見るのは{city}の職員だけです。質問が終わって{days}日たつと、消します。"
        "やりとりの画面で「消して」と送ると、いつでも消せます。"
    ),
    "consent": "この取りあつかいに同意します",
    "send": "送る",
    "required": "必須",
    "e_message": "「聞きたいこと」を書いてください。",
    "e_message_long": "「聞きたいこと」を2,000文字までにしてください。いまは{count}文字です。",
    "e_name": "「お名前」を書いてください。",
    "e_name_long": "「お名前」を60文字までにしてください。",
    "e_reach": "「メールアドレス」か「電話番号」の、どちらかを書いてください。",
    "e_email": "「メールアドレス」は、hana@example.jp のような形で書いてください。",
    "e_phone": "「電話番号」は、090-0000-0000 のように、市外局番から数字で書いてください。",
    "e_consent": "取りあつかいを読んで、「同意します」に印を付けてください。",
    "e_store": (
        "いまは受け取れませんでした。少し待って、もういちど「送る」を押してください。お急ぎのときは、"
        "お電話ください。{phone}"
    ),
    "e_many": "続けて送られたので、{seconds}秒ほど待ってから、もういちど「送る」を押してください。",
    "sent_title": "お預かりしました",
    "reference": "受付番号",
    "reference_hint": "お電話のときは、この番号をお伝えください。",
    "next": "このあとのこと",
    "next_now": "{department}が順に確認して、書いてくださった連絡先か、このページでお返事します。",
    "next_later": (
        "今は窓口の時間外です。{opening}から{department}が順に確認して、書いてくださった連絡先か、"
        "このページでお返事します。"
    ),
    "keep": "このページのアドレスは、あなただけのものです。{until}まで開けます。ほかの人に見せないでください。",
    "again": "返事が来ているかは、このページを開き直すと分かります。",
    "fix": "連絡先のまちがいに気づいたときは、お電話ください。",
    "masked": "大切な番号のようだったので、番号は伏せてお預かりしました。",
    "asked": "いただいた質問",
    "answers": "職員からのお返事",
    "cancelled": "この質問は、取り消されています。お返事がいるときは、お電話ください。",
    "closed": "この質問の対応は終わりました。お返事が届いていないときは、お電話ください。",
    "call": "お急ぎのときは、お電話ください。",
    "gone_title": "このページは使えません",
    "gone": "アドレスが途中で切れているか、使える期間が過ぎています。もういちど質問を送るか、お電話ください。",
    "away_title": "いまは開けません",
    "away": "少し待って、もういちど開いてください。お急ぎのときは、お電話ください。",
    "languages": "ことば",
}

_EASY = {
    "title": "市役所(しやくしょ)の 人(ひと)に 聞(き)く",
    "lead": "市役所(しやくしょ)の 人(ひと)が、あなたに 答(こた)えます。答(こた)えは、この ページでも 読(よ)めます。",
    "office": "答(こた)える ところ",
    "wrong_title": "もう いちど 見(み)て ください：",
    "wrong": "ここを なおして ください。書(か)いた ことは、消(き)えて いません。",
    "message": "聞(き)きたい こと",
    "message_hint": "2,000文字(もじ)までです。マイナンバーは、書(か)かないで ください。",
    "name": "名前(なまえ)",
    "name_hint": "名字(みょうじ)だけでも いいです。",
    "reach": "あなたの 連絡先(れんらくさき)",
    "reach_hint": "メールか 電話(でんわ)の どちらか 1つを 書(か)いて ください。",
    "email": "メールアドレス",
    "email_hint": "例(れい)：hana@example.jp",
    "phone": "電話番号(でんわばんごう)",
    "phone_hint": "例(れい)：090-0000-0000",
    "privacy": "あなたの 情報(じょうほう)の 使(つか)いかた",
    "privacy_text": (
        "ここに 書(か)いた ことは、あなたに 答(こた)える ためだけに 使(つか)います。LINEには 残(のこ)りません。"
        "{city}の 人(ひと)だけが 見(み)ます。終(お)わってから {days}日(にち)で 消(け)します。"
    ),
    "consent": "わかりました。これで いいです",
    "send": "送(おく)る",
    "required": "書(か)いて ください",
    "e_message": "「聞(き)きたい こと」を 書(か)いて ください。",
    "e_message_long": (
        "「聞(き)きたい こと」が 長(なが)いです。2,000文字(もじ)までに して ください。今(いま) {count}文字(もじ)です。"
    ),
    "e_name": "「名前(なまえ)」を 書(か)いて ください。",
    "e_name_long": "「名前(なまえ)」を 60文字(もじ)までに して ください。",
    "e_reach": "メールアドレスか 電話番号(でんわばんごう)を 書(か)いて ください。",
    "e_email": "メールアドレスは、hana@example.jp のように 書(か)いて ください。",
    "e_phone": "電話番号(でんわばんごう)は、090-0000-0000 のように 書(か)いて ください。",
    "e_consent": "「わかりました」に しるしを つけて ください。",
    "e_store": (
        "今(いま) 送(おく)る ことが できませんでした。少(すこ)し 待(ま)って、"
        "もう いちど「送(おく)る」を おして ください。急(いそ)ぐ ときは、電話(でんわ)して ください。{phone}"
    ),
    "e_many": "{seconds}秒(びょう) 待(ま)って、もう いちど「送(おく)る」を おして ください。",
    "sent_title": "受(う)けとりました",
    "reference": "受付番号(うけつけばんごう)",
    "reference_hint": "電話(でんわ)の とき、この 番号(ばんごう)を 言(い)って ください。",
    "next": "これからの こと",
    "next_now": "{department}の 人(ひと)が 読(よ)んで、あなたの 連絡先(れんらくさき)か この ページに 答(こた)えます。",
    "next_later": (
        "今(いま)、市役所(しやくしょ)は 閉(し)まって います。{opening}から、"
        "{department}の 人(ひと)が 読(よ)んで、答(こた)えます。"
    ),
    "keep": (
        "この ページは、あなただけの ものです。{until}まで 見(み)る ことが できます。"
        "ほかの 人(ひと)に 見(み)せないで ください。"
    ),
    "again": "答(こた)えが 来(き)たか、この ページを もう いちど 開(ひら)くと わかります。",
    "fix": "まちがえた ときは、電話(でんわ)して ください。",
    "masked": "大切(たいせつ)な 番号(ばんごう)の ようだったので、番号(ばんごう)を 消(け)しました。",
    "asked": "あなたの 質問(しつもん)",
    "answers": "市役所(しやくしょ)の 人(ひと)の 答(こた)え",
    "cancelled": "この 質問(しつもん)は、やめに なって います。答(こた)えが ほしい ときは、電話(でんわ)して ください。",
    "closed": "質問(しつもん)は 終(お)わりました。答(こた)えが 来(き)て いない ときは、電話(でんわ)して ください。",
    "call": "急(いそ)ぐ ときは、電話(でんわ)して ください。",
    "gone_title": "この ページは 使(つか)えません",
    "gone": (
        "アドレスが ちがうか、使(つか)える 日(ひ)が すぎました。もう いちど 聞(き)くか、電話(でんわ)して ください。"
    ),
    "away_title": "今(いま) 開(ひら)く ことが できません",
    "away": "少(すこ)し 待(ま)って、もう いちど 開(ひら)いて ください。急(いそ)ぐ ときは、電話(でんわ)して ください。",
    "languages": "ことば",
}

_EN = {
    "title": "Your question and your contact",
    "lead": (
        "A member of staff will answer to the contact you leave here, in Japanese. "
        "You can also read the answer on this page after you have sent it."
    ),
    "office": "Office that answers",
    "wrong_title": "Please check: ",
    "wrong": "Please correct the following. Nothing you wrote has been lost.",
    "message": "Your question",
    "message_hint": "Up to 2,000 characters. Please do not write your My Number or card numbers.",
    "name": "Your name",
    "name_hint": "So that we know what to call you. Your family name is enough.",
    "reach": "Your contact",
    "reach_hint": "Please give an e-mail address or a phone number. One of them is enough.",
    "email": "E-mail address",
    "email_hint": "e.g. hana@example.jp",
    "phone": "Phone number",
    "phone_hint": "e.g. 090-0000-0000",
    "privacy": "Your personal information",
    "privacy_text": (
        "We use what you write here only to answer this question. It is not kept in the chat. Only staff of {city} "
        "see it, and it is deleted {days} days after the question is closed."
    ),
    "consent": "I agree",
    "send": "Send",
    "required": "required",
    "e_message": "Please write your question.",
    "e_message_long": "Please keep your question within 2,000 characters. It has {count} now.",
    "e_name": "Please write your name.",
    "e_name_long": "Please keep your name within 60 characters.",
    "e_reach": "Please give an e-mail address or a phone number.",
    "e_email": "Please write the e-mail address like hana@example.jp.",
    "e_phone": "Please write the phone number in figures, like 090-0000-0000.",
    "e_consent": "Please read how we use your information and tick “I agree”.",
    "e_store": (
        "We could not receive it now. Please wait a little and press “Send” again. If it is urgent, "
        "please call {phone}."
    ),
    "e_many": "Please wait about {seconds} seconds and press “Send” again.",
    "sent_title": "We have received your question",
    "reference": "Reference number",
    "reference_hint": "Please say this number when you call.",
    "next": "What happens next",
    "next_now": "{department} will read it and answer to the contact you left, or on this page.",
    "next_later": (
        "The office is closed now. From {opening}, {department} will read it and answer to the contact you left, "
        "or on this page."
    ),
    "keep": "The address of this page is yours alone. It opens until {until}. Please do not show it to others.",
    "again": "Open this page again to see whether there is an answer.",
    "fix": "If you made a mistake in your contact, please call.",
    "masked": "It looked like an important number, so we have hidden it.",
    "asked": "Your question",
    "answers": "Answer of the staff",
    "cancelled": "This question has been cancelled. If you still need an answer, please call.",
    "closed": "We have dealt with this question. If no answer has reached you, please call.",
    "call": "If it is urgent, please call.",
    "gone_title": "This page cannot be used",
    "gone": "The address is incomplete, or its time is over. Please ask again, or call.",
    "away_title": "This page cannot be opened now",
    "away": "Please wait a little and open it again. If it is urgent, please call.",
    "languages": "Language",
}

WORDS: Final[Mapping[PageLanguage, Mapping[str, str]]] = {"ja": _JA, "easy": _EASY, "en": _EN}


def page_language(*wished: str | None) -> PageLanguage:
    """The first of these that the page speaks; やさしい日本語 for a language that it does not."""
    known = next((language for wish in wished for language in WORDS if language == wish), None)
    return known or ("easy" if any(wished) else "ja")
