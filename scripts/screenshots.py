"""Makes the pictures of the documents: `make screenshots` starts the demo and lets a browser ask.

docs/images/conversation.png   the phone (LINE, played by the emulator) and the chat on a city's page, side by side
docs/images/widget.png         the chat on a city's page
docs/images/faq.png            the FAQ pages, which need no script
docs/images/contact-form.png   the contact form before and after it is sent
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
QUESTION = "ひっこしてきたけど何すればいい？"
START_SECONDS = 90
PASSWORD = "かえるの池に三日月ひとつ"  # noqa: S105 - of a demo that lasts for the pictures
COLOURS = 192
"""Enough for text on flat colours, and a third of the size."""


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with the_demo() as (home, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        phone, chat = the_phone(browser, home), the_chat(browser, home)
        save("conversation.png", beside(phone, chat))
        save("widget.png", the_city_page(browser, home))
        save("faq.png", the_faq(browser, home))
        save("contact-form.png", the_contact_form(browser, home))
        browser.close()


def chromium_path() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        sys.exit("Chromium が見つかりません。make test を一度実行すると入ります。")
    return path


@contextlib.contextmanager
def the_demo() -> Iterator[tuple[str, dict[str, str]]]:
    """The demo as `make run` starts it, on a free port and with data of its own: its address and environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        settings = {"MODE": "demo", "HOST": "127.0.0.1", "PORT": str(port), "DATA_DIR": data, "LOG_LEVEL": "ERROR"}
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LINE_API_HOST")}
        command = [sys.executable, str(ROOT / "app.py"), "serve"]
        whole = {**kept, **settings}
        demo = subprocess.Popen(command, cwd=ROOT, env=whole, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            home = f"http://127.0.0.1:{port}"
            wait_until_ready(demo, home)
            yield home, whole
        finally:
            demo.terminate()
            demo.wait(20)


def wait_until_ready(demo: subprocess.Popen[bytes], home: str) -> None:
    for _ in range(START_SECONDS * 2):
        if demo.poll() is not None:
            sys.exit("体験用のサービスが始まりませんでした。make run で確かめてください。")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{home}/readyz", timeout=5):  # noqa: S310
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            demo.wait(0.5)
    sys.exit("体験用のサービスの用意ができませんでした。")


def a_page(browser: Browser, width: int, height: int) -> Page:
    context = browser.new_context(
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        viewport={"width": width, "height": height},
        device_scale_factor=1.5,
        reduced_motion="reduce",
    )
    return context.new_page()


def picture(page: Page, selector: str = "") -> Image.Image:
    page.evaluate("document.fonts.ready.then(() => null)")
    page.wait_for_load_state("networkidle")
    shot = page.locator(selector).screenshot() if selector else page.screenshot()
    return Image.open(io.BytesIO(shot)).convert("RGB")


def the_phone(browser: Browser, home: str) -> Image.Image:
    page = a_page(browser, 1000, 860)
    page.goto(f"{home}/emulator/phone/demo")
    page.locator("#words").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#log").get_by_text("転入届を出してください").first.wait_for()
    page.locator("#log").evaluate("log => { log.scrollTop = 0 }")
    return picture(page, ".phone")


def ask(page: Page, home: str) -> None:
    page.goto(f"{home}/demo/demo/")
    page.get_by_role("button", name="質問する").click()
    chat = page.frame_locator("#madoguchi-widget iframe")
    chat.get_by_label("知りたいこと").fill(QUESTION)
    page.keyboard.press("Enter")
    chat.locator(".card").wait_for()


def the_chat(browser: Browser, home: str) -> Image.Image:
    page = a_page(browser, 480, 860)
    ask(page, home)
    return picture(page)


def the_city_page(browser: Browser, home: str) -> Image.Image:
    page = a_page(browser, 1000, 760)
    ask(page, home)
    return picture(page)


def the_faq(browser: Browser, home: str) -> Image.Image:
    page = a_page(browser, 1000, 760)
    page.goto(f"{home}/faq/demo/?q=ごみの日はいつ")
    return picture(page)


def the_contact_page(page: Page, home: str) -> str:
    """The address of a form that the chat offers this visitor."""
    page.goto(f"{home}/widget/demo/frame")
    page.get_by_label("知りたいこと").fill("AEDの場所・貸出し・救命講習を知りたい")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="人に聞く").last.click()
    return page.get_by_role("link", name="/contact/demo/").get_attribute("href") or ""


def the_contact_form(browser: Browser, home: str) -> Image.Image:
    """Of a department that takes no chats, so that the form is offered at any hour."""
    page = a_page(browser, 480, 960)
    page.goto(the_contact_page(page, home))
    page.get_by_label("お名前").fill("彩野花子")
    page.get_by_label("メールアドレス").fill("hana@example.jp")
    page.get_by_label("同意します").check()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    filled = picture(page)
    page.get_by_role("button", name="送る").click()
    page.locator(".reference").wait_for()
    return beside(filled, picture(page))


def beside(left: Image.Image, right: Image.Image, gap: int = 48) -> Image.Image:
    """Two pictures of the same height beside each other, on the quiet grey of the pages."""
    height = min(left.height, right.height)
    parts = [part.resize((round(part.width * height / part.height), height)) for part in (left, right)]
    whole = Image.new("RGB", (sum(part.width for part in parts) + 3 * gap, height + 2 * gap), "#f2f2f2")
    x = gap
    for part in parts:
        whole.paste(part, (x, gap))
        x += part.width + gap
    return whole


def save(name: str, image: Image.Image) -> None:
    image.quantize(COLOURS).save(IMAGES / name, optimize=True)
    print(f"docs/images/{name}: {image.width}×{image.height}、{(IMAGES / name).stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
