"""Connections in the back office: the secret is kept encrypted, and a test says in words what is wrong."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.errors import Forbidden
from messaging import connected
from messaging.channels import channel
from messaging.channels.codes import explain
from messaging.models import SmsConnection, SmsTemplate, WeComConnection
from messaging.services import connections
from messaging.services.connections import as_approved
from tests.factories import people
from tests.messaging.sms.conftest import GENERAL, NUMBERS, sms  # noqa: F401 -- a fixture
from tools.sms.emulator import SECRET, SmsEmulator
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch, db: None) -> Any:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with WeComEmulator() as emulator:
        yield emulator


def connection(wecom: WeComEmulator, **fields: Any) -> WeComConnection:
    application = wecom.applications[0]
    values = {"corp_id": application.corp_id, "agent_id": application.agent_id, **fields}
    made = WeComConnection(base_url=wecom.base_url, **values)
    made.secret = application.secret
    made.save()
    return made


def found(of: WeComConnection) -> list[str]:
    lead = people.lead(wecom_userid="the.lead")
    said = connections.test_wecom(of, by=lead)
    of.refresh_from_db()
    assert of.tested_at is not None and of.tested_code == ", ".join(said)
    assert all(explain(code) != code for code in said)
    return said


def test_a_connection_that_works_is_used_at_once(wecom: WeComEmulator) -> None:
    made = connection(wecom)

    assert found(made) == []
    assert channel("wecom").is_connected() and connected.wecom()["corp_id"] == made.corp_id


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"agent_id": 7}, "agent_301002"),
        ({"corp_id": "ww-other"}, "token_corp_40013"),
    ],
)
def test_what_was_typed_wrong_is_named(wecom: WeComEmulator, what: dict[str, Any], said: str) -> None:
    assert [code.removeprefix("token_") for code in found(connection(wecom, **what))] == [
        said.removeprefix("token_")
    ]


def test_a_wrong_secret_is_named(wecom: WeComEmulator) -> None:
    made = connection(wecom)
    made.secret = "wrong"
    made.save()

    assert found(made) == ["secret_40001"]


def test_an_address_that_is_not_trusted_is_named(wecom: WeComEmulator) -> None:
    wecom.fail("agent/get", errcode(60020), times=None)

    assert found(connection(wecom)) == ["address_60020"]


@pytest.mark.parametrize(
    ("visible", "said"), [(set(), ["range_empty"]), ({"other"}, ["range_without_you"]), ({"the.lead"}, [])]
)
def test_the_visible_range_is_looked_at(wecom: WeComEmulator, visible: set[str], said: list[str]) -> None:
    wecom.visible = visible

    assert found(connection(wecom)) == said


def test_who_asks_for_a_person_in_wechat_has_to_find_one(wecom: WeComEmulator) -> None:
    made = connection(wecom, kf_account="wkDemo")
    wecom.kf.servicers["wkDemo"] = [("the.lead", False)]
    assert found(made) == ["kf_nobody_serves"]
    made.refresh_from_db()
    assert made.kf_url.startswith("https://work.weixin.qq.com/kfid/wkDemo")

    wecom.kf.servicers["wkDemo"] = [("the.lead", True)]
    assert connections.test_wecom(made, by=people.lead()) == []


def test_what_a_firewall_has_to_let_through_is_said(client: Client, wecom: WeComEmulator) -> None:
    made = connection(wecom)
    wecom.calls_from = ["101.226.103.59", "182.254.11.176/28"]
    client.force_login(people.lead())
    steps = reverse("admin:messaging_wecomconnection_change", args=[made.pk]).removesuffix("change/")
    without = client.post(f"{steps}steps/test/", follow=True).content.decode()
    assert "连接正常" in without and "101.226" not in without, (
        "nobody is called where callbacks are not set up"
    )

    made.set_callback("token", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
    made.save()

    text = client.post(f"{steps}steps/test/", follow=True).content.decode()
    assert "101.226.103.59, 182.254.11.176/28" in text
    wecom.fail("getcallbackip", errcode(-1), times=None)
    assert "连接正常" in client.post(f"{steps}steps/test/", follow=True).content.decode()
    with pytest.raises(Forbidden):
        connections.callers(made, by=people.recruiter())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_company_id_is_shown_as_it_is_written(client: Client, wecom: WeComEmulator, language: str) -> None:
    made = connection(wecom)
    client.force_login(people.lead(language=language))

    page = client.get(reverse("admin:messaging_wecomconnection_change", args=[made.pk])).content.decode()

    assert "ww-demo · 1000002" in page and "Ww-demo" not in page


def test_texts_are_compared_with_what_was_approved(sms: SmsEmulator) -> None:  # noqa: F811
    row, lead, number = SmsConnection.objects.get(), people.lead(), NUMBERS[sms.provider]
    assert connections.test_sms(row, by=lead) == []

    sms.templates[number] = ("approved", "别的话")
    assert connections.test_sms(row, by=lead) == [f"sms_text_differs {number}"]
    sms.templates[number] = ("waiting", as_approved(sms.provider, GENERAL))
    assert connections.test_sms(row, by=lead) == [f"sms_text_waiting {number}"]
    del sms.templates[number]
    assert connections.test_sms(row, by=lead) == [f"sms_text_missing {number}"]
    SmsTemplate.objects.all().delete()
    assert connections.test_sms(row, by=lead) == ["sms_no_template"]
    row.secret = "wrong"
    assert connections.test_sms(row, by=lead) == ["sms_secret"]


def test_in_the_back_office_the_lead_sets_the_secret_and_nobody_reads_it(
    client: Client,
    sms: SmsEmulator,  # noqa: F811
) -> None:
    row = SmsConnection.objects.get()
    page = reverse("admin:messaging_smsconnection_change", args=[row.pk]).removesuffix("change/")
    client.force_login(people.recruiter())
    assert client.post(f"{page}steps/secret/", {"secret": "stolen"}).status_code in (302, 403)
    row.refresh_from_db()
    assert row.secret == SECRET
    client.force_login(people.lead())

    answer = client.post(f"{page}steps/secret/", {"secret": " a-new-secret "}, follow=True)

    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.secret == "a-new-secret" and "a-new-secret" not in answer.content.decode()
    row.secret = SECRET
    row.save()
    answer = client.post(f"{page}steps/test/", follow=True)
    text = answer.content.decode()
    assert "连接正常" in text and SECRET not in text
    # The text at its longest, counted and priced.
    assert re.search(r"\d+ 个字，2 条，¥0\.090", text)


def test_a_text_with_what_no_message_has_is_refused(client: Client, sms: SmsEmulator) -> None:  # noqa: F811
    row = SmsConnection.objects.get()
    client.force_login(people.lead())
    page = reverse("admin:messaging_smsconnection_change", args=[row.pk])
    values = {
        "provider": "tencent", "key_id": "k", "application": "", "signature": "示例", "price": "0.05",
        "templates-TOTAL_FORMS": "1", "templates-INITIAL_FORMS": "0", "templates-0-language": "zh-hans",
        "templates-0-number": "77", "templates-0-text": "工资${salary}",
    }  # fmt: skip

    answer = client.post(page, values)

    assert answer.status_code == 200
    assert "消息里没有可以填入 salary 的内容" in answer.content.decode()
    assert "腾讯云需要短信应用的 SdkAppId" in answer.content.decode()
    assert SmsTemplate.objects.count() == 1
