"""People come and go: the first account, invitations, roles, and the 管理 who stays."""

from __future__ import annotations

import re

import pytest

from handlers.console.invitations import first_colleague, make_link
from handlers.console.passwords import Passwords, complaint
from tests.console_site import PASSWORD, ConsoleSite, Visitor
from tests.html import read_page, words


def the_link(page: str) -> str:
    found = re.search(r'value="http://localhost(/console/\w+/invitation/[^"]+)"', page)
    assert found is not None, page
    return found.group(1)


def register(visitor: Visitor, link: str, **changes: str):  # type: ignore[no-untyped-def]
    form = {"name": "佐藤ハナ", "email": "sato@city.example.jp", "new": PASSWORD, "again": PASSWORD, **changes}
    return visitor.submit(link, link, form)


def test_the_first_link_makes_the_first_管理_and_logs_them_in(site: ConsoleSite) -> None:
    link = make_link(site.store, "", first_colleague("test"), "system")
    visitor = site.visitor()

    done = register(visitor, link)

    assert done.status_code == 302
    page = visitor.get(visitor.get(done.headers["Location"]).headers["Location"]).text
    assert "佐藤ハナさん、ようこそ" in page
    (person,) = site.store.staff_list("test")
    assert (person.role, person.name, person.email) == ("管理", "佐藤ハナ", "sato@city.example.jp")


def test_the_login_says_how_the_first_account_is_made(site: ConsoleSite) -> None:
    assert "はじめの職員を作るリンク" in site.visitor().get("/login").text
    site.hire("管理")
    assert "はじめの職員を作るリンク" not in site.visitor().get("/login").text


def test_looking_at_a_link_uses_nothing_up(site: ConsoleSite) -> None:
    """Mail scanners open every link."""
    link = make_link(site.store, "", first_colleague("test"), "system")
    for _ in range(3):
        assert site.visitor().get(link).status_code == 200

    assert register(site.visitor(), link).status_code == 302


def test_a_link_works_once(site: ConsoleSite) -> None:
    link = make_link(site.store, "", first_colleague("test"), "system")
    register(site.visitor(), link)

    again = site.visitor().get(link)

    assert again.status_code == 410
    assert "もう使えません" in again.text


def test_a_link_ends_after_72_hours(site: ConsoleSite) -> None:
    link = make_link(site.store, "", first_colleague("test"), "system")

    site.clock.forward(72 * 3600 + 1)

    assert site.visitor().get(link).status_code == 410


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "　"}, "名前を入れて"),
        ({"email": "sato"}, "メールアドレスを"),
        ({"email": "a@b@c"}, "メールアドレスを"),
        ({"new": "みじかい", "again": "みじかい"}, "12文字以上"),
        ({"again": "ちがうものをいれた言葉"}, "2つのパスワードが違います"),
        ({"new": "sato-sato-1990", "again": "sato-sato-1990"}, "ほとんどを占めています"),
    ],
)
def test_what_is_missing_is_said_and_the_link_stays_good(site: ConsoleSite, changes: dict[str, str], said: str) -> None:
    link = make_link(site.store, "", first_colleague("test"), "system")
    visitor = site.visitor()

    refused = register(visitor, link, **changes)

    assert refused.status_code == 422
    assert said in refused.text
    assert site.store.staff_list("test") == []
    assert register(visitor, link).status_code == 302


def test_an_invited_colleague_gets_the_role_and_departments_of_the_invitation(site: ConsoleSite) -> None:
    admin = site.as_role("管理")
    form = {"email": "suzuki@city.example.jp", "role": "担当", "departments": ["市民課", "ごみ減量課"]}
    page = admin.submit("/staff", "/staff/invitations", form)
    newcomer = site.visitor()

    register(newcomer, the_link(page.text), name="鈴木", email="somebody@else.jp", role="管理")

    person = site.store.staff_by_email("test", "suzuki@city.example.jp")
    assert person is not None
    assert (person.name, person.role, person.departments) == ("鈴木", "担当", ("市民課", "ごみ減量課"))
    assert newcomer.get("/staff").status_code == 403


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"email": "x", "role": "担当", "departments": "市民課"}, "メールアドレスを"),
        ({"email": "x@x.jp", "role": "担当"}, "課を1つ以上"),
        ({"email": "x@x.jp", "role": "なにか", "departments": "市民課"}, "役割を選んで"),
        ({"email": "STAFF1@city.example.jp", "role": "編集"}, "もう登録されています"),
    ],
)
def test_an_invitation_that_cannot_be_made_says_why(site: ConsoleSite, form: dict[str, str], said: str) -> None:
    admin = site.as_role("管理")

    refused = admin.submit("/staff", "/staff/invitations", form)

    assert refused.status_code == 422
    assert said in refused.text
    assert site.store.invitations("test") == []


