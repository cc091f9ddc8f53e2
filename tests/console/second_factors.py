"""The second factor of staff, as they set it up."""

from __future__ import annotations

import re

import pyotp

from tests.console_site import PASSWORD, ConsoleSite, Visitor


def set_up_totp(site: ConsoleSite, visitor: Visitor) -> tuple[pyotp.TOTP, list[str]]:
    """Turns the second factor on, as the pages lead; gives the telephone and the recovery codes."""
    page = visitor.get("/account/totp").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    phone = pyotp.TOTP(secret)
    done = visitor.post("/account/totp", {"sealed": sealed, "password": PASSWORD, "code": phone.at(int(site.clock()))})
    assert done.status_code == 200, done.text
    return phone, re.findall(r"<li>([a-z2-9-]{14})</li>", done.text)
