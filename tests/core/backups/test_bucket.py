"""The place of backups is a bucket of a real S3 server: made, tried, pruned, and said when it is away."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from core.backups import runs, shelf
from core.backups.models import BackupRun, RunKind
from hrsuite import storages
from tests.emulators.s3 import Bucket, until_up

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def bucket(company: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    server = Bucket("backups")
    monkeypatch.setenv("HRSUITE_BACKUP_TO", server.url)
    settings.STORAGES = {**settings.STORAGES, "backups": storages.backups_storage()}
    try:
        until_up(lambda: shelf.shelf().listdir(""))
        yield server
    finally:
        server.stop()


def test_a_backup_in_a_bucket_is_made_tried_pruned_and_missed(bucket: Bucket) -> None:
    found = runs.make()
    assert (found["to"], shelf.whole()) == ("backups", [found["name"]])
    assert sorted(shelf.shelf().listdir(found["name"])[1]) == [
        "database.sealed",
        "files.sealed",
        "manifest.json",
    ]
    assert runs.drill()["rows"] == found["rows"]
    made = shelf.made_at(found["name"])
    cut_off = shelf.name_at(made - timedelta(hours=30))
    shelf.shelf().save(f"{cut_off}/database.sealed", ContentFile(b"half"))
    assert shelf.prune(made) == [cut_off]
    assert shelf.whole() == [found["name"]]
    bucket.stop()
    with pytest.raises(Exception, match=r"(?i)connect|endpoint|refused"):
        runs.make()
    failed = BackupRun.objects.filter(kind=RunKind.BACKUP).order_by("-id")[0]
    assert failed.error and failed.ended_at