def test_an_open_invitation_is_listed_and_can_be_taken_back(site: ConsoleSite) -> None:
    admin = site.as_role("管理")
    link = the_link(admin.submit("/staff", "/staff/invitations", {"email": "x@x.jp", "role": "編集"}).text)
    assert "x@x.jp" in admin.get("/staff").text
    (invitation,) = site.store.invitations("test")

    admin.post(f"/staff/invitations/{invitation.id}/withdraw")

    assert site.visitor().get(link).status_code == 410
    assert "招待を取り消しました" in admin.get("/staff").text


def test_who_forgot_the_password_gets_a_link_from_a_管理(site: ConsoleSite) -> None:
    admin, person = site.as_role("管理"), site.hire("担当")
    browser = site.as_staff(person)
    link = the_link(admin.submit(f"/staff/{person.id}", f"/staff/{person.id}/renew").text)
    visitor = site.visitor()
    new = "おもいだせないなら作ればいい"

    page = visitor.get(link)
    assert person.email in page.text
    done = visitor.post(link, {"new": new, "again": new})

    assert done.status_code == 302
    assert visitor.logged_in()
    assert not browser.logged_in()
    assert site.visitor().login(person.email).status_code == 422
    assert site.visitor().login(person.email, new).status_code == 302


def test_a_new_password_does_not_get_around_the_second_factor(site: ConsoleSite) -> None:
    admin, person = site.as_role("管理"), site.hire("担当")
    site.store.set_totp("test", person.id, "sealed", 1, [], "x")
    link = the_link(admin.submit(f"/staff/{person.id}", f"/staff/{person.id}/renew").text)
    visitor = site.visitor()
    visitor.get(link)

    done = visitor.post(link, {"new": "おもいだせないなら作ればいい", "again": "おもいだせないなら作ればいい"})

    assert done.headers["Location"] == "/console/test/login"
    assert not visitor.logged_in()


def test_a_管理_stops_and_lets_in_again(site: ConsoleSite) -> None:
    admin, person = site.as_role("管理"), site.hire("担当")

    admin.submit(f"/staff/{person.id}", f"/staff/{person.id}/disable")
    assert site.visitor().login(person.email).status_code == 422
    admin.submit(f"/staff/{person.id}", f"/staff/{person.id}/enable")

    assert site.visitor().login(person.email).status_code == 302


def test_nobody_stops_themselves_or_changes_their_own_role(site: ConsoleSite) -> None:
    me = site.hire("管理")
    site.hire("管理")
    admin = site.as_staff(me)

    stopped = admin.submit(f"/staff/{me.id}", f"/staff/{me.id}/disable")
    changed = admin.submit(f"/staff/{me.id}", f"/staff/{me.id}/change", {"role": "監査"})

    assert stopped.status_code == changed.status_code == 422
    assert site.store.staff("test", me.id) == me


def test_the_last_管理_cannot_be_taken_away(site: ConsoleSite) -> None:
    """Even when two people had the page open and the other one was stopped meanwhile."""
    one, two = site.hire("管理"), site.hire("管理")
    admin = site.as_staff(one)
    admin.get(f"/staff/{two.id}")
    site.store.disable_staff("test", one.id, "system")
    site.store.enable_staff("test", one.id, "system")
    site.store.disable_staff("test", two.id, "system")
    again = site.as_staff(one)

    assert again.submit(f"/staff/{one.id}", f"/staff/{one.id}/disable").status_code == 422
    assert [person.role for person in site.store.staff_list("test") if not person.disabled] == ["管理"]


def test_a_lost_telephone_is_helped_by_a_管理(site: ConsoleSite) -> None:
    admin, person = site.as_role("管理"), site.hire("担当")
    site.store.set_totp("test", person.id, "sealed", 1, ["c"], "x")
    assert "二段階の確認を外す" in admin.get(f"/staff/{person.id}").text

    admin.post(f"/staff/{person.id}/reset-totp")

    visitor = site.visitor()
    assert visitor.login(person.email).headers["Location"] == "/console/test/"
    assert site.store.recovery_codes_left("test", person.id) == 0


