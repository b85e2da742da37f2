"""Secrets of vendors, mailboxes and connections are on the key ring; those of before are carried over."""

import json
import time
from base64 import b64decode
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.apps import apps
from django.db import connection

from core import sealing
from core.errors import Refused
from core.history.models import Change
from core.sealed import resealing, ring
from messaging.models import SmsConnection, WeComConnection
from messaging.services.connections import set_callback, set_secret
from messaging.wecom.tokens import Fetched, TokenStore
from people.models import User
from recruitment.models import Mailbox, Vendor
from recruitment.vendors.services import connections
from tests.factories import people

pytestmark = pytest.mark.django_db
SECRET = "shared-by-the-two-of-us"
CALLBACK = ("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
moving_factors = import_module("people.migrations.0015_seal_factors")
moving = import_module("recruitment.migrations.0067_seal_secrets")
moving_connections = import_module("messaging.migrations.0015_seal_secrets")


@pytest.fixture
def lead() -> User:
    return people.lead()


def stored(model: Any, column: str = "secret_sealed") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_it_is_sealed_under_the_ring_and_no_history_has_it(lead: User) -> None:
    vendor = Vendor.objects.create(code="v", name="壹面")
    secret = connections.renew_secret(vendor_id=vendor.pk, by=lead)
    again = connections.renew_secret(vendor_id=vendor.pk, by=lead)
    [kept] = stored(Vendor)
    assert ring.is_sealed(kept) and f":{ring.ring().present}:" in kept
    assert Vendor.objects.get().secret == again != secret
    changes = Change.objects.filter(model="recruitment.vendor", did="U")
    assert [change.unseen for change in changes] == [["secret_sealed"]] * 2
    said = str(list(Change.objects.values_list("before", "after")))
    assert not [one for one in (secret, again, kept) if one in said]


def test_a_new_key_takes_them_with_it(own_ring: Path, lead: User) -> None:
    vendor = Vendor.objects.create(code="v", name="壹面", secret=SECRET)
    Mailbox.objects.create(name="甲", host="imap.example.com", account="jobs", secret=SECRET)
    Vendor.objects.create(code="w", name="无")
    theirs = Change.objects.filter(model__in=["recruitment.vendor", "recruitment.mailbox"])
    before = theirs.count()
    rotated = resealing.rotate()
    assert rotated["left"] == {}
    number = rotated["present"]
    assert [f":{number}:" in kept for kept in (stored(Vendor)[0], *stored(Mailbox))] == [True, True]
    assert (stored(Vendor)[1], theirs.count()) == ("", before)
    vendor.refresh_from_db()
    assert (vendor.secret, Mailbox.objects.get().secret) == (SECRET, SECRET)


def test_what_stood_before_is_carried_over_and_back(lead: User) -> None:
    Vendor.objects.create(code="v", name="壹面")
    Vendor.objects.create(code="lost", name="旧钥匙")
    Vendor.objects.create(code="none", name="无")
    Mailbox.objects.create(name="甲", host="imap.example.com", account="jobs")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE recruitment_vendor DROP CONSTRAINT vendor_secret_is_sealed")
        cursor.execute("ALTER TABLE recruitment_mailbox DROP CONSTRAINT mailbox_secret_is_sealed")
        for table, value, code in (
            ("vendor", sealing.seal(SECRET, purpose="vendor"), "v"),
            ("vendor", sealing.seal(SECRET, purpose="somebody else"), "lost"),
        ):
            cursor.execute(
                f"UPDATE recruitment_{table} SET secret_sealed = %s WHERE code = %s", [value, code]
            )
        cursor.execute(
            "UPDATE recruitment_mailbox SET secret_sealed = %s", [sealing.seal(SECRET, purpose="mailbox")]
        )
    before = Change.objects.count()
    with connection.schema_editor() as editor:
        for _again in range(2):  # cut off, it goes on
            moving.forwards(apps, editor)
        assert [one.secret for one in Vendor.objects.order_by("pk")] == [SECRET, "", ""]
        assert Mailbox.objects.get().secret == SECRET
        assert [bool(one) and ring.is_sealed(one) for one in stored(Vendor)] == [True, False, False]
        assert Change.objects.count() == before
        moving.backwards(apps, editor)
    assert sealing.unseal(stored(Vendor)[0], purpose="vendor") == SECRET
    assert sealing.unseal(stored(Mailbox)[0], purpose="mailbox") == SECRET


def connected() -> tuple[WeComConnection, SmsConnection]:
    wecom = WeComConnection.objects.create(corp_id="wwcompany", agent_id=7)
    sms = SmsConnection.objects.create(provider="tencent", key_id="key", application="1", signature="示例")
    return wecom, sms


def test_connections_are_sealed_the_same_way_and_a_new_key_takes_them_with_it(own_ring: Path) -> None:
    wecom, sms = connected()
    keeper = people.lead(is_superuser=True)
    set_secret(wecom, secret=SECRET, by=keeper)
    set_secret(sms, secret=SECRET, by=keeper)
    set_callback(wecom, token=CALLBACK[0], aes_key=CALLBACK[1], by=keeper)
    changes = Change.objects.filter(did="U", model__startswith="messaging.")
    noted = [(change.model, change.unseen) for change in changes.order_by("id")]
    assert noted == [
        ("messaging.wecomconnection", ["secret_sealed"]),
        ("messaging.smsconnection", ["secret_sealed"]),
        ("messaging.wecomconnection", ["callback_sealed"]),
    ]
    assert not [one for one in (SECRET, *CALLBACK) if one in str(list(changes.values("before", "after")))]

    number = resealing.rotate()["present"]

    kept = [*stored(WeComConnection), *stored(WeComConnection, "callback_sealed"), *stored(SmsConnection)]
    assert [one.split(":")[2] for one in kept] == [number] * 3 and changes.count() == 3
    wecom.refresh_from_db()
    assert (wecom.secret, wecom.callback, SmsConnection.objects.get().secret) == (SECRET, CALLBACK, SECRET)


def test_what_connections_had_before_is_carried_over_and_back() -> None:
    connected()
    WeComConnection.objects.create(corp_id="wwlost", agent_id=8, is_active=False)
    pair = "\n".join(CALLBACK)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE messaging_wecomconnection DROP CONSTRAINT wecom_secret_is_sealed,"
            " DROP CONSTRAINT wecom_callback_is_sealed"
        )
        cursor.execute("ALTER TABLE messaging_smsconnection DROP CONSTRAINT sms_secret_is_sealed")
        for corp_id, purpose in (("wwcompany", "wecom"), ("wwlost", "somebody else")):
            cursor.execute(
                "UPDATE messaging_wecomconnection SET secret_sealed = %s, callback_sealed = %s"
                " WHERE corp_id = %s",
                [sealing.seal(SECRET, purpose=purpose), sealing.seal(pair, purpose=purpose), corp_id],
            )
        cursor.execute(
            "UPDATE messaging_smsconnection SET secret_sealed = %s", [sealing.seal(SECRET, purpose="sms")]
        )
    before = Change.objects.count()
    with connection.schema_editor() as editor:
        for _again in range(2):  # cut off, it goes on
            moving_connections.forwards(apps, editor)
        found = [(one.secret, one.callback) for one in WeComConnection.objects.order_by("pk")]
        assert found == [(SECRET, CALLBACK), ("", None)]
        assert SmsConnection.objects.get().secret == SECRET
        assert [one and ring.is_sealed(one) for one in stored(WeComConnection)] == [True, ""]
        assert Change.objects.count() == before
        moving_connections.backwards(apps, editor)
    assert sealing.unseal(stored(WeComConnection)[0], purpose="wecom") == SECRET
    assert sealing.unseal(stored(WeComConnection, "callback_sealed")[0], purpose="wecom") == pair
    assert sealing.unseal(stored(SmsConnection)[0], purpose="sms") == SECRET


