"""Our client against all that the emulated server speaks: cards, the address book, people outside, and its refusals."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from messaging.wecom import errors
from messaging.wecom.attendance import CHINA, Attendance, Day, Stamp
from messaging.wecom.cards import Button, Card
from messaging.wecom.client import WeComClient
from messaging.wecom.contacts import Colleague, Contacts, Department, Private
from messaging.wecom.customers import CustomerContact
from messaging.wecom.media import Media
from messaging.wecom.service import HUMAN, QUEUE, Account, CustomerService
from tests.messaging.wecom.conftest import make_client
from tools.wecom import world
from tools.wecom.attendance import Stamped
from tools.wecom.cipher import Box
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode, half_an_answer

KF, LI = "wkDemo", "wmLiLei"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOX = Box(token="token", aes_key="jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", receive_id="ww-demo")
CARD = Card(
    title="请联系候选人：李雷",
    text="请在今天18:00之前联系李雷。",
    buttons=(
        Button("认领", key="claim"),
        Button("改期", url="https://hr.example.com/admin/"),
    ),
    url="https://hr.example.com/admin/",
    source="人事",
)


def refused(call: Callable[[], object]) -> tuple[type[errors.ProviderError], int | None]:
    with pytest.raises(errors.ProviderError) as caught:
        call()
    return type(caught.value), caught.value.errcode


def test_a_card_arrives_as_documented(client: WeComClient, emulator: WeComEmulator) -> None:
    accepted = client.send_buttons(userid="zhang.san", card=CARD, task_id="d-1")

    assert [one.msgid for one in emulator.messages] == [accepted.msgid]
    assert emulator.calls[1].json == {
        "touser": "zhang.san",
        "msgtype": "template_card",
        "agentid": 1000002,
        "template_card": {
            "card_type": "button_interaction",
            "source": {"desc": "人事"},
            "main_title": {"title": "请联系候选人：李雷"},
            "sub_title_text": "请在今天18:00之前联系李雷。",
            "card_action": {"type": 1, "url": "https://hr.example.com/admin/"},
            "task_id": "d-1",
            "button_list": [
                {"text": "认领", "style": 1, "type": 0, "key": "claim"},
                {"text": "改期", "style": 2, "type": 1, "url": "https://hr.example.com/admin/"},
            ],
        },
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 14400,
    }


def test_a_card_is_shown_once_under_its_name(client: WeComClient, emulator: WeComEmulator) -> None:
    """Also after a lost answer, in other words, and days later, when WeCom has forgotten the request."""
    emulator.fail("message/send", half_an_answer())
    assert (
        refused(lambda: client.send_buttons(userid="zhang.san", card=CARD, task_id="d-1"))[0]
        is errors.Ambiguous
    )
    other = Card("其他", "其他", CARD.buttons)
    emulator.advance(3 * 24 * 3600)
    emulator.invalidate_tokens()

    assert client.send_buttons(userid="zhang.san", card=other, task_id="d-1").msgid == ""
    assert len(emulator.messages) == 1


def test_a_press_changes_the_card_once(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.calls_back_to("", BOX)
    client.send_buttons(userid="zhang.san", card=CARD, task_id="d-1")
    client.send_buttons(userid="li.si", card=CARD, task_id="d-2")
    envelope = emulator.press(emulator.messages[0], "claim")
    assert envelope is not None
    code = list(emulator.response_codes)[-1]

    client.replace_buttons(userid="zhang.san", response_code=code, text="已由李四认领")

    assert [one.replaced for one in emulator.messages] == [{"button": {"replace_name": "已由李四认领"}}, {}]
    again = refused(lambda: client.replace_buttons(userid="zhang.san", response_code=code, text="x"))
    assert again == (errors.ContentProblem, 40058)


def test_a_code_of_three_days_ago_changes_nothing(client: WeComClient, emulator: WeComEmulator) -> None:
    client.send_buttons(userid="zhang.san", card=CARD, task_id="d-1")
    (code,) = emulator.response_codes
    emulator.advance(72 * 3600)
    emulator.invalidate_tokens()

    late = refused(lambda: client.replace_buttons(userid="zhang.san", response_code=code, text="x"))

    assert late == (errors.ContentProblem, 40058)
    assert emulator.messages[0].replaced == {}


def test_departments_and_colleagues(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.departments = [world.Department(2, "研发部"), world.Department(3, "平台组", parent=2)]
    emulator.members = [
        world.Member("zhang.san", "张三", (2,)),
        world.Member("li.si", "李四", (3,)),
        world.Member("wang.wu", "王五"),
    ]
    contacts = Contacts(client)

    assert contacts.departments() == [
        Department(1, "公司", 0), Department(2, "研发部", 1), Department(3, "平台组", 2)
    ]  # fmt: skip
    assert contacts.colleagues(2) == [Colleague("zhang.san", "张三", (2,)), Colleague("li.si", "李四", (3,))]
    assert len(contacts.colleagues()) == 3
    emulator.visible = {"li.si"}
    assert contacts.colleagues() == [Colleague("li.si", "李四", (3,))]


def test_who_signs_in(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.members = [world.Member("zhang.san", "张三")]
    contacts = Contacts(client)
    code, outside, late = (
        emulator.signs_in("zhang.san"),
        emulator.signs_in("nobody"),
        emulator.signs_in("zhang.san"),
    )

    assert contacts.who_signs_in(code) == "zhang.san"
    assert contacts.who_signs_in(outside) is None
    emulator.advance(301)
    for used in (code, late, "forged"):
        assert refused(lambda used=used: contacts.who_signs_in(used)) == (errors.ContentProblem, 40029)  # type: ignore[misc]


def test_the_account_and_its_address(client: WeComClient, emulator: WeComEmulator) -> None:
    service = CustomerService(client)

    assert service.accounts() == [Account(KF, "招聘客服")]
    assert service.address(KF, scene="invite") == "https://work.weixin.qq.com/kfid/wkDemo?enc_scene=invite"


def test_what_people_wrote_is_pulled_by_cursor(client: WeComClient, emulator: WeComEmulator) -> None:
    service = CustomerService(client)
    emulator.kf.page = 2
    emulator.enter(LI, scene="invite", scene_param="token-1")
    emulator.say(LI, "你好")
    emulator.say(LI, "进度")

    first = service.page(KF, cursor="", token=list(emulator.kf.tokens)[-1])
    second = service.page(KF, cursor=first.cursor)

    assert [(len(page.entries), page.has_more) for page in (first, second)] == [(2, True), (1, False)]
    assert first.entries[0]["event"]["scene_param"] == "token-1"
    assert [one["text"]["content"] for one in (*first.entries[1:], *second.entries)] == ["你好", "进度"]
    assert service.page(KF, cursor=second.cursor).entries == []


def test_what_is_older_than_three_days_is_gone(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.say(LI, "你好")
    token = list(emulator.kf.tokens)[-1]
    emulator.advance(3 * 24 * 3600)
    emulator.invalidate_tokens()
    service = CustomerService(client)

    assert service.page(KF, cursor="").entries == []
    assert refused(lambda: service.page(KF, cursor="", token=token)) == (errors.Transient, 95007)


def test_five_answers_and_no_sixth(client: WeComClient, emulator: WeComEmulator) -> None:
    """What is over that is taken, shown to nobody, and told in what is pulled next; theirs counts anew."""
    service = CustomerService(client)
    emulator.say(LI, "进度")
    for number in range(6):
        service.send(KF, whom=LI, text=f"第{number}条", key=f"k-{number}")

    assert [one.text for one in emulator.kf.of(LI)] == [f"第{number}条" for number in range(5)]
    failed = service.page(KF, cursor="").entries[-1]["event"]
    assert (failed["event_type"], failed["fail_msgid"], failed["fail_type"]) == ("msg_send_fail", "k-5", 6)
    emulator.say(LI, "进度")
    service.send(KF, whom=LI, text="又一条", key="k-6")
    assert len(emulator.kf.of(LI)) == 6


def test_an_answer_is_shown_once_under_its_name(client: WeComClient, emulator: WeComEmulator) -> None:
    service = CustomerService(client)
    emulator.say(LI, "进度")
    emulator.fail("kf/send_msg", half_an_answer())
    assert refused(lambda: service.send(KF, whom=LI, text="一", key="k"))[0] is errors.Ambiguous

    service.send(KF, whom=LI, text="一", key="k")

    assert [one.text for one in emulator.kf.of(LI)] == ["一"]


def test_who_has_not_written_cannot_be_written_to(client: WeComClient, emulator: WeComEmulator) -> None:
    service = CustomerService(client)
    emulator.enter(LI)

    assert refused(lambda: service.send(KF, whom=LI, text="你好", key="k")) == (errors.WindowClosed, 95018)
    assert refused(lambda: service.send(KF, whom="wmNobody", text="你好", key="k")) == (
        errors.RecipientProblem, 40096,
    )  # fmt: skip


@pytest.mark.parametrize(("after", "greeted"), [(19, True), (21, False)])
def test_a_greeting_within_twenty_seconds(
    client: WeComClient, emulator: WeComEmulator, after: int, greeted: bool
) -> None:
    service = CustomerService(client)
    emulator.enter(LI)
    code = service.page(KF, cursor="").entries[0]["event"]["welcome_code"]
    emulator.advance(after)

    if greeted:
        service.greet(code=code, text="您好", key="g")
    assert refused(lambda: service.greet(code=code, text="您好", key="h")) == (errors.ContentProblem, 40058)
    assert [one.text for one in emulator.kf.of(LI)] == ["您好"] * greeted


def test_a_conversation_is_handed_over(client: WeComClient, emulator: WeComEmulator) -> None:
    service = CustomerService(client)
    emulator.members = [world.Member("zhang.san", "张三")]
    emulator.say(LI, "人工")
    emulator.say("wmHan", "人工")

    service.hand_over(KF, whom=LI, colleague="zhang.san")
    service.hand_over(KF, whom="wmHan")

    assert [service.state(KF, whom=one) for one in (LI, "wmHan")] == [HUMAN, QUEUE]
    assert refused(lambda: service.send(KF, whom=LI, text="我来", key="k")) == (errors.WindowClosed, 95018)
    assert refused(lambda: service.hand_over(KF, whom="wmHan", colleague="nobody"))[1] == 95014


def test_stamps_are_read_in_stretches_that_wecom_allows_each_once(
    client: WeComClient, emulator: WeComEmulator
) -> None:
    """250 colleagues in 61 days, with one stamp on each edge of what may be asked at once."""
    people = [f"user{number:03d}" for number in range(250)]
    days = (0, 30, 60, 61)
    emulator.stamps = [
        Stamped(userid, (NOON + timedelta(days=day)).timestamp(), wrong="时间异常" if day else "")
        for day in days
        for userid in ("User000", "user249", "nobody")
    ]
    read = list(Attendance(client).stamps(people, since=NOON, until=NOON + timedelta(days=61)))

    assert [(one.userid, (one.at - NOON).days) for one in read] == [
        (userid, day) for day in days[:3] for userid in ("user000", "user249")
    ]
    assert read[0] == Stamp("user000", "上班打卡", NOON, "公司", "")
    assert read[-1].wrong == "时间异常"
    assert emulator.count("checkin/getcheckindata") == 9
    assert list(Attendance(client).stamps(people, since=NOON, until=NOON)) == []
    assert list(Attendance(client).stamps([], since=NOON, until=NOON + timedelta(days=1))) == []


def test_days_of_colleagues(client: WeComClient, emulator: WeComEmulator) -> None:
    """A day is China's, and a colleague without stamps has one, too."""
    morning, evening = (datetime(2026, 3, 2, hour, minute, tzinfo=UTC) for hour, minute in ((1, 5), (15, 59)))
    emulator.stamps = [
        Stamped("Zhang.San", evening.timestamp(), kind="下班打卡"),
        Stamped("Zhang.San", morning.timestamp(), wrong="时间异常"),
        Stamped("Zhang.San", (evening + timedelta(minutes=1)).timestamp()),
    ]
    people = ["zhang.san", *(f"user{number:03d}" for number in range(100))]
    client.timeout, client.answer_bytes = (2.0, 10.0), 1 << 21

    read = list(Attendance(client).days(people, since=date(2026, 3, 2), until=date(2026, 3, 3)))

    day = datetime(2026, 3, 2, tzinfo=CHINA)
    assert read[0] == Day("zhang.san", day, 2, morning, evening, 1)
    assert read[1] == Day("user000", day, 0, None, None, 0)
    assert (len(read), emulator.count("checkin/getcheckin_daydata")) == (101, 2)
    assert len(list(Attendance(client).days(["a"], since=date(2026, 1, 1), until=date(2026, 3, 1)))) == 59
    assert list(Attendance(client).days(people, since=date(2026, 3, 2), until=date(2026, 3, 2))) == []


