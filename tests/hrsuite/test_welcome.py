"""A real start: no demo, and one link that makes the first account, once."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from people.models import Department, User
from people.services import first_account
from recruitment.models import Candidate
from tests.factories import people

pytestmark = pytest.mark.django_db
FORM = {"username": "zhoumin", "name": "周敏", "password": "a-long-first-password-7"}


@pytest.fixture
def started(settings, tmp_path, monkeypatch) -> str:
    """What an empty start prints."""
    settings.HOME = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    monkeypatch.setattr("hrsuite.management.commands.prepare.Command._collect_static", lambda self: None)
    out = StringIO()
    call_command("prepare", empty=True, stdout=out)
    return out.getvalue()


def path_in(printed: str) -> str:
    found = re.search(r"https?://[^/]+(/welcome/\S+)", printed)
    assert found, printed
    return found[1]


def test_an_empty_start_has_no_demo_and_one_link(started, tmp_path):
    assert not Candidate.objects.exists()
    assert not Department.objects.exists()
    assert not (tmp_path / "demo.json").exists()
    client = Client(enforce_csrf_checks=True)
    address = path_in(started)
    page = client.get(address)
    assert page.status_code == 200
    assert User.objects.get().username == first_account.WAITING, "looking changes nothing"
    form = {**FORM, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(address, FORM).status_code == 403
    answer = client.post(address, form)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    first = client.get("/admin/").content.decode()
    assert "从这里开始" in first
    user = User.objects.get()
    assert (user.username, user.name, user.is_superuser, user.is_staff) == ("zhoumin", "周敏", True, True)
    assert user.check_password(FORM["password"])
    again = Client().get(address)
    assert (again.status_code, "已经用过" in again.content.decode()) == (404, True)
    assert first_account.link() == ""


def test_a_demo_is_never_put_beside_an_account(started):
    call_command("prepare", demo=True, stdout=StringIO())
    assert not Candidate.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"password": "short"}, {"password": "1234567890"}, {"username": "a b"}, {"name": ""}, {"username": ""}],
)
def test_what_is_no_account_is_said_and_makes_none(started, wrong):
    answer = Client().post(path_in(started), {**FORM, **wrong})
    assert answer.status_code == 422
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize("path", ["/welcome/x/y/", "/welcome/MQ/abc-def/", "/welcome/" + "9" * 40 + "/a-b/"])
def test_a_made_up_link_is_404(started, path):
    assert Client().get(path).status_code == 404
    assert Client().post(path, FORM).status_code == 404


def test_where_there_are_people_no_link_is_made():
    people.recruiter()
    assert first_account.link() == ""
