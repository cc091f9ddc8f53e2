"""Profiles, followers, contents, rich menus, loading animation and webhook settings, asked through the real SDK."""

from __future__ import annotations

import io

import pytest
from linebot.v3 import messaging
from linebot.v3.messaging import (
    ApiException,
    CreateRichMenuAliasRequest,
    MarkMessagesAsReadByTokenRequest,
    MessageAction,
    RichMenuArea,
    RichMenuBounds,
    RichMenuBulkLinkRequest,
    RichMenuRequest,
    RichMenuSize,
    SetWebhookEndpointRequest,
    ShowLoadingAnimationRequest,
    UpdateRichMenuAliasRequest,
)
from PIL import Image

NOBODY = "U" + "f" * 32


def status_of(work) -> int:
    with pytest.raises(ApiException) as caught:
        work()
    return caught.value.status


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, kind)
    return out.getvalue()


def menu(**changes) -> RichMenuRequest:
    area = RichMenuArea(bounds=RichMenuBounds(x=0, y=0, width=800, height=400), action=MessageAction(text="ごみ"))
    values = {"size": RichMenuSize(width=800, height=400), "selected": True, "name": "主", "chatBarText": "メニュー"}
    return RichMenuRequest(**values | {"areas": [area]} | changes)


@pytest.fixture
def new_menu(api, blob):
    def new_menu() -> str:
        rich_menu_id = api.create_rich_menu(menu()).rich_menu_id
        blob.set_rich_menu_image(rich_menu_id, body=picture(800, 400), _headers={"Content-Type": "image/png"})
        return rich_menu_id

    return new_menu


def test_a_profile_is_known_of_friends_only(platform, hana, api) -> None:
    profile = api.get_profile(hana.user_id)
    platform.unfollow("demo", hana)

    assert (profile.display_name, profile.language) == ("佐藤ハナ", "ja")
    assert status_of(lambda: api.get_profile(hana.user_id)) == 404
    assert status_of(lambda: api.get_profile(NOBODY)) == 404


def test_followers_come_page_by_page(platform, api) -> None:
    residents = platform.seed_demo("demo")

    first = api.get_followers(limit=3)
    second = api.get_followers(limit=3, start=first.next)

    assert first.user_ids + second.user_ids == [one.user_id for one in residents]
    assert second.next is None


def test_the_bot_knows_itself(platform, api) -> None:
    info = api.get_bot_info()

    assert (info.user_id, info.display_name) == (platform.channel("demo").bot_user_id, "彩野市")


def test_a_picture_is_fetched_with_its_preview_until_it_is_unsent(platform, hana, blob) -> None:
    sent = platform.send_image("demo", hana, picture(600, 300, "JPEG"))

    whole = blob.get_message_content(sent.message_id)
    small = blob.get_message_content_preview(sent.message_id)
    ready = blob.get_message_content_transcoding_by_message_id(sent.message_id)
    platform.unsend("demo", hana, sent.message_id)

    assert bytes(whole) == picture(600, 300, "JPEG")
    assert Image.open(io.BytesIO(bytes(small))).size == (240, 120)
    assert ready.status == "succeeded"
    assert status_of(lambda: blob.get_message_content(sent.message_id)) == 404


def test_another_channel_cannot_fetch_a_picture(platform, blob) -> None:
    platform.add_channel("other", "another-token", "secret", None)
    stranger = platform.add_resident("other", "だれか")

    sent = platform.send_image("other", stranger, picture(10, 10, "JPEG"))

    assert status_of(lambda: blob.get_message_content(sent.message_id)) == 404


def test_contents_are_bounded(clock) -> None:
    from emulator.content import ContentStore

    store = ContentStore(capacity_bytes=100)
    for number in range(3):
        store.put("demo", str(number), b"x" * 45, "image/png")

    assert [store.get("demo", str(number)) is not None for number in range(3)] == [False, True, True]


def test_the_loading_animation_ends_by_itself(platform, hana, api, clock) -> None:
    answer = api.show_loading_animation_with_http_info(
        ShowLoadingAnimationRequest(chatId=hana.user_id, loadingSeconds=5)
    )

    assert answer.status_code == 202
    assert platform.talk("demo", hana.user_id).loading_until == clock.now + 5


@pytest.mark.parametrize(("chat", "seconds"), [("hana", 5), (None, 7), (None, 58)])
def test_a_loading_animation_out_of_bounds_is_refused(hana, api, chat, seconds) -> None:
    request = ShowLoadingAnimationRequest(chatId=chat or hana.user_id, loadingSeconds=seconds)

    assert status_of(lambda: api.show_loading_animation(request)) == 400


def test_marking_as_read_takes_the_token_of_the_event(platform, hana, api) -> None:
    platform.channel("demo").chat_on = True
    event = platform.send_text("demo", hana, "こんにちは")
    token = event.body["message"]["markAsReadToken"]

    api.mark_messages_as_read_by_token(MarkMessagesAsReadByTokenRequest(markAsReadToken=token))

    assert platform.phone_messages("demo", hana.user_id)[0].read
    wrong = MarkMessagesAsReadByTokenRequest(markAsReadToken="x")
    assert status_of(lambda: api.mark_messages_as_read_by_token(wrong)) == 400


def test_the_webhook_url_is_set_read_and_tried(platform, api, bot) -> None:
    assert status_of(api.get_webhook_endpoint) == 404

    api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint=bot.url))
    tried = api.test_webhook_endpoint(messaging.TestWebhookEndpointRequest(endpoint=bot.url))

    assert api.get_webhook_endpoint().endpoint == bot.url
    assert (tried.success, tried.status_code) == (True, 200)
    assert bot.bodies[0]["events"] == []
    assert bot.signed()