def test_the_token_that_wecom_gives_is_sealed_and_fetched_anew_without_its_key(own_ring: Path) -> None:
    given = iter(["first-token", "second-token"])
    store = TokenStore(application="a", secret=SECRET, fetch=lambda: Fetched(next(given), 7200))
    assert [store.get().value, store.get().value] == ["first-token", "first-token"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cache")
        kept = b"".join(b64decode(row[0]) for row in cursor.fetchall())
    assert b"expires_at" in kept and b"first-token" not in kept
    ring.add_key()
    assert store.get().value == "first-token"
    without = json.loads(own_ring.read_bytes())
    without["keys"] = {without["present"]: without["keys"][without["present"]]}
    own_ring.write_text(json.dumps(without))
    assert store.get().value == "second-token"


def test_second_factors_too_with_their_way_from_before_and_back(own_ring: Path, lead: User) -> None:
    TOTP.activate(lead, TOTP_SECRET)
    codes = RecoveryCodes.activate(lead).get_unused_codes()
    factors = Authenticator.objects.order_by("pk")
    assert [ring.is_sealed(one) for one in _said(factors)] == [True, True]

    rotated = resealing.rotate()
    assert rotated["left"] == {} and [one.split(":")[2] for one in _said(factors)] == [rotated["present"]] * 2
    assert resealing.counted_in(Authenticator) == {rotated["present"]: 2}

    with connection.schema_editor() as editor:
        moving_factors.backwards(apps, editor)
        assert [one.startswith("gAAAAA") for one in _said(factors)] == [True, True]
        lost = Authenticator.objects.create(
            user=people.lead(), type="totp", data={"secret": sealing.seal("x", purpose="somebody else")}
        )
        for _again in range(2):  # cut off, it goes on
            moving_factors.forwards(apps, editor)
    assert [ring.is_sealed(one) for one in _said(factors)] == [True, True, False]
    assert factors[0].wrap().validate_code(_code_now())
    assert factors[1].wrap().get_unused_codes() == codes
    with pytest.raises(Refused, match="secret_unreadable"):
        lost.wrap().validate_code("123456")


def _said(factors: Any) -> list[str]:
    return [row.data.get("secret") or row.data["seed"] for row in factors.all()]


def _code_now() -> str:
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))
