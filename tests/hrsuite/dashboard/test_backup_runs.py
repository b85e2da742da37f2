"""The page of backups: the administrator's alone, with size, age, trial and progress; "now" is a job."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.backups.models import BackupRun, RunState
from hrsuite.dashboard.backup_runs import in_words
from people.models import User
from tests.factories import people

pytestmark = pytest.mark.django_db
PAGE = "/admin/core/backuprun/"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    settings.BACKUP_KEY_FILE = str(tmp_path / "backup-key")


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(people.user(is_superuser=True))
    return client


def row(kind: str = "backup", **values: Any) -> BackupRun:
    ended = {} if values.get("state") in RunState.unfinished else {"ended_at": timezone.now()}
    return BackupRun.objects.create(**{"kind": kind, "state": RunState.DONE, **ended, **values})


def test_nothing_yet(root: Client) -> None:
    shown = root.get(PAGE).content.decode()
    assert "尚未做过备份" in shown and "HRSUITE_BACKUP_TO" in shown and "尚未演练" in shown
    assert "没有副本跟随数据库" in shown


def test_what_is_kept_how_it_was_tried_and_how_far_it_is(
    root: Client, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.BACKUPS_ARE_ON = True
    two_hours = timezone.now() - timedelta(hours=2, minutes=1)
    row(name="hrsuite-20261101T000000Z", bytes=3 * 1024**2, ended_at=two_hours, gone_at=timezone.now())
    row(name="hrsuite-20261102T000000Z", bytes=5 * 1024**2, ended_at=two_hours)
    row("drill", name="hrsuite-20261102T000000Z", state=RunState.FAILED, error="backup_damaged")
    row(state=RunState.RUNNING, step="files", passed=30, expected=100)
    shown = root.get(PAGE).content.decode().replace("\xa0", " ")
    for said in ("3.0 MB", "5.0 MB", "2 小时前", "backup_damaged", "复制文件 30 %", "每周日 04:47"):
        assert said in shown, said
    BackupRun.objects.filter(state=RunState.RUNNING).update(beat_at=timezone.now() - timedelta(hours=1))
    assert "已中断" in root.get(PAGE).content.decode()
    page = root.get(f"{PAGE}{BackupRun.objects.order_by('id')[1].pk}/change/").content.decode()
    assert "backup_damaged" in page


def test_as_many_queries_for_three_as_for_one(root: Client, django_assert_max_num_queries: Any) -> None:
    counts = []
    root.get(PAGE)  # what is remembered between two pages
    for count in (1, 2):
        for _number in range(count):
            row(name=f"hrsuite-2026110{count}T000000Z")
        with django_assert_max_num_queries(40) as asked:
            root.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_now_is_a_job_and_only_one(root: Client) -> None:
    assert root.get(f"{PAGE}now/backup/").status_code == 405
    assert root.post(f"{PAGE}now/everything/").status_code == 404
    assert "刷新本页可查看进度" in root.post(f"{PAGE}now/backup/", follow=True).content.decode()
    assert "已有一个正在进行" in root.post(f"{PAGE}now/backup/", follow=True).content.decode()
    assert [run.state for run in BackupRun.objects.all()] == [RunState.WAITING]


@pytest.mark.parametrize("who", [people.lead, people.recruiter])
def test_nobody_else(who: Callable[[], User], client: Client) -> None:
    client.force_login(who())
    assert client.get(PAGE).status_code in {302, 403}
    assert client.post(f"{PAGE}now/backup/").status_code in {302, 403}
    assert not BackupRun.objects.exists()


@pytest.mark.parametrize(
    ("count", "is_synchronous", "said"),
    [(0, False, "没有副本"), (1, False, "可能丢失"), (1, True, "不会丢失"), (0, True, "无法写入")],
)
def test_what_the_loss_of_the_database_would_cost(count: int, is_synchronous: bool, said: str) -> None:
    assert said in in_words(count, is_synchronous)
