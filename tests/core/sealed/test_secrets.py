"""Secrets of vendors and mailboxes: on the key ring with the other sealed columns; those of before are carried over."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from core import sealing
from core.history.models import Change
from core.sealed import resealing, ring
from people.models import User
from recruitment.models import Mailbox, Vendor
from recruitment.vendors.services import connections
from tests.factories import people

pytestmark = pytest.mark.django_db
SECRET = "shared-by-the-two-of-us"
moving = import_module("recruitment.migrations.0067_seal_secrets")


@pytest.fixture
def lead() -> User:
    return people.lead()


def stored(model: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret_sealed FROM {model._meta.db_table} ORDER BY id")
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