def test_sessions_are_listed_and_ended_by_their_owner(site: ConsoleSite) -> None:
    person = site.hire("管理")
    here, there = site.as_staff(person), site.visitor()
    there.get("/login")
    form = {"csrf_token": there.token, "email": person.email, "password": PASSWORD}
    windows = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"}
    there.client.post("/console/test/login", data=form, headers=windows)
    page = here.get("/account").text
    assert "Edge（Windows）" in page
    session = re.search(r'action="(/console/test/account/sessions/[\w-]+/end)"', page)
    assert session is not None

    here.post(session.group(1))

    assert here.logged_in()
    assert not there.logged_in()


def test_a_管理_ends_all_sessions_of_somebody(site: ConsoleSite) -> None:
    admin, person = site.as_role("管理"), site.hire("担当")
    browsers = [site.as_staff(person), site.as_staff(person)]

    admin.submit(f"/staff/{person.id}", f"/staff/{person.id}/end-sessions")

    assert [browser.logged_in() for browser in browsers] == [False, False]


@pytest.mark.parametrize("path", ["/account", "/staff", "/staff/1", "/audit", "/account/totp"])
def test_pages_are_well_formed_have_one_heading_and_labels(site: ConsoleSite, path: str) -> None:
    page = read_page(site.as_role("管理").get(path).text)

    assert page.get("lang") == "ja"
    assert len(list(page.iter("h1"))) == 1
    labels = {label.get("for") for label in page.iter("label")} | {""}
    inside = {id(field) for label in page.iter("label") for field in label.iter("input")}
    for field in (*page.iter("input"), *page.iter("select")):
        known = field.get("type") == "hidden" or field.get("id", "-") in labels or id(field) in inside
        assert known, field.attrib
    assert "試験市" in words(page)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("short", False),
        ("十一文字では足りませんよ", True),
        ("aaaaaaaaaaaaaaaa", False),
        ("abababababababab", False),
        ("1234567890123456", False),
        ("passwordpassword", False),
        ("Password2026Password", False),
        ("qwertyuiopasdfgh", False),
        ("sato.hana@city.example.jp", False),
        ("試験市試験市試験市試験市試験市", False),
        ("correct horse battery staple", True),
        ("かえるの池に三日月ひとつ", True),
        ("x" * 201, False),
        ("twelve chars", True),
        ("佐藤ハナ佐藤ハナ佐藤ハナ", False),
        ("P@ssw0rd2026!", False),
        ("p@ssw0rdp@ssw0rd", False),
        ("p@$$w0rd1234xyz", False),
        ("abc123abc123", False),
        ("iloveyou1234", False),
        ("sunshine2026", False),
        ("Monkey!!123456", False),
        ("あいうえおかきくけこさし", False),
        ("いろはにほへとちりぬるを", False),
        ("ぱすわーど12345678", False),
        ("パスワードは秘密です2026", False),
        ("市役所の窓口2026年4月", False),
        ("s4t0.h4n4-2026!", False),
        ("三丁目の角のパン屋さん", False),
        ("三丁目の角のパン屋さんは月曜休み", True),
        ("kumo no ue no sakana", True),
        ("7Fq-mZ2w-Rk9t", True),
    ],
)
def test_which_passwords_are_good(password: str, good: bool) -> None:
    known = ("佐藤ハナ", "sato.hana@city.example.jp", "試験市", "しけんし")

    assert (complaint(password, known) == "") is good


def test_a_password_is_the_same_in_full_and_half_width() -> None:
    """Keyboards differ; NIST asks for normalisation."""
    passwords = Passwords(8, 1, 1)

    assert passwords.check(passwords.hash("ｐａｓｓ　ｐｈｒａｓｅ１２"), "pass phrase12")
    decomposed = "か\u3099" * 150
    assert passwords.check(passwords.hash(decomposed), decomposed)
    assert passwords.check(passwords.hash(decomposed), "が" * 150)
    assert not passwords.check("", "nobody has this password")
    assert not passwords.check("broken hash", "x")


def test_the_usual_parameters_of_argon2_are_those_of_the_rfc() -> None:
    hashed = Passwords().hash(PASSWORD)

    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
