"""The suite's secret key is changed while messages wait: all of them go out, and every link of before goes on."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from messaging import channels, delivery
from messaging.channels.wecom import application
from messaging.models import Delivery, Message, WeComConnection
from recruitment.services import links
from tests.emulators.connected import connected_wecom
from tests.factories import notifications as make
from tests.factories import people
from tools.wecom.emulator import WeComEmulator

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 40


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[WeComEmulator]:
    with connected_wecom(monkeypatch) as emulator:
        yield emulator


def test_what_waits_goes_out_and_links_lead_where_they_did(
    monkeypatch: pytest.MonkeyPatch, settings: Any, wecom: WeComEmulator
) -> None:
    """Half for a candidate, with a link, half for a colleague in WeCom; one had gone out, its link is on a phone."""
    mail = make.Provider()
    monkeypatch.setitem(channels.CHANNELS, "email", mail)
    interview = make.house("scheduled")
    sent_before = links.mint(interview_id=interview.pk, by=people.recruiter())
    colleague = people.recruiter(username="wang", wecom_userid="wang.wu")
    make.message(colleague, interview=interview, key="before")
    delivery.deliver_due()
    for number in range(COUNT // 2):
        make.message(kind="scheduled", interview=interview, key=f"to-candidate-{number}")
        make.message(colleague, interview=interview, key=f"to-colleague-{number}")
    to_candidate = Message.objects.filter(audience="candidate")
    words = dict(to_candidate.values_list("pk", "body"))

    settings.SECRET_KEY = "another key of this installation"
    # Every process begins anew with it.
    application.cache_clear()
    while delivery.deliver_due():
        pass

    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}
    assert dict(to_candidate.values_list("pk", "body")) == words, "sealed bodies are the key ring's"
    assert (len(mail.sent), len(wecom.messages)) == (COUNT // 2, COUNT // 2 + 1)
    assert wecom.count("gettoken") == 2, "a token that another key was marked with is fetched anew"
    row = WeComConnection.objects.get()
    assert (row.secret, row.callback is not None) == (wecom.applications[0].secret, True)
    made_since = mail.sent[-1].body.partition("/i/")[2].split()[0]
    for token in (sent_before, made_since):
        page = Client().get(f"/i/{token}")
        assert page.status_code == 200 and Client().post(f"/i/{token}").status_code == 302
