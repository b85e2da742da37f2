"""Our client against the emulated 客户联系 (codes, contacts, greetings, messages to many) and against its files."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from messaging.wecom import errors
from messaging.wecom.client import WeComClient
from messaging.wecom.customers import Contact, CustomerContact, Task, Way
from messaging.wecom.media import Media
from tools.wecom import outside, world
from tools.wecom.cipher import Box
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode, half_an_answer, html, raw
from tools.wecom.people import Envelope

LI, HAN = "wmLiLei", "wmHanMeimei"
BOX = Box(token="token", aes_key="jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", receive_id="ww-demo")
DAY = 24 * 3600


@pytest.fixture
def contact(client: WeComClient, emulator: WeComEmulator) -> CustomerContact:
    emulator.members = [world.Member("zhang.san", "张三"), world.Member("li.si", "李四")]
    emulator.calls_back_to("", BOX)
    return CustomerContact(client)


def refused(call: Callable[[], object]) -> tuple[type[errors.ProviderError], int | None]:
    with pytest.raises(errors.ProviderError) as caught:
        call()
    return type(caught.value), caught.value.errcode


def said(envelope: Envelope | None) -> dict[str, str]:
    """What the callback says."""
    assert envelope is not None
    sealed = ET.fromstring(envelope.body).findtext("Encrypt") or ""
    told = ET.fromstring(BOX.decrypt(sealed))
    left_out = ("ToUserName", "CreateTime", "FromUserName", "MsgType", "Event")
    return {one.tag: one.text or "" for one in told if one.tag not in left_out}


def test_a_code_is_made_read_given_to_another_and_dropped(
    contact: CustomerContact, emulator: WeComEmulator
) -> None:
    way = contact.add_way("zhang.san", state="s" * 30)

    assert way == Way("way-2", "https://wework.qpic.cn/wwpic/way-2", "zhang.san", "s" * 30)
    assert contact.way(way.number) == way
    contact.give_way(way.number, colleague="li.si")
    assert contact.way(way.number) == Way(way.number, way.picture, "li.si", "s" * 30)
    contact.drop_way(way.number)
    for gone in (contact.way, contact.drop_way):
        assert refused(lambda gone=gone: gone(way.number)) == (errors.ContentProblem, 40058)  # type: ignore[misc]
    assert emulator.outside.ways == {}


def test_a_code_that_cannot_be(contact: CustomerContact, emulator: WeComEmulator) -> None:
    assert refused(lambda: contact.add_way("zhang.san", state="s" * 31)) == (errors.ContentProblem, None)
    assert emulator.calls == []
    assert refused(lambda: contact.add_way("nobody", state="")) == (errors.RecipientProblem, 60111)
    emulator.fail("externalcontact/add_contact_way", half_an_answer())
    assert refused(lambda: contact.add_way("zhang.san", state="")) == (errors.Ambiguous, None)
    assert len(emulator.outside.ways) == 1, "taken, and nobody was told its number"


def test_who_scans_becomes_a_contact_and_brings_the_state(
    contact: CustomerContact, emulator: WeComEmulator
) -> None:
    way = contact.add_way("zhang.san", state="token-1")

    told = said(emulator.scan(LI, way.number))

    assert told == {
        "ChangeType": "add_external_contact",
        "UserID": "zhang.san",
        "ExternalUserID": LI,
        "State": "token-1",
        "WelcomeCode": next(iter(emulator.outside.welcomes)),
    }
    assert contact.known(LI) == [Contact(LI, "微信用户", "zhang.san", "token-1")]
    assert (contact.of("zhang.san"), contact.of("li.si")) == ([LI], [])
    gone = said(emulator.part(LI, "zhang.san"))
    assert gone == {"ChangeType": "del_follow_user", "UserID": "zhang.san", "ExternalUserID": LI}
    assert refused(lambda: contact.known(LI)) == (errors.RecipientProblem, 84061)
    assert refused(lambda: contact.known("wmNobody")) == (errors.RecipientProblem, 40096)
    assert refused(lambda: contact.of("nobody")) == (errors.RecipientProblem, 60111)


def test_contacts_of_many_colleagues_come_page_by_page(
    contact: CustomerContact, emulator: WeComEmulator
) -> None:
    emulator.members = [world.Member(f"user{number:03d}", "某人") for number in range(150)]
    people = [one.userid for one in emulator.members]
    for number in range(230):
        emulator.outside.people[f"wm{number}"] = f"客户{number}"
        emulator.outside.contacts.append(outside.Contact(people[number % 150], f"wm{number}", emulator.now()))

    found = list(contact.of_all(people))

    assert {one.external_userid for one in found} == {f"wm{number}" for number in range(230)}
    assert len(found) == 230
    assert emulator.count("externalcontact/batch/get_by_user") == 3
    assert list(contact.of_all([])) == []


@pytest.mark.parametrize("after", [19, 21])
def test_a_contact_is_greeted_once_within_twenty_seconds(
    contact: CustomerContact, emulator: WeComEmulator, after: int
) -> None:
    way = contact.add_way("zhang.san", state="")
    code = said(emulator.scan(LI, way.number))["WelcomeCode"]
    emulator.advance(after)

    if after > outside.WELCOME_SECONDS:
        assert refused(lambda: contact.welcome(code, text="您好")) == (errors.ContentProblem, 41050)
        assert emulator.outside.greeted == []
        return
    emulator.fail("externalcontact/send_welcome_msg", errcode(41096))
    assert refused(lambda: contact.welcome(code, text="您好")) == (errors.Transient, 41096)
    assert contact.welcome(code, text="您好<a>") is True
    assert contact.welcome(code, text="您好") is False
    assert emulator.outside.greeted == [
        (LI, {"welcome_code": code, "text": {"content": "您好\N{FULLWIDTH LESS-THAN SIGN}a>"}})
    ]


def test_a_message_to_many_waits_for_the_colleagues(
    contact: CustomerContact, emulator: WeComEmulator
) -> None:
    for colleague, whom in (("zhang.san", LI), ("li.si", HAN)):
        emulator.scan(whom, contact.add_way(colleague, state="").number)

    task = contact.ask_to_send([LI, HAN, "wmNobody"], text="面试安排")

    assert task == Task("group-8", ("wmNobody",))
    assert contact.confirmed(task.number) == {"zhang.san": False, "li.si": False}
    assert contact.reached(task.number, colleague="zhang.san") == {LI: False}
    for _number in range(3):
        contact.remind(task.number)
    assert refused(lambda: contact.remind(task.number)) == (errors.Quota, 45009)
    emulator.part(HAN, "li.si")
    for colleague in ("zhang.san", "li.si"):
        emulator.confirm(task.number, colleague)
    assert contact.confirmed(task.number) == {"zhang.san": True, "li.si": True}
    assert contact.reached(task.number, colleague="zhang.san") == {LI: True}
    assert contact.reached(task.number, colleague="li.si") == {HAN: False}, "a contact no more"
    emulator.advance(DAY + 1)
    emulator.invalidate_tokens()
    contact.remind(task.number)


def test_a_contact_is_shown_as_many_in_a_month_as_it_has_days(
    contact: CustomerContact, emulator: WeComEmulator
) -> None:
    emulator.scan(LI, contact.add_way("zhang.san", state="").number)
    emulator.outside.shown = [(emulator.now(), LI)] * 31

    task = contact.ask_to_send([LI], text="面试安排", colleague="zhang.san")
    emulator.confirm(task.number, "zhang.san")

    assert contact.reached(task.number, colleague="zhang.san") == {LI: False}
    assert emulator.outside.groups[task.number].results == {LI: outside.HAD_OTHERS}


def test_a_message_to_many_that_cannot_be(contact: CustomerContact, emulator: WeComEmulator) -> None:
    for people in ([], [LI] * 10_001):
        assert (
            refused(lambda people=people: contact.ask_to_send(people, text="x"))[0] is errors.ContentProblem
        )  # type: ignore[misc]
    assert emulator.calls == []
    assert refused(lambda: contact.ask_to_send([LI], text="x")) == (errors.RecipientProblem, 84061)
    assert refused(lambda: contact.confirmed("group-0")) == (errors.ContentProblem, 40058)


def test_a_file_is_kept_for_three_days(client: WeComClient, emulator: WeComEmulator) -> None:
    media, content = Media(client), b"\r\n--\x00PDF\r\n" * 9000
    number = media.upload("file", name="offer.pdf", content=content)

    assert media.download(number) == content
    assert [(one.kind, one.name) for one in emulator.media.values()] == [("file", "offer.pdf")]
    emulator.fail("media/get", errcode(42001))
    assert media.download(number) == content
    emulator.advance(3 * DAY)
    emulator.invalidate_tokens()
    assert refused(lambda: media.download(number)) == (errors.ContentProblem, 40007)


def test_a_file_that_cannot_be(client: WeComClient, emulator: WeComEmulator) -> None:
    media = Media(client)
    for kind, size in (("image", (10 << 20) + 1), ("voice", (2 << 20) + 1), ("file", 4)):
        assert refused(lambda k=kind, s=size: media.upload(k, name="a", content=b"x" * s))[0] is (  # type: ignore[misc]
            errors.ContentProblem
        )
    assert emulator.calls == []
    emulator.fail("media/upload", half_an_answer())
    assert refused(lambda: media.upload("file", name="a", content=b"12345")) == (errors.Ambiguous, None)


def test_the_server_refuses_what_the_client_would_not_send(
    client: WeComClient, emulator: WeComEmulator
) -> None:
    """The bounds are WeCom's own, not only ours."""
    for kind, size, number in (("image", (10 << 20) + 1, 45001), ("file", 4, 40006), ("other", 9, 40004)):
        with pytest.raises(errors.ProviderError) as caught:
            client.upload("media/upload", {"type": kind}, name="a", content=b"x" * size)
        assert caught.value.errcode == number


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (html(), errors.Ambiguous),
        (raw(b"x" * 99, Content_Disposition='attachment; filename="a"'), None),
        (raw(b"x" * ((20 << 20) + 1), Content_Disposition='attachment; filename="a"'), errors.Ambiguous),
        (raw(b"{}", status=502), errors.Transient),
    ],
)
def test_what_comes_instead_of_a_file(client, emulator, fault, error) -> None:
    emulator.fail("media/get", fault)
    if error is None:
        assert Media(client).download("media-1") == b"x" * 99
    else:
        assert refused(lambda: Media(client).download("media-1"))[0] is error
