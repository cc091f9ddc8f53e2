"""Makes the pictures of the staff's desk: `make screenshots` starts the demo, lets residents ask and staff answer.

docs/images/console/<page>-<width>.png   each page of the desk on a desk's screen; the first two on a telephone as well
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import urllib.request

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from screenshots import IMAGES, PASSWORD, ROOT, chromium_path, save, the_demo

FOLDER = IMAGES / "console"
DESK, PHONE, TABLET = (1280, 860), (320, 640), 768
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
            shoot(page, name, path, DESK)
        shoot(page, "inbox", f"{home}/console/demo/inbox?tab=all", PHONE)
        shoot(page, "conversation", the_case(page, home), PHONE)
        notices(browser, page, home)
        disaster(page, home)
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
    page.goto(made.stdout.strip())
    page.get_by_label("名前").fill("佐藤ハナ")
    page.get_by_label("メールアドレス").fill("sato@city.saino.example.jp")
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
    "見出し": "粗大ごみの受付がかわります",
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
    for width in (DESK[0], TABLET, PHONE[0]):
        page.set_viewport_size({"width": width, "height": DESK[1]})
        whole = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
        save(f"console/notice-form-{width}.png", whole)
    page.get_by_role("button", name="下書きを残して、確かめる").click()
    page.locator(".bubble").first.wait_for()
    for size in (DESK, PHONE):
        shoot(page, "notice", page.url, size)
    page.get_by_role("button", name="承認を頼む").click()
    shoot(page, "notices", f"{home}/console/demo/notices", DESK)


def disaster(page: Page, home: str) -> None:
    """A bad day: shelters opened, an order to evacuate and its correction; and a drill after it."""
    here = f"{home}/console/demo/disaster"
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.goto(f"{here}/places")
    for name, status in (("中央小学校", "開設"), ("中央北小学校", "開設"), ("西小学校", "満員")):
        page.get_by_role("group", name=f"彩野市立{name}", exact=True).get_by_label(status, exact=True).check()
    page.get_by_role("button", name="変えるだけ").click()
    page.goto(f"{here}/new/evacuation-order")
    for label in ("北地区", "川の氾濫"):
        page.get_by_label(label).check()
    shoot_here(page, "disaster-form")
    page.get_by_role("button", name="文を確かめる").click()
    shoot_here(page, "disaster-preview")
    page.get_by_role("button", name="出す", exact=True).click()
    page.goto(f"{here}/new/shelter-opened")
    page.get_by_role("button", name="文を確かめる").click()
    page.get_by_role("button", name="出す", exact=True).click()
    page.get_by_role("link", name="訂正").last.click()
    shoot_here(page, "disaster-correction")
    page.get_by_role("button", name="訂正を出す").click()
    for size in (DESK, PHONE):
        shoot(page, "disaster", here, size)
        shoot(page, "disaster-places", f"{here}/places", size)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(f"{home}/disaster/demo/")
    save("disaster-page-320.png", Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB"))
    page.goto(here)
    page.get_by_role("button", name="を終える").click()
    page.goto(here)
    page.get_by_role("button", name="訓練を始める").click()
    shoot(page, "disaster-drill", here, DESK)
    page.goto(f"{here}/new/support-desk")
    page.get_by_role("button", name="文を確かめる").click()
    page.get_by_role("button", name="【訓練】出す").click()
    page.goto(here)
    page.get_by_role("button", name="を終える").click()
    shoot_here(page, "disaster-report")


def shoot_here(page: Page, name: str) -> None:
    """The page that is open, on a desk's screen."""
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.evaluate("document.fonts.ready.then(() => null)")
    save(f"console/{name}-{DESK[0]}.png", Image.open(io.BytesIO(page.screenshot())).convert("RGB"))


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


def shoot(page: Page, name: str, address: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => null)")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    save(f"console/{name}-{size[0]}.png", image)


if __name__ == "__main__":
    main()
