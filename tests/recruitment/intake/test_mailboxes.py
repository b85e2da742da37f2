"""Résumé mailboxes: each mail once, none lost, no application by itself, and what is wrong in words."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import Forbidden, Invalid, Refused
from core.history.models import Change
from core.process import certificate
from recruitment.intake import codes, imap
from recruitment.intake.services import mailboxes, receiving
from recruitment.models import (
    Application,
    Candidate,
    Mailbox,
    Opening,
    PublicApplication,
    ReceivedMail,
    Resume,
)
from recruitment.resumes.services import reading
from recruitment.services.applying import Newcomer
from tests.emulators.imap import ACCOUNT, PASSWORD, ImapEmulator
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.admin.conftest import as_hr, recruiter  # noqa: F401
from tests.recruitment.resumes import files
from tests.recruitment.resumes.conftest import _empty_storage, stored  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[ImapEmulator]:
    """A mail server on this machine, which this installation allows."""
    settings.VENDOR_NETWORKS = ["127.0.0.0/8"]
    with ImapEmulator() as running:
        yield running


def mailbox(server: ImapEmulator, **changed: Any) -> Mailbox:
    row = Mailbox(
        **{
            "name": "招聘邮箱", "host": "127.0.0.1", "port": server.port, "safety": "none", "account": ACCOUNT,
            **changed,
        }
    )  # fmt: skip
    row.secret = PASSWORD
    row.save()
    return row


def mail(
    subject: str = "应聘",
    *attached: tuple[str, bytes],
    sender: str = "张三 <z3@example.com>",
    number: int = 1,
) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, ACCOUNT, subject
    made["Message-ID"] = f"<{number}@example.com>"
    made.set_content("您好，附件是我的简历。")
    for name, body in attached:
        made.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes(policy=made.policy.clone(linesep="\r\n"))


def resume(number: int = 0, **people_say: str) -> tuple[str, bytes]:
    name = people_say.get("name", "张三")
    return f"{name}-简历.docx", files.docx(
        [f"姓名：{name}", f"电话：1380013{8000 + number}", "熟练使用 Excel"]
    )


def states() -> dict[str, str]:
    return dict(ReceivedMail.objects.order_by("pk").values_list("subject", "state"))


def test_a_mail_with_a_resume_is_proposed_and_nothing_more(server: ImapEmulator) -> None:
    opening, _other = make.opening(title="数据分析师"), make.opening(title="数据")
    box = mailbox(server)
    uid = server.deliver(mail("应聘数据分析师-张三", resume()))
    assert mailboxes.read(mailbox_id=box.pk) == 1
    row, came = PublicApplication.objects.get(), ReceivedMail.objects.get()
    assert (row.state, row.way, row.mail, row.opening) == ("waiting", "mail", came, opening)
    assert (row.name, row.phone, row.email, row.file_name) == ("张三", "+8613800138000", "", "张三-简历.docx")
    assert row.words == "姓名：张三\n电话：138****8000\n熟练使用 Excel" and row.consent_version == ""
    assert (came.state, came.sender, came.sender_name, came.files) == (
        "proposed",
        "z3@example.com",
        "张三",
        1,
    )
    assert (Candidate.objects.count(), Application.objects.count(), Resume.objects.count()) == (0, 0, 0)
    box.refresh_from_db()
    assert (box.last_uid, box.uid_validity, box.failing_code, box.read_at is not None) == (uid, 7, "", True)
    # The folder is opened for reading, and no mail is marked as read.
    assert not [said for said in server.commands if said.startswith(("SELECT", "STORE")) or "BODY[" in said]
    # Who writes in English names it in English.
    Opening.objects.filter(pk=opening.pk).update(title_en="Data analyst")
    server.deliver(mail("Application: data analyst", resume(1, name="李四")))
    assert mailboxes.read(mailbox_id=box.pk) == 1
    assert PublicApplication.objects.get(name="李四").opening == opening


def test_every_mail_is_named_whatever_is_in_it(server: ImapEmulator) -> None:
    box = mailbox(server)
    large = b"x" * imap.LARGEST_MAIL
    for number, (subject, attached) in enumerate(
        {
            "询问": (),
            "签名图": (("logo.jpg", b"\xff\xd8\xff" + b"x" * 10),),
            "照片": (("张三.jpg", b"\xff\xd8\xff" + b"x" * 100_000),),
            "旧格式": (("张三.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),),
            "带宏": (("张三.docx", files.docx(more={"word/vbaProject.bin": b"x"})),),
            "脚本": (("张三.pdf", files.pdf_with({"/S": "/JavaScript", "/JS": "app.alert(1)"})),),
            "两份": (resume(1, name="李四"), ("说明.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
            "过大": (("张三.pdf", large),),
        }.items()
    ):
        server.deliver(mail(subject, *attached, number=number))
    assert mailboxes.read(mailbox_id=box.pk) == 8
    assert states() == {
        "询问": "no_resume", "签名图": "no_resume", "照片": "refused", "旧格式": "refused", "带宏": "refused",
        "脚本": "refused", "两份": "proposed", "过大": "refused",
    }  # fmt: skip
    told = dict(ReceivedMail.objects.exclude(code="").values_list("subject", "code"))
    assert told == {
        "照片": "picture", "旧格式": "old_word", "带宏": "macros", "脚本": "active", "两份": "old_word",
        "过大": "mail_too_large",
    }  # fmt: skip
    assert all(codes.explain(code) != code for code in told.values())
    assert PublicApplication.objects.get().name == "李四" and len(stored()) == 1


def test_a_lost_connection_loses_no_mail_and_none_is_read_twice(server: ImapEmulator) -> None:
    box = mailbox(server)
    for number in range(4):
        server.deliver(mail(f"应聘{number}", resume(number), number=number))
    server.lose_connection_at(3)
    assert mailboxes.read(mailbox_id=box.pk) == 2
    box.refresh_from_db()
    assert (box.last_uid, box.failing_code, box.failing_since is not None) == (2, "connection_lost", True)
    assert [mailboxes.read(mailbox_id=box.pk) for _again in range(2)] == [2, 0]
    assert list(states()) == ["应聘0", "应聘1", "应聘2", "应聘3"]
    box.refresh_from_db()
    assert (box.failing_code, box.failing_since) == ("", None)


def test_a_folder_that_is_numbered_anew_is_not_read_twice(server: ImapEmulator) -> None:
    box = mailbox(server)
    server.deliver(mail("应聘", resume()))
    mailboxes.read(mailbox_id=box.pk)
    server.number_anew()
    server.deliver(mail("新的", resume(1), number=2))
    assert mailboxes.read(mailbox_id=box.pk) == 1
    assert states() == {"应聘": "proposed", "新的": "proposed"}
    box.refresh_from_db()
    assert (box.uid_validity, PublicApplication.objects.count()) == (8, 2)


def test_a_copy_of_a_mail_is_no_second_one_and_the_same_file_waits_once(server: ImapEmulator) -> None:
    opening = make.opening()
    box = mailbox(server, opening=opening)
    body = mail("应聘", resume())
    for raw in (body, body, mail("再次应聘", resume(), number=2)):
        server.deliver(raw)
    mailboxes.read(mailbox_id=box.pk)
    assert states() == {"应聘": "proposed", "再次应聘": "repeated"}
    assert PublicApplication.objects.get().opening == opening and len(stored()) == 1


def test_two_readers_take_a_mail_once(server: ImapEmulator) -> None:
    from recruitment.intake.services import letters

    box = mailbox(server)
    uid = server.deliver(mail("应聘", resume()))
    Mailbox.objects.filter(pk=box.pk).update(uid_validity=server.validity)
    at = letters.At(box.pk, server.validity, uid, timezone.now())
    raw = server.folders["INBOX"][0].raw
    assert letters.take_in(at, raw) is not None
    assert letters.take_in(at, raw) is None
    # One that read before the folder was numbered anew comes too late.
    assert letters.take_in(letters.At(box.pk, 6, uid + 1, timezone.now()), mail("旧号", number=9)) is None
    assert (ReceivedMail.objects.count(), len(stored())) == (1, 1)


def test_what_is_older_than_the_chosen_day_is_left(server: ImapEmulator) -> None:
    box = mailbox(server)
    server.deliver(mail("旧的", resume()), received_at=datetime.now(UTC) - timedelta(days=40))
    server.deliver(mail("新的", resume(1), number=2))
    assert mailboxes.read(mailbox_id=box.pk) == 1 and states() == {"新的": "proposed"}


def test_headers_as_programs_write_them(server: ImapEmulator) -> None:
    """Plain GBK above the mail and in the file's name, a folder with a Chinese name, a server that wants a name."""
    server.wants_id = True
    box = mailbox(server, folder="简历")
    raw = mail("SUBJECT", ("NAME.docx", resume()[1]), sender="SENDER <z3@example.com>")
    for place, words in ((b"SUBJECT", "应聘 数据"), (b"NAME", "王五-简历"), (b"SENDER", "王五")):
        raw = raw.replace(place, words.encode("gbk"))
    server.deliver(raw, folder="&e4BThg-")
    assert mailboxes.read(mailbox_id=box.pk) == 1
    came = ReceivedMail.objects.get()
    assert (came.subject, came.sender_name) == ("应聘 数据", "王五")
    assert came.applications.get().file_name == "王五-简历.docx"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"host": "10.0.0.1"}, "address_not_allowed"),
        ({"port": 1}, "unreachable"),
        ({"host": "no-such-host.invalid"}, "name_unknown"),
        ({"safety": "tls"}, "no_tls"),
        ({"safety": "starttls"}, "no_tls"),
        ({"account": "else@example.com"}, "login_refused"),
        ({"folder": "没有"}, "folder_unknown"),
        ({}, ""),
    ],
)
def test_the_test_says_what_is_wrong(server: ImapEmulator, changed: dict[str, Any], code: str) -> None:
    box = mailbox(server)
    Mailbox.objects.filter(pk=box.pk).update(**changed)
    assert mailboxes.test(mailbox_id=box.pk, by=people.lead()) == code
    box.refresh_from_db()
    assert (box.tested_code, box.tested_at is not None) == (code, True)
    assert not code or codes.explain(code) != code