def test_the_address_books_own_secret_lists_everybody(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.members = [world.Member(f"user{number:05d}", "某人", (1, 2)) for number in range(10_001)]
    own = world.Application(agent_id=0, secret="address-book", syncs_contacts=True)
    emulator.applications.append(own)
    client.timeout = (2.0, 10.0)

    assert refused(lambda: list(Contacts(client).everybody())) == (errors.ConfigurationProblem, 48002)
    reader = make_client(emulator, own)
    reader.answer_bytes, reader.timeout = 1 << 22, (2.0, 60.0)
    listed = list(Contacts(reader).everybody())

    assert (listed[0], listed[-1], len(set(listed))) == (("user00000", 1), ("user10000", 2), 20_002)
    assert emulator.count("user/list_id") == 4


def test_the_tree_without_names(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.departments = [world.Department(2, "研发部"), world.Department(3, "平台组", parent=2)]

    assert Contacts(client).tree() == {1: 0, 2: 1, 3: 2}


def test_who_agreed_is_told_with_mobile_and_e_mail(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.members = [world.Member("zhang.san", "张三", mobile="13800138000", email="zs@example.com")]
    contacts = Contacts(client)
    agreed = emulator.signs_in("zhang.san", agrees=True)

    told = contacts.private(agreed)

    assert told == Private("zhang.san", "13800138000", "zs@example.com")
    assert repr(told) == "Private(userid='zhang.san')"
    assert contacts.private(emulator.signs_in("zhang.san")) is None
    assert contacts.private(emulator.signs_in("nobody", agrees=True)) is None
    (ticket,) = emulator.user_tickets
    emulator.advance(1801)
    late = refused(lambda: client.call("auth/getuserdetail", {"user_ticket": ticket}))
    assert late == (errors.ContentProblem, 40029)


def test_tickets_are_the_same_until_they_end_and_counted(
    client: WeComClient, emulator: WeComEmulator
) -> None:
    company, own = client.page_tickets()

    assert (company.value, own.value) == ("ticket-2", "ticket-3")
    assert [one.value for one in client.page_tickets()] == ["ticket-2", "ticket-3"]
    assert 7190 <= own.expires_in <= 7200
    assert repr(own) == f"PageTicket(expires_in={own.expires_in})"
    for _number in range(98):
        client.page_tickets()
    assert refused(client.page_tickets) == (errors.Quota, 45009)
    emulator.advance(7201)
    emulator.invalidate_tokens()
    assert {one.value for one in client.page_tickets()}.isdisjoint({company.value, own.value})


def test_addresses_of_wecom(client: WeComClient, emulator: WeComEmulator) -> None:
    emulator.calls_from, emulator.answers_at = ["101.226.103.59", "182.254.11.176/28"], ["182.254.78.66"]

    assert client.callers() == ["101.226.103.59", "182.254.11.176/28"]
    assert client.servers() == ["182.254.78.66"]


def test_who_serves_an_account(client: WeComClient, emulator: WeComEmulator) -> None:
    service = CustomerService(client)
    assert not service.is_served(KF)
    emulator.kf.servicers[KF] = [("li.si", False)]
    assert not service.is_served(KF)
    emulator.kf.servicers[KF] += [("zhang.san", True)]

    assert service.is_served(KF)
    assert refused(lambda: service.is_served("wkNone"))[1] == 95000


@pytest.mark.parametrize(
    ("endpoint", "call"),
    [
        ("department/list", lambda client: Contacts(client).departments()),
        ("department/simplelist", lambda client: Contacts(client).tree()),
        ("user/list_id", lambda client: list(Contacts(client).everybody())),
        ("get_jsapi_ticket", lambda client: client.page_tickets()),
        ("getcallbackip", lambda client: client.callers()),
        ("kf/servicer/list", lambda client: CustomerService(client).is_served(KF)),
        ("media/upload", lambda client: Media(client).upload("file", name="a.txt", content=b"12345")),
        ("media/get", lambda client: Media(client).download("media-1")),
        ("externalcontact/list", lambda client: CustomerContact(client).of("zhang.san")),
        ("externalcontact/add_contact_way", lambda client: CustomerContact(client).add_way("a", state="s")),
        ("checkin/getcheckin_daydata",
         lambda client: list(Attendance(client).days(["a"], since=NOON.date(), until=date(2026, 3, 3)))),
        ("auth/getuserinfo", lambda client: Contacts(client).who_signs_in("c")),
        ("checkin/getcheckindata",
         lambda client: list(Attendance(client).stamps(["a"], since=NOON, until=NOON + timedelta(days=1)))),
        ("kf/account/list", lambda client: CustomerService(client).accounts()),
        ("message/update_template_card",
         lambda client: client.replace_buttons(userid="zhang.san", response_code="c", text="t")),
    ],
)  # fmt: skip
def test_every_call_fetches_a_new_token_once_and_says_what_is_not_set_up(
    client: WeComClient, emulator: WeComEmulator, endpoint: str, call: Callable[[WeComClient], object]
) -> None:
    emulator.fail(endpoint, errcode(42001), times=2)
    assert refused(lambda: call(client)) == (errors.TokenProblem, 42001)
    assert (emulator.count("gettoken"), emulator.count(endpoint)) == (2, 2)
    emulator.trusts_caller = False
    assert refused(lambda: call(client)) == (errors.ConfigurationProblem, 60020)
    emulator.trusts_caller, emulator.forbidden = True, {endpoint}
    assert refused(lambda: call(client)) == (errors.ConfigurationProblem, 48002)
