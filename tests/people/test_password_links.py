"""A new password by a link in a mail: once, for a time, for nobody else, and without telling who has an account."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from people.models import SignInTries, User
from people.services import password_links, second_factor, signing_in
from people.tasks import send_password_link
from tests.factories import people
from tests.factories.api import client_of
from tests.people.signing import SECOND, armed, browser, is_in, password

pytestmark = pytest.mark.django_db
FORGOTTEN = reverse("admin_password_reset")
FRESH = "a-fresh-and-long-one-8"


@pytest.fixture(autouse=True)
def _mail_server(settings):
    settings.MAIL_IS_CONNECTED = True
    settings.BASE_URL = "https://hr.example.com"


def asked(typed: str, client: Client | None = None, **options):
    return (client or Client()).post(FORGOTTEN, {"typed": typed}, **options)


def sent() -> list[mail.EmailMessage]:
    """What the jobs that wait send."""
    for job in OrmQ.objects.all():
        task = job.task
        send_password_link(*task["args"])
        job.delete()
    return mail.outbox


def link_to(person: User, kind: str = password_links.FORGOTTEN) -> str:
    """The path of a link that was mailed."""
    mail.outbox.clear()
    send_password_link(person.pk, kind)
    found = re.search(r"https://hr\.example\.com(/new-password/\S+)", str(mail.outbox[0].body))
    assert found is not None
    return found[1]


def chosen(link: str, chosen_password: str = FRESH, again: str | None = None):
    return Client().post(link, {"password": chosen_password, "again": again or chosen_password})


def signs_in(person: User, chosen_password: str) -> bool:
    answer = Client().post(reverse("admin:login"), {"username": person.username, "password": chosen_password})
    return answer.status_code == 302


@pytest.mark.parametrize("typed", ["zhao", "Zhao@Example.com", " zhao "])
def test_the_link_comes_by_mail_and_chooses_a_password(typed):
    person = people.recruiter(username="zhao", email="zhao@example.com")
    assert asked(typed).status_code == 200
    [message] = sent()
    assert (message.to, message.extra_headers) == (["zhao@example.com"], {"Auto-Submitted": "auto-generated"})
    assert "设置新密码" in message.subject
    assert "zhao" in message.body
    link = re.search(r"https://hr\.example\.com(/new-password/\S+)", message.body)[1]
    before = person.password
    assert "再次输入密码" in Client().get(link).content.decode()
    person.refresh_from_db()
    assert person.password == before, "a look changes nothing"
    assert chosen(link).status_code == 200
    assert signs_in(person, FRESH)
    assert not signs_in(person, people.PASSWORD)


def test_nobody_learns_who_has_an_account(django_assert_num_queries):
    """The same page, the same job, as many questions of the database, whatever was typed."""
    people.recruiter(username="zhao", email="zhao@example.com")
    people.recruiter(username="no-mail", email="")
    people.recruiter(username="closed", email="closed@example.com", is_active=False)
    people.recruiter(username="one", email="both@example.com")
    people.recruiter(username="two", email="both@example.com")
    without = people.recruiter(username="directory", email="directory@example.com")
    without.set_unusable_password()
    without.save()
    answers, jobs = set(), []
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
    for typed in ("zhao", "zhao@example.com", "no-mail", "closed", "closed@example.com", "both@example.com",
                  "directory", "nobody", "nobody@example.com", "", "x" * 5000, "' OR 1=1", "a\x00b"):  # fmt: skip
        with django_assert_num_queries(5):
            answer = asked(typed, REMOTE_ADDR=f"203.0.113.{len(jobs) + 1}")
        answers.add((answer.status_code, token.sub("", answer.content.decode())))
        job = OrmQ.objects.latest("pk")
        jobs.append((job.task["func"], len(job.task["args"])))
    assert len(answers) == 1
    assert set(jobs) == {("people.tasks.send_password_link", 2)}
    assert [message.to for message in sent()] == [["zhao@example.com"]] * 2


def test_a_link_is_good_once_and_for_an_hour(time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    person = people.recruiter()
    link = link_to(person)
    assert chosen(link).status_code == 200
    assert chosen(link, "another-long-password-1").status_code == 404
    assert signs_in(person, FRESH)
    person.refresh_from_db()
    late = link_to(person)
    time_machine.move_to(now + timedelta(hours=1, seconds=1), tick=False)
    assert Client().get(late).status_code == 404
    invited = link_to(person, password_links.INVITED)
    time_machine.move_to(now + timedelta(days=7), tick=False)
    assert Client().get(invited).status_code == 200
    time_machine.move_to(now + timedelta(days=8, hours=2), tick=False)
    assert Client().get(invited).status_code == 404


@pytest.mark.parametrize(
    "what", ["signed in", "closed", "password", "address", "another's", "kind", "cut", "bent"]
)
def test_a_link_that_is_good_no_more_or_never_was(what):
    person = people.recruiter()
    link = link_to(person)
    if what == "signed in":
        password(browser(), person)
    elif what == "closed":
        User.objects.filter(pk=person.pk).update(is_active=False)
    elif what == "password":
        person.set_password("another-long-password-1")
        person.save()
    elif what == "address":
        User.objects.filter(pk=person.pk).update(email="elsewhere@example.com")
    elif what == "another's":
        number, other = link.split("/")[2], link_to(people.trainer()).split("/")[2]
        link = link.replace(f"/{number}/", f"/{other}/")
    elif what == "kind":
        link = link.replace("/f", "/i", 1)
        assert "/i" in link
    elif what == "cut":
        link = f"{link[:-5]}/"
    else:
        link = "/new-password/zzzzzzzzzzzzzzzzzzzz/f-/"
    person.refresh_from_db()
    before = person.password
    assert chosen(link).status_code == 404
    person.refresh_from_db()
    assert person.password == before


@pytest.mark.parametrize(
    ("password", "again"),
    [
        ("short", None),
        ("password123", None),
        (FRESH, "something-else-9"),
        ("", None),
        ("1234567890123", None),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_and_the_link_stays_good(password, again):
    person = people.recruiter()
    link = link_to(person)
    assert chosen(link, password, again).status_code == 422
    assert signs_in(person, people.PASSWORD)
    link = link_to(person)
    assert chosen(link).status_code == 200


def test_the_second_factor_is_asked_for_all_the_same_and_all_that_was_open_ends():
    person, _secret = armed()
    kept = second_factor.trust(person, browser="x")
    inside = browser()
    inside.force_login(person)
    key = client_of(person)
    person.refresh_from_db()
    answer = chosen(link_to(person))
    assert "_auth_user_id" not in answer.client.session
    assert not is_in(inside)
    assert key.get("/api/v1/openings/").status_code == 401
    assert not second_factor.is_trusted(person, kept)
    client = browser()
    answer = client.post(reverse("admin:login"), {"username": person.username, "password": FRESH})
    assert (answer["Location"], is_in(client)) == (SECOND, False)
    assert Session.objects.exists()


def test_no_mailbox_is_filled_and_no_address_asks_for_ever():
    people.recruiter(username="zhao")
    statuses = [asked("zhao", REMOTE_ADDR=f"198.51.100.{number}").status_code for number in range(5)]
    assert statuses == [200] * signing_in.LINKS_PER_NAME + [429] * 2
    statuses = [asked(f"name-{number}", REMOTE_ADDR="203.0.113.9").status_code for number in range(22)]
    assert statuses == [200] * signing_in.LINKS_PER_ADDRESS + [429] * 2
    assert signs_in(User.objects.get(username="zhao"), people.PASSWORD), "signing in is counted apart"
    assert not SignInTries.objects.filter(key__contains="zhao").exists()


def test_a_host_that_a_stranger_made_up_stands_in_no_link(settings):
    settings.ALLOWED_HOSTS = ["*"]
    person = people.recruiter(username="zhao")
    asked("zhao", headers={"host": "evil.example"})
    [message] = sent()
    assert "evil.example" not in message.body
    assert person.email in message.to


def test_a_mail_server_that_refuses_tells_no_address(monkeypatch, caplog):
    person = people.recruiter(email="secret-address@example.com")

    def refuse(self, messages):
        raise SMTPRecipientsRefused({"secret-address@example.com": (550, b"no such user")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert send_password_link(person.pk, password_links.FORGOTTEN) is False
    assert f"account {person.pk}" in caplog.text
    assert "secret-address" not in caplog.text


def test_without_a_mail_server_the_page_says_whom_to_ask(settings):
    settings.MAIL_IS_CONNECTED = False
    people.recruiter(username="zhao")
    assert "HR 负责人" in Client().get(FORGOTTEN).content.decode()
    assert asked("zhao").status_code == 200
    assert not OrmQ.objects.exists()
    assert "忘记" in Client().get(reverse("admin:login")).content.decode()


def test_a_new_colleague_is_invited_by_mail():
    person = people.recruiter(username="qian", email="qian@example.com")
    person.set_unusable_password()
    person.save()
    boss = Client()
    boss.force_login(people.lead())
    boss.post(reverse("admin:people_user_step", args=[person.pk, "invite"]))
    [message] = sent()
    assert "开通账号" in message.body
    assert "qian" in message.body
    link = re.search(r"https://hr\.example\.com(/new-password/\S+)", message.body)[1]
    assert chosen(link).status_code == 200
    assert signs_in(person, FRESH)


def test_without_mail_the_invitation_is_shown_once(settings):
    settings.MAIL_IS_CONNECTED = False
    person = people.recruiter(username="qian")
    boss = Client()
    boss.force_login(people.lead())
    page = boss.post(reverse("admin:people_user_step", args=[person.pk, "invite"]))
    assert page["Cache-Control"].startswith("no-store")
    link = re.search(r"https://hr\.example\.com(/new-password/[^\"]+)", page.content.decode())[1]
    assert chosen(link).status_code == 200
    assert signs_in(person, FRESH)


@pytest.mark.parametrize(("who", "of_whom", "invites"), [
    ("lead", "recruiter", True), ("lead", "root", False), ("root", "root", True), ("recruiter", "trainer", False),
    ("lead", "closed", False),
])  # fmt: skip
def test_who_invites_whom(who, of_whom, invites):
    make = {
        "root": lambda: people.user(is_superuser=True), "closed": lambda: people.recruiter(is_active=False),
        "lead": people.lead, "recruiter": people.recruiter, "trainer": people.trainer,
    }  # fmt: skip
    client = Client()
    client.force_login(make[who]())
    client.post(reverse("admin:people_user_step", args=[make[of_whom]().pk, "invite"]))
    assert OrmQ.objects.exists() is invites