def test_a_users_own_menu_comes_before_the_default(platform, hana, api, new_menu) -> None:
    default, own = new_menu(), new_menu()

    api.set_default_rich_menu(default)
    before = platform.rich_menus.shown("demo", hana.user_id)
    api.link_rich_menu_id_to_user(hana.user_id, own)
    linked = platform.rich_menus.shown("demo", hana.user_id)
    api.unlink_rich_menu_id_from_user(hana.user_id)

    assert (before["richMenuId"], linked["richMenuId"]) == (default, own)
    assert status_of(lambda: api.get_rich_menu_id_of_user(hana.user_id)) == 404
    assert api.get_default_rich_menu_id().rich_menu_id == default
    assert [one.rich_menu_id for one in api.get_rich_menu_list().richmenus] == [default, own]


def test_many_users_get_a_menu_at_once(platform, api, new_menu) -> None:
    users = [one.user_id for one in platform.seed_demo("demo")]
    own = new_menu()

    api.link_rich_menu_id_to_users(RichMenuBulkLinkRequest(richMenuId=own, userIds=users))

    assert {api.get_rich_menu_id_of_user(user).rich_menu_id for user in users} == {own}


def test_an_alias_switches_the_menu(platform, hana, api, new_menu) -> None:
    first, second = new_menu(), new_menu()
    api.create_rich_menu_alias(CreateRichMenuAliasRequest(richMenuAliasId="page-2", richMenuId=first))
    api.update_rich_menu_alias("page-2", UpdateRichMenuAliasRequest(richMenuId=second))
    switch = {"type": "richmenuswitch", "richMenuAliasId": "page-2", "data": "page"}

    event = platform.press("demo", hana, switch)
    lost = platform.press("demo", hana, switch | {"richMenuAliasId": "nowhere"})

    assert event.body["postback"]["params"] == {"newRichMenuAliasId": "page-2", "status": "SUCCESS"}
    assert lost.body["postback"]["params"] == {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
    assert platform.rich_menus.shown("demo", hana.user_id)["richMenuId"] == second
    assert api.get_rich_menu_alias("page-2").rich_menu_id == second
    assert len(api.get_rich_menu_alias_list().aliases) == 1
    api.delete_rich_menu_alias("page-2")
    assert status_of(lambda: api.get_rich_menu_alias("page-2")) == 404


def test_a_menu_without_a_picture_cannot_be_shown(api) -> None:
    rich_menu_id = api.create_rich_menu(menu()).rich_menu_id

    assert status_of(lambda: api.set_default_rich_menu(rich_menu_id)) == 400


def test_a_deleted_menu_is_gone_from_the_phones(platform, hana, api, new_menu) -> None:
    rich_menu_id = new_menu()
    api.set_default_rich_menu(rich_menu_id)

    api.delete_rich_menu(rich_menu_id)

    assert platform.rich_menus.shown("demo", hana.user_id) is None
    assert status_of(lambda: api.get_rich_menu(rich_menu_id)) == 404
    assert status_of(api.get_default_rich_menu_id) == 404


AREA = RichMenuArea(bounds=RichMenuBounds(x=0, y=0, width=10, height=10), action=MessageAction(text="ごみ"))
OUTSIDE = RichMenuArea(bounds=RichMenuBounds(x=795, y=0, width=10, height=10), action=MessageAction(text="ごみ"))


@pytest.mark.parametrize(
    "changes",
    [
        {"size": RichMenuSize(width=799, height=400)},
        {"size": RichMenuSize(width=2501, height=1000)},
        {"size": RichMenuSize(width=800, height=249)},
        {"size": RichMenuSize(width=800, height=600)},
        {"areas": [AREA] * 21},
        {"areas": [OUTSIDE]},
        {"name": ""},
        {"chatBarText": ""},
    ],
    ids=["narrow", "wide", "low", "tall", "21 areas", "outside", "no name", "no bar text"],
)
def test_a_menu_out_of_bounds_is_refused(api, changes) -> None:
    assert status_of(lambda: api.create_rich_menu(menu(**changes))) == 400
    assert status_of(lambda: api.validate_rich_menu_object(menu(**changes))) == 400


@pytest.mark.parametrize(
    ("data", "mime", "status"),
    [
        (picture(800, 300), "image/png", 400),
        (picture(800, 400), "image/jpeg", 400),
        (picture(800, 400), "image/webp", 415),
        (b"no picture", "image/png", 400),
        (b"x" * 1_048_577, "image/png", 413),
    ],
    ids=["other size", "other type", "webp", "no picture", "over 1 MB"],
)
def test_a_menu_picture_must_fit_its_menu(api, blob, data, mime, status) -> None:
    rich_menu_id = api.create_rich_menu(menu()).rich_menu_id

    upload = lambda: blob.set_rich_menu_image(rich_menu_id, body=data, _headers={"Content-Type": mime})  # noqa: E731

    assert status_of(upload) == status


def test_a_menu_picture_cannot_be_replaced(api, blob, new_menu) -> None:
    rich_menu_id = new_menu()
    headers = {"Content-Type": "image/png"}

    assert status_of(lambda: blob.set_rich_menu_image(rich_menu_id, body=picture(800, 400), _headers=headers)) == 400
    assert bytes(blob.get_rich_menu_image(rich_menu_id)) == picture(800, 400)


def test_a_content_may_still_be_in_preparation(platform, hana, blob) -> None:
    sent = platform.send_image("demo", hana, picture(10, 10, "JPEG"))
    platform.content.preparing = 1

    early = blob.get_message_content_with_http_info(sent.message_id)
    later = blob.get_message_content_with_http_info(sent.message_id)

    assert (early.status_code, later.status_code) == (202, 200)
    assert bytes(later.data) == picture(10, 10, "JPEG")
