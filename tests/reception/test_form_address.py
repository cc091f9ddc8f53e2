"""Where a form may be offered: contact data travel encrypted, or not at all."""

from __future__ import annotations

import pytest

from config import read_config

SECRETS = {"LINE_CHANNEL_SECRET__DEMO": "s", "LINE_CHANNEL_ACCESS_TOKEN__DEMO": "t", "SECRET_KEY": "k" * 43}


@pytest.mark.parametrize(
    ("mode", "public_url", "offered"),
    [
        ("production", "https://madoguchi.city.example.jp", "https://madoguchi.city.example.jp"),
        ("production", "https://madoguchi.city.example.jp/", "https://madoguchi.city.example.jp"),
        ("production", "http://madoguchi.city.example.jp", ""),
        ("production", "", ""),
        ("demo", "", "http://127.0.0.1:8000"),
    ],
)
def test_in_production_a_form_is_offered_over_https_only(mode: str, public_url: str, offered: str) -> None:
    config = read_config({**SECRETS, "MODE": mode, "PUBLIC_URL": public_url})

    assert config.form_url == offered
