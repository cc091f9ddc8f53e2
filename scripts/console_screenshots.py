"""Makes the pictures of the console: `make screenshots` starts the demo, lets residents ask and staff answer.

Every page is taken at three widths (`console_gallery`); `docs/console-pages.md` shows them all.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import urllib.request

import pyotp
from console_gallery import keep
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from screenshots import IMAGES, PASSWORD, ROOT, chromium_path, save, the_contact_page, the_demo

FOLDER = IMAGES / "console"
DESK, PHONE = (1280, 860), (320, 640)
MAIL = "sato@city.saino.example.jp"
ASKED = (
    ("保育園の空きを知りたい。4月から働くことになりました", "子どもが1歳です"),
    ("粗大ごみの手すりは持ち込めますか", ""),
    ("マイナンバーカードをなくしました。番号は 1234-5678-9018 です", ""),
    ("先週引っ越してきたのですが、日曜日に手続きできますか", "平日は仕事で行けません"),
)
ANSWER = "日曜日は、毎月第4日曜日の午前に開いています。\n転入届のほかに、国民健康保険の手続きもできます。"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with the_demo() as (home, settings), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = a_desk(browser, home, settings)
        for question, more in ASKED:
            ask(home, question, more)
        work(page, home)
        for name, path in the_pages(page, home).items():
            keep(page, name, path, "#reply" if name == "reply" else "")
        notices(browser, page, home)
        disaster(page, home)
        keep(page, "mode", f"{home}/console/demo/mode")
        accounts(page, home)
        contact(browser, home)
        browser.close()


def ask(home: str, question: str, more: str) -> None:
    """A resident on the city's page asks, and then asks for a person; whatever the hour and the way on."""
    session = None
    for words in (question, "人に聞く"):
        answer = say(home, words, session)
        session = answer["session"]
    if not answer["waiting"]:
        answer = say(home, "わからない", session)
    if more:
        say(home, more, session)


