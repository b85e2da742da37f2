"""The key is changed from a page: a long work for each table, refused to others, seen as it goes on."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from core.errors import Forbidden, Refused
from core.history.models import Change
from core.jobs.models import LongWork
from core.sealed import registry, resealing, ring, rotation
from core.sealed.models import SealedTable, SealingKey
from recruitment.models import Candidate
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.works import work_off

pytestmark = pytest.mark.django_db
LIST = "/admin/sealed/sealingkey/"


def page_of(number: str, step: str = "") -> str:
    return f"{LIST}{number}/steps/{step}/" if step else f"{LIST}{number}/change/"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(people.lead(is_superuser=True, username="root"))
    return client


def test_every_table_with_sealed_columns_is_known_and_goes_by_whole_numbers() -> None:
    registry.keep()
    assert {table.label for table in SealedTable.objects.all()} == {
        model._meta.label_lower for model, _fields in resealing.columns()
    }
    assert all(
        model._meta.pk.rel_db_type(connection) == "bigint" and str(SealedTable(label=model._meta.label_lower))
        for model, _fields in resealing.columns()
    )


def test_everything_is_sealed_under_the_new_key_table_by_table(own_ring: Path, administrator: Client) -> None:
    made = [make.candidate(f"甲{n}", phone=f"1380013800{n}", email=f"a{n}@b.com") for n in range(3)]
    old, history = ring.ring().present, Change.objects.filter(model="recruitment.candidate").count()
    shown = administrator.get(page_of(old)).content.decode()
    assert "加密新写入的数据" in shown and "候选人 · 6" in shown and "更换密钥" in shown

    assert administrator.post(page_of(old, "change-key")).status_code == 302
    new = ring.ring().present
    assert new != old and LongWork.objects.filter(kind=rotation.RESEAL).count() == SealedTable.objects.count()
    # What is written meanwhile is sealed under the new key; what is not yet sealed anew is read.
    late = make.candidate("乙", phone="13900139000", email="late@b.com")
    assert Candidate.objects.get(phone="13800138001") == made[1]
    assert administrator.post(page_of(new, "change-key")).status_code == 422
    with pytest.raises(Refused, match="sealing_under_way"):
        rotation.go_on(by=people.lead(is_superuser=True))

    work_off()

    assert resealing.counted()["recruitment.candidate"] == {new: 8}
    assert set(resealing.counts()) == {new}
    assert SealingKey.objects.get(pk=old).retired_at is not None
    assert [row.phone for row in Candidate.objects.order_by("pk")] == [row.phone for row in (*made, late)]
    assert Change.objects.filter(model="recruitment.candidate").count() == history + 1
    shown = administrator.get(LIST).content.decode()
    assert "仅用于打开以前的备份" in shown and "永不更换" in shown
    assert "已完成" in administrator.get(page_of(new)).content.decode()


def test_what_was_left_is_asked_for_again_without_a_new_key(own_ring: Path, administrator: Client) -> None:
    make.candidate("甲", phone="13800138000", email="")
    ring.add_key()
    registry.keep()
    new = ring.ring().present
    assert administrator.post(page_of(new, "go-on")).status_code == 302
    assert [
        str(SealedTable.objects.get(pk=work.subject_id))
        for work in LongWork.objects.filter(kind=rotation.RESEAL)
    ] == ["候选人"]
    work_off()
    assert (ring.ring().present, set(resealing.counts())) == (new, {new})


def test_nobody_but_an_administrator(own_ring: Path, client: Client) -> None:
    lead, before = people.lead(), ring.ring().present
    client.force_login(lead)
    assert client.get(LIST).status_code in {302, 403}
    assert client.post(page_of(before, "change-key")).status_code in {302, 403, 404}
    for ask in (rotation.rotate, rotation.go_on):
        with pytest.raises(Forbidden):
            ask(by=lead)
    assert (ring.ring().present, LongWork.objects.filter(kind=rotation.RESEAL).count()) == (before, 0)
