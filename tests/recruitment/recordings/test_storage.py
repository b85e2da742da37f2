"""Where the bytes lie: whole or not there, whatever happens in between."""

import io
from pathlib import Path

import pytest

from hrsuite import storages
from recruitment.recordings import storage
from tests.factories import recordings as make


class BreaksOff(io.BytesIO):
    """A body that ends with an error half way."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 100_000:
            raise OSError("broken off")
        return super().read(size)


def test_what_is_stored_is_read_back_whole_and_in_ranges() -> None:
    content = bytes(range(256)) * 1000
    name = storage.new_name(storage.CHUNKS)
    storage.put(io.BytesIO(content), name=name)
    assert storage.recordings().size(name) == len(content)
    assert b"".join(storage.read_range(name, 0, len(content))) == content
    assert b"".join(storage.read_range(name, 1000, 70_000)) == content[1000:71_000]
    assert b"".join(storage.read_range(name, 255_990, 100)) == content[-10:]
    assert b"".join(storage.read_range(name, 0, 0)) == b""
    storage.delete(name)
    storage.delete(name)
    assert not storage.recordings().exists(name)


def test_a_half_written_file_never_stands_under_its_name() -> None:
    name = storage.new_name(storage.CHUNKS)
    with pytest.raises(storage.StorageDown):
        storage.put(BreaksOff(bytes(500_000)), name=name)
    assert not storage.recordings().exists(name)
    assert make.stored_files() <= {name + storage.PART}


def test_names_are_nobodys_and_unlike() -> None:
    names = {storage.new_name(storage.PLAYS, ".webm") for _ in range(1000)}
    assert len(names) == 1000
    assert all(len(Path(name).stem) == 32 for name in names)


@pytest.fixture
def _s3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "HRSUITE_S3_URL", "https://key:se%2Fcret@s3.example.com:9000/recordings?region=cn-north-1"
    )


@pytest.mark.usefixtures("_s3")
def test_a_bucket_by_setting() -> None:
    found = storages.recordings_storage()
    options = {key: value for key, value in found["OPTIONS"].items() if key != "client_config"}
    assert (found["BACKEND"], options) == (
        "storages.backends.s3.S3Storage",
        {
            "access_key": "key", "secret_key": "se/cret", "bucket_name": "recordings", "region_name": "cn-north-1",
            "endpoint_url": "https://s3.example.com:9000", "default_acl": None, "file_overwrite": True,
        },
    )  # fmt: skip


WRONG = [
    "s3://a:b@host/bucket",
    "https://host/bucket",
    "https://a:b@host/",
    "https://a:b@host/a/b",
    "nonsense",
]


@pytest.mark.parametrize("address", WRONG)
def test_a_wrong_address_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HRSUITE_S3_URL", address)
    with pytest.raises(ValueError, match="HRSUITE_S3_URL"):
        storages.recordings_storage()