def test_without_encryption_only_the_house_is_asked(settings: Any, server: ImapEmulator) -> None:
    box = mailbox(server, host="1.1.1.1")
    assert mailboxes.test(mailbox_id=box.pk, by=people.lead()) == "plain_outside"
    settings.VENDOR_NETWORKS = []
    assert (
        mailboxes.test(mailbox_id=mailbox(server, name="本机").pk, by=people.lead()) == "address_not_allowed"
    )


def test_a_certificate_that_nobody_trusts(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VENDOR_NETWORKS = ["127.0.0.0/8"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own, key = certificate.ensure(tmp_path, ["127.0.0.1"])
    context.load_cert_chain(own, key)
    with ImapEmulator(context=context) as server:
        box, by = mailbox(server, safety="tls"), people.lead()
        assert mailboxes.test(mailbox_id=box.pk, by=by) == "certificate"
        assert server.commands == []
        monkeypatch.setenv("SSL_CERT_FILE", str(own))
        assert mailboxes.test(mailbox_id=box.pk, by=by) == ""


def test_a_server_that_boasts_is_cut_off(server: ImapEmulator) -> None:
    box = mailbox(server)
    server.deliver(mail("应聘", resume()))
    server.boasts = 10**9
    assert mailboxes.read(mailbox_id=box.pk) == 0
    box.refresh_from_db()
    assert (box.failing_code, box.last_uid) == ("answer_too_long", 0)


def test_a_person_makes_an_application_of_it(server: ImapEmulator, as_hr: Client) -> None:  # noqa: F811
    box = mailbox(server)
    opening, known = make.opening(title="出纳"), make.candidate("李四", phone="13800138001")
    server.deliver(mail("应聘", resume()))
    server.deliver(mail("应聘", resume(1, name="李四"), number=2))
    mailboxes.read(mailbox_id=box.pk)
    new, old = PublicApplication.objects.order_by("pk")
    page = as_hr.get(reverse("admin:recruitment_publicapplication_change", args=[new.pk])).content.decode()
    assert "姓名：张三" in page and "138****8000" in page and "13800138000" not in page
    step = reverse("admin:recruitment_publicapplication_step", args=[new.pk, "newcomer"])
    asked = as_hr.get(step).content.decode()
    assert 'value="张三"' in asked
    as_hr.post(step, {"name": "张三", "phone": "138 0013 8000", "email": "", "opening": opening.pk})
    step = reverse("admin:recruitment_publicapplication_step", args=[old.pk, "same-person"])
    as_hr.post(step, {"candidate": known.pk, "opening": opening.pk})
    for row in (new, old):
        row.refresh_from_db()
        assert (row.state, row.words, row.stored_name, row.opening) == ("taken", "", "", opening)
        assert row.application.source == "own"
    assert (new.application.candidate.name, old.application.candidate) == ("张三", known)
    assert Resume.objects.count() == 2 and Candidate.objects.count() == 2
    assert reading.read(resume_id=Resume.objects.first().pk)


def test_what_is_not_meant_is_refused_and_changes_nothing(
    server: ImapEmulator, django_capture_on_commit_callbacks: Any
) -> None:
    box = mailbox(server)
    server.deliver(mail("应聘", resume()))
    mailboxes.read(mailbox_id=box.pk)
    row, opening = PublicApplication.objects.get(), make.opening()
    known = make.candidate("张三", phone="13800138000")
    other = people.recruiter(department=people.department("别处"))
    with pytest.raises(Invalid, match="opening"):
        receiving.same_person(intake_id=row.pk, candidate_id=known.pk, by=people.recruiter())
    with pytest.raises(Refused, match="candidate_known"):
        receiving.newcomer(
            intake_id=row.pk, person=Newcomer("张三", row.phone), opening_id=opening.pk, by=people.recruiter()
        )
    with pytest.raises(Forbidden):
        receiving.newcomer(
            intake_id=row.pk, person=Newcomer("张三", "", "z@example.com"), opening_id=opening.pk, by=other
        )
    row.refresh_from_db()
    assert (row.state, Application.objects.count(), Candidate.objects.count()) == ("waiting", 0, 1)
    with django_capture_on_commit_callbacks(execute=True):
        receiving.dismiss(intake_id=row.pk, by=people.recruiter())
    row.refresh_from_db()
    assert (row.state, row.words, stored()) == ("dismissed", "", set())


def test_another_place_asks_for_its_own_password(server: ImapEmulator, client: Client) -> None:
    box = mailbox(server)
    Mailbox.objects.filter(pk=box.pk).update(uid_validity=7, last_uid=9)
    client.force_login(people.lead())
    address = reverse("admin:recruitment_mailbox_change", args=[box.pk])
    sent = {
        "name": "招聘邮箱", "host": "imap.example.com", "port": 993, "safety": "tls", "account": ACCOUNT,
        "folder": "INBOX", "opening": "", "reads_from": box.reads_from.isoformat(), "is_active": "on",
    }  # fmt: skip
    assert client.post(address, {**sent, "host": "https://imap.example.com"}).status_code == 200
    assert Mailbox.objects.get().host == "127.0.0.1"
    assert client.post(address, sent).status_code == 302
    moved = Mailbox.objects.get()
    assert (moved.host, moved.secret, moved.uid_validity, moved.last_uid) == (
        "imap.example.com",
        "",
        None,
        0,
    )
    page = client.get(address).content.decode()
    assert codes.explain("secret_missing") in page
    step = reverse("admin:recruitment_mailbox_step", args=[box.pk, "password"])
    client.post(step, {"password": PASSWORD})
    moved.refresh_from_db()
    assert moved.secret == PASSWORD
    assert PASSWORD not in str(list(Change.objects.values_list("before", "after")))


def test_the_lists_cost_the_same_for_one_and_for_three(
    server: ImapEmulator,
    as_hr: Client,  # noqa: F811
    django_assert_max_num_queries: Any,
) -> None:
    box = mailbox(server)
    address = reverse("admin:recruitment_receivedmail_changelist")
    server.deliver(mail("应聘", resume()))
    mailboxes.read(mailbox_id=box.pk)
    as_hr.get(address)
    with django_assert_max_num_queries(12) as one:
        as_hr.get(address)
    for number in (1, 2):
        server.deliver(mail(f"应聘{number}", resume(number), number=number + 1))
    mailboxes.read(mailbox_id=box.pk)
    with django_assert_max_num_queries(len(one)):
        page = as_hr.get(address).content.decode()
    assert "应聘2" in page and "z***@example.com" in page and "z3@example.com" not in page


@pytest.mark.parametrize("who", [people.recruiter, people.manager, people.user])
def test_who_keeps_the_house_alone_touches_the_mailbox(server: ImapEmulator, who: Any) -> None:
    box, by = mailbox(server), who()
    for take in (
        lambda: mailboxes.set_password(mailbox_id=box.pk, password="x", by=by),
        lambda: mailboxes.test(mailbox_id=box.pk, by=by),
        lambda: mailboxes.read_soon(mailbox_id=box.pk, by=by),
    ):
        with pytest.raises(Forbidden):
            take()
    assert server.commands == []


def test_a_port_is_a_port(server: ImapEmulator) -> None:
    with pytest.raises(ValidationError):
        Mailbox(name="x", host="x", port=70000, account="x", secret="x").full_clean()
