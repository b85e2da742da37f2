"""WeCom's approvals on the demo's phones: they lie with whoever asked and whoever decides, and are answered there."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from messaging import approving, connected
from messaging.models import ApprovalTemplate, WeComConnection
from messaging.services import connections
from messaging.wecom.approvals import Approvals
from messaging.wecom.client import WeComClient
from people.models import User
from tests.factories import people
from tools.phone import connecting, place
from tools.wecom.emulator import WeComEmulator
from tools.wecom.world import Member

pytestmark = pytest.mark.django_db
PAGE, DECIDE = reverse("phone"), reverse("phone_decide")
OFFER = place.TEMPLATES["offer"]
# Whose it is, what became of it, and what whose phone it is may do: decide, take back.
Lying = list[tuple[str, tuple[str, ...], bool, bool]]


@pytest.fixture
def maker(phones: WeComEmulator) -> User:
    """Whoever asks."""
    phones.members = [Member("demo-hr", "周敏"), Member("demo-li", "李文静")]
    return people.recruiter(name="李文静", wecom_userid="Demo-Li")


def asked_for() -> str:
    """A request through the suite's own client; its number."""
    client = Approvals(WeComClient.from_settings(connected.wecom()))
    there = client.place(OFFER)
    assert there is not None
    return client.ask(
        OFFER, place=there, creator="Demo-Li", text="录用通知：李雷", summary=["录用通知：李雷"]
    )


def lying(hr: Client, person: User) -> Lying:
    shown = hr.get(PAGE, {"who": f"people.user:{person.pk}"}).context["shown"]
    requests = [(one.title, one.request) for one in shown if one.request is not None]
    return [(title, one.said, one.may_decide, one.may_withdraw) for title, one in requests]


def decided(hr: Client, person: User, number: str, answer: str) -> Any:
    form = {"who": f"people.user:{person.pk}", "number": number, "answer": answer, "words": " 可以 "}
    return hr.post(DECIDE, form)


def test_the_demo_has_a_template_for_each_matter(phones: WeComEmulator, home: Any) -> None:
    rows = ApprovalTemplate.objects.values_list("kind", "number")
    assert dict(rows) == place.TEMPLATES
    assert set(place.TEMPLATES) == {code for code, _title in approving.choices()}
    phones.callbacks.tried.clear()
    found = connections.test_wecom(WeComConnection.objects.get(), by=User.objects.get())
    assert "approval_template" not in found
    ApprovalTemplate.objects.filter(kind="start").delete()
    connecting.connect(home)
    assert ApprovalTemplate.objects.get().kind == "offer", "who took one away is not given it again"


@pytest.mark.parametrize("answer", ["agree", "refuse"])
def test_an_approver_answers_once(phones: WeComEmulator, hr: Client, maker: User, answer: str) -> None:
    word, state = {"agree": ("已同意", 2), "refuse": ("未同意", 3)}[answer]
    lead = User.objects.get(wecom_userid="demo-hr")
    number = asked_for()
    (request,) = phones.approvals.requests
    assert lying(hr, lead) == [("李文静提交的审批", ("审批中",), True, False)]
    assert lying(hr, maker) == [("李文静提交的审批", ("审批中",), False, True)]
    assert [one.name for one in hr.get(PAGE).context["people"]] == ["周敏"], "asked, and written to by nobody"
    assert decided(hr, maker, number, answer).status_code == 302
    assert (request.state, phones.envelopes) == (1, []), "whoever asked does not decide"

    decided(hr, lead, number, answer)

    assert request.state == state
    assert lying(hr, lead) == [("李文静提交的审批", (f"周敏 · {word} · 可以",), False, False)]
    assert lying(hr, maker) == lying(hr, lead)
    (envelope,) = phones.envelopes
    assert (
        Client()
        .post(reverse("wecom-hook"), envelope.body, content_type="text/xml", query_params=envelope.query)
        .status_code
        == 200
    )
    for person, again in ((lead, "refuse"), (lead, "agree"), (maker, "withdraw")):
        page = hr.get(decided(hr, person, number, again)["Location"])
        assert "这个按钮已经不能使用了" in page.content.decode()
    assert (request.state, len(phones.envelopes)) == (state, 1)


def test_whoever_asked_takes_it_back(phones: WeComEmulator, hr: Client, maker: User) -> None:
    lead, number = User.objects.get(wecom_userid="demo-hr"), asked_for()
    decided(hr, lead, number, "withdraw")
    assert phones.approvals.requests[0].state == 1, "an approver does not"
    decided(hr, maker, number, "withdraw")
    assert lying(hr, maker) == lying(hr, lead) == [("李文静提交的审批", ("已撤销",), False, False)]
    decided(hr, lead, number, "agree")
    assert phones.approvals.requests[0].state == 4


def test_nothing_else_is_answered(phones: WeComEmulator, hr: Client, maker: User) -> None:
    number = asked_for()
    assert decided(hr, maker, number, "burn").status_code == 404
    assert hr.post(DECIDE, {"who": "nobody:1", "number": number, "answer": "agree"}).status_code == 404
    assert hr.get(DECIDE).status_code == 405
    manager = Client()
    manager.force_login(people.manager())
    assert decided(manager, maker, number, "withdraw").status_code == 302
    assert phones.approvals.requests[0].state == 1, "the page is for staff"