def say(home: str, words: str, session: str | None) -> dict[str, str]:
    body = json.dumps({"text": words, "session": session}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{home}/widget/demo/messages", body, headers)  # noqa: S310 - our own demo
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        told: dict[str, str] = json.load(answer)
        return told


def a_desk(browser: Browser, home: str, settings: dict[str, str]) -> Page:
    """The first member of staff, logged in."""
    command = [sys.executable, str(ROOT / "app.py"), "staff", "first-link", "demo"]
    made = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=True)  # noqa: S603
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", reduced_motion="reduce")
    page = context.new_page()
    keep(page, "invitation", made.stdout.strip())
    page.get_by_label("名前").fill("佐藤ハナ")
    page.get_by_label("メールアドレス").fill(MAIL)
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.get_by_label("もういちど同じパスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="ログアウト").wait_for()
    return page


def work(page: Page, home: str) -> None:
    """A day at the desk: a canned answer, a talk taken and answered, a note, a draft."""
    page.goto(f"{home}/console/demo/canned")
    page.get_by_label("見出し").fill("はじめのあいさつ")
    page.locator("#text").fill("{city} {department}の{name}です。お問い合わせありがとうございます。")
    page.get_by_role("button", name="残す").click()
    page.goto(the_case(page, home))
    page.get_by_role("button", name="受ける").click()
    page.get_by_label("住民に送る文").fill(ANSWER)
    page.get_by_role("button", name="送る", exact=True).click()
    page.locator("#talk .staff").wait_for()
    page.locator("#note").fill("次の第4日曜日は22日です。")
    page.get_by_role("button", name="メモを残す").click()
    page.locator("#talk .note").wait_for()
    page.get_by_role("button", name="下書きを作る").click()
    page.locator("textarea.yaml").wait_for()


WISHED = {
    "お知らせの設定": "お知らせの設定です",
    "1": "受け取りたい分野を選んでください",
    "ごみと子育て": "をお知らせします",
}
NOTICE = {
    "見出し（日本語）": "粗大ごみの受付がかわります",
    "見出し（English）": "Bulky waste: new hours",
    "本文（日本語）": "12月から、粗大ごみの受付は平日だけになります。\n土曜日は、インターネットをお使いください。",
    "本文（やさしい日本語）": "12月(がつ)から、土曜日(どようび)は 電話(でんわ)で 申(もう)し込(こ)みが できません。",
    "本文（English）": "From December, bulky waste is taken by phone on weekdays only.",
    "くわしいページ": "https://www.city.saino.example.jp/sodai",
}


def notices(browser: Browser, page: Page, home: str) -> None:
    """A resident chooses what to hear of; a notice is composed and waits for somebody else's yes."""
    phone = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo").new_page()
    phone.set_viewport_size({"width": 1000, "height": 860})
    phone.goto(f"{home}/emulator/phone/demo")
    for words, answer in WISHED.items():
        phone.locator("#words").fill(words)
        phone.keyboard.press("Enter")
        phone.locator("#log").get_by_text(answer).last.wait_for()
    save("notice-settings.png", Image.open(io.BytesIO(phone.locator(".phone").screenshot())).convert("RGB"))
    form = f"{home}/console/demo/notices/new"
    page.goto(form)
    for label, words in NOTICE.items():
        page.get_by_label(label).fill(words)
    page.get_by_label("分野").select_option(label="ごみ・資源")
    page.locator("#count .warn").wait_for()
    keep(page, "notice-form")
    page.get_by_role("button", name="下書きを残して、確かめる").click()
    page.locator(".bubble").first.wait_for()
    keep(page, "notice")
    page.get_by_role("button", name="承認を頼む").click()
    keep(page, "notices", f"{home}/console/demo/notices")


def disaster(page: Page, home: str) -> None:
    """A bad day: shelters opened, an order to evacuate and its correction; and a drill after it."""
    here = f"{home}/console/demo/disaster"
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.goto(f"{here}/places")
    for name, status in (("中央小学校", "開設"), ("中央北小学校", "開設"), ("西小学校", "満員")):
        page.get_by_role("group", name=f"彩野市立{name}", exact=True).get_by_label(status, exact=True).check()
    page.get_by_role("button", name="変えるだけ").click()
    page.get_by_label("市の施設から選ぶ").select_option(label="彩野市立中央小学校")
    page.get_by_label("開いている時間").fill("9時から17時まで")
    page.get_by_role("button", name="給水所を加える").click()
    page.goto(f"{here}/new/evacuation-order")
    for label in ("北地区", "川の氾濫"):
        page.get_by_label(label).check()
    keep(page, "disaster-form")
    page.get_by_role("button", name="文を確かめる").click()
    keep(page, "disaster-preview")
    page.get_by_role("button", name="出す", exact=True).click()
    page.goto(f"{here}/new/shelter-opened")
    page.get_by_role("button", name="文を確かめる").click()
    page.get_by_role("button", name="出す", exact=True).click()
    page.get_by_role("link", name="訂正").last.click()
    keep(page, "disaster-correction")
    page.get_by_role("button", name="訂正を出す").click()
    keep(page, "disaster", here)
    keep(page, "disaster-places", f"{here}/places")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(f"{home}/disaster/demo/")
    save("disaster-page-320.png", Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB"))
    keep(page, "disaster-end", f"{here}/end")
    page.get_by_role("button", name="終える", exact=True).click()
    page.goto(here)
    page.get_by_role("button", name="訓練を始める").click()
    keep(page, "disaster-drill", here)
    page.goto(f"{here}/new/support-desk")
    page.get_by_role("button", name="文を確かめる").click()
    page.get_by_role("button", name="【訓練】出す").click()
    page.goto(here)
    page.get_by_role("button", name="を終える").click()
    keep(page, "disaster-report")
    keep(page, "disaster-past", f"{here}/past")


def accounts(page: Page, home: str) -> None:
    """One's own account with its second factor, a colleague invited, the log; and the way in."""
    here = f"{home}/console/demo"
    keep(page, "audit", f"{here}/audit")
    keep(page, "totp", f"{here}/account/totp")
    codes = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("いまのパスワード").fill(PASSWORD)
    page.get_by_label("アプリに出た6けたの番号").fill(codes.at(int(time.time())))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="二段階の確認を始めました").wait_for()
    keep(page, "recovery-codes")
    keep(page, "account", f"{here}/account")
    page.goto(f"{here}/staff")
    page.locator("#email").fill("suzuki@city.saino.example.jp")
    page.locator("input[value=担当]").check()
    page.get_by_role("checkbox", name="市民課").check()
    page.get_by_role("button", name="招待のリンクを作る").click()
    page.get_by_label("リンク", exact=True).wait_for()
    keep(page, "invited")
    keep(page, "staff", f"{here}/staff")
    keep(page, "colleague", f"{here}/staff/1")
    keep(page, "sorry", f"{here}/staff/999")
    page.get_by_role("button", name="ログアウト").click()
    page.get_by_text("ログアウトしました").wait_for()
    keep(page, "login", f"{here}/login")
    page.get_by_label("メールアドレス").fill(MAIL)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="確認の番号").wait_for()
    keep(page, "code")


def contact(browser: Browser, home: str) -> None:
    """What a resident fills in where nobody can be asked in the chat, and what stands there afterwards."""
    page = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", reduced_motion="reduce").new_page()
    page.goto(the_contact_page(page, home))
    keep(page, "contact")
    page.get_by_label("お名前").fill("彩野花子")
    page.get_by_label("メールアドレス").fill("hana@example.jp")
    page.get_by_label("同意します").check()
    page.get_by_role("button", name="送る").click()
    page.locator(".reference").wait_for()
    keep(page, "contact-sent")


def the_case(page: Page, home: str) -> str:
    """The address of the talk about moving in."""
    page.goto(f"{home}/console/demo/inbox?tab=all")
    address = page.locator(".case a").filter(has_text="引っ越してきた").get_attribute("href")
    return f"{home}{address}"


def the_pages(page: Page, home: str) -> dict[str, str]:
    here = f"{home}/console/demo"
    case = the_case(page, home)
    return {
        "inbox": f"{here}/inbox?tab=all",
        "conversation": case,
        "reply": f"{case}?q=国民健康保険#reply",
        "search": f"{here}/search?q=引っ越し",
        "canned": f"{here}/canned",
        "drafts": f"{here}/drafts",
        "draft": f"{here}/drafts/1",
        "erase": f"{case}/erase",
    }


if __name__ == "__main__":
    main()
