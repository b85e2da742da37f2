"""The lead reads on the first page when the last backup or its last trial is too old; nobody else, nowhere else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.events.models import Pulse
from hrsuite.dashboard.backups import late
from tests.factories import people

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def page(client: Client, address: str = "/admin/") -> str:
    return client.get(address).content.decode()


@pytest.fixture
def lead(client: Client, settings: Any) -> Client:
    settings.BACKUPS_ARE_ON = True
    client.force_login(people.lead())
    return client


def last(name: str, ago: timedelta) -> None:
    Pulse.objects.update_or_create(name=name, defaults={"at": timezone.now() - ago})


@pytest.mark.parametrize(
    ("backup", "drill", "said"),
    [
        (None, None, "尚未做过备份"),
        (35 * HOUR, None, ""),
        (37 * HOUR, DAY, "上次备份已是 37 小时前"),
        (HOUR, 7 * DAY, ""),
        (HOUR, 9 * DAY, "已有 9 天没有成功完成恢复演练"),
    ],
)
def test_what_is_late_is_said(
    lead: Client, backup: timedelta | None, drill: timedelta | None, said: str
) -> None:
    for name, ago in (("backup", backup), ("backup_drill", drill)):
        if ago is not None:
            last(name, ago)
    shown = page(lead)
    assert said in shown if said else "备份" not in shown and "恢复演练" not in shown


def test_others_other_pages_and_other_houses_read_nothing(
    client: Client, lead: Client, settings: Any, rf: Any
) -> None:
    assert "备份" not in page(lead, "/admin/people/department/")
    settings.BACKUPS_ARE_ON = False
    assert "备份" not in page(lead)
    settings.BACKUPS_ARE_ON = True
    client.force_login(people.recruiter())
    assert "备份" not in page(client)
    request = rf.get("/admin/")
    request.user = people.recruiter()
    assert late(request) is None
