"""How many values a key has sealed: small tables as they are asked for, large ones as a job found them."""

from pathlib import Path

import pytest
from django.test import Client

from core.jobs.models import LongWork
from core.sealed import registry, resealing, ring, rotation, tallies, tasks
from core.sealed.models import SealedTable
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.works import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(own_ring: Path) -> list[object]:
    """Three candidates, each with a phone and an address."""
    registry.keep()
    return [make.candidate(f"甲{n}", phone=f"1380013800{n}", email=f"a{n}@b.com") for n in range(3)]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of more than one row are large."""
    monkeypatch.setattr(tallies, "REACH", 1)


def candidates() -> tallies.Tally:
    return next(tally for tally in tallies.known() if tally.table.label == "recruitment.candidate")


def test_a_small_table_is_counted_as_it_is_asked_for(three: list[object]) -> None:
    found = candidates()
    assert (found.by_key, found.counted_at) == ({ring.ring().present: 6}, None)
    assert SealedTable.objects.exclude(counted_at=None).count() == 0


def test_of_a_large_one_stands_what_the_job_found_and_when(
    three: list[object], large: None, client: Client
) -> None:
    assert candidates().by_key is None
    assert tasks.count() == sum(resealing.counts().values())
    make.candidate("乙", phone="13900139000", email="late@b.com")
    found = candidates()
    assert found.by_key == {ring.ring().present: 6} and found.counted_at is not None
    client.force_login(people.lead(is_superuser=True, username="root"))
    shown = client.get(f"/admin/sealed/sealingkey/{ring.ring().present}/change/").content.decode()
    assert "候选人 · 6（截至 " in shown


def test_a_count_that_began_earlier_overwrites_nothing(three: list[object]) -> None:
    table = SealedTable.objects.get(label="recruitment.candidate")
    tallies.count(table)
    table.refresh_from_db()
    later = table.counted_at.replace(year=table.counted_at.year + 1)  # type: ignore[union-attr]
    SealedTable.objects.filter(pk=table.pk).update(values_by_key={"newer": 1}, counted_at=later)
    tallies.count(table)
    table.refresh_from_db()
    assert (table.values_by_key, table.counted_at) == ({"newer": 1}, later)


def test_a_large_table_not_counted_under_the_present_key_is_asked_for_again(
    three: list[object], large: None
) -> None:
    tasks.count()
    ring.add_key()
    registry.keep()
    administrator = people.lead(is_superuser=True)
    asked = rotation.go_on(by=administrator)
    assert "recruitment.candidate" in {
        SealedTable.objects.get(pk=work.subject_id).label
        for work in LongWork.objects.filter(kind=rotation.RESEAL)
    }
    work_off()
    assert candidates().by_key == {ring.ring().present: 6} and asked
    assert rotation.go_on(by=administrator) == 0


def test_a_table_that_the_code_no_longer_has_is_passed_over(three: list[object], client: Client) -> None:
    SealedTable.objects.create(label="recruitment.gone")
    assert tasks.count() == sum(resealing.counts().values())
    client.force_login(people.lead(is_superuser=True, username="root"))
    assert client.get("/admin/sealed/sealingkey/").status_code == 200
