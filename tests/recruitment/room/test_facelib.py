"""The library for faces: only the pinned packages, only the files needed, whole or not at all, served for good."""

import base64
import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.errors import Invalid
from recruitment.recordings import facelib
from recruitment.room import faces
from tests.factories import faces as make
from tests.recruitment.room.conftest import Browser

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _own_place(settings: Any, tmp_path: Path) -> None:
    settings.FACES_ROOT = tmp_path / "faces"


def package(to: Path, name: str) -> tuple[Path, str]:
    """Such a package with little in it, a model of emotions among that, and its digest."""
    path = to / name
    with tarfile.open(path, "w:gz") as archive:
        for inside in [*facelib.TAKEN[name], "package/models/emotion.bin", "../outside"]:
            content = inside.encode()
            entry = tarfile.TarInfo(inside)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path, base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


@pytest.fixture
def packages(tmp_path: Path) -> tuple[list[Path], dict[str, str]]:
    made = {name: package(tmp_path, name) for name in facelib.PINS}
    return [path for path, _pin in made.values()], {name: pin for name, (_path, pin) in made.items()}


def test_of_the_packages_only_what_is_needed_is_taken(packages: Any, tmp_path: Path) -> None:
    files, pins = packages
    assert not facelib.is_installed()
    place = facelib.install(files, pins=pins)
    assert facelib.install(files, pins=pins) == place
    assert facelib.is_installed()
    lie = {path.name for path in place.iterdir()}
    assert lie == {name for each in facelib.FILES for name in (each, f"{each}.gz")}
    assert not any("emotion" in name for name in lie)
    assert {path.name for path in (tmp_path / "faces").iterdir()} == {place.name}, "nothing is left over"
    assert facelib.content_of("human.js", zipped=False) == b"package/dist/human.js"
    assert gzip.decompress(facelib.content_of("human.js", zipped=True)) == b"package/dist/human.js"
    assert [facelib.remove(), facelib.remove(), facelib.is_installed()] == [True, False, False]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [("changed", "package_not_pinned"), ("gone", "package_unreadable"), ("one", "package_missing")],
)
def test_what_is_not_the_pinned_one_is_refused(packages: Any, spoil: str, code: str) -> None:
    files, pins = packages
    if spoil == "changed":
        files[0].write_bytes(files[0].read_bytes() + b"\0")
    elif spoil == "gone":
        files[0].unlink()
    else:
        files = files[:1]
    with pytest.raises(Invalid) as refused:
        facelib.install(files, pins=pins)
    assert (refused.value.code, facelib.is_installed()) == (code, False)


def test_the_command_says_what_is_wrong(packages: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="package_not_pinned"):
        call_command("install_faces", *map(str, packages[0]))
    with pytest.raises(CommandError, match="package_missing"):
        call_command("install_faces")
    call_command("install_faces", "--remove")
    assert capsys.readouterr().out.strip()


def test_the_pins_are_those_that_developers_install() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    stated = {
        facelib.HUMAN: lock["node_modules/@vladmandic/human"],
        facelib.WASM: lock["node_modules/@tensorflow/tfjs-backend-wasm"],
    }
    assert {name: f"sha512-{pin}" for name, pin in facelib.PINS.items()} == {
        name: entry["integrity"] for name, entry in stated.items()
    }
    for (name, entry), command in zip(stated.items(), facelib.FETCH, strict=True):
        assert name.endswith(f"-{entry['version']}.tgz")
        assert command.endswith(f"@{entry['version']}")


def test_files_are_served_by_the_house_for_good(client: Client) -> None:
    release = faces._worker()[0]
    assert client.get(f"/room/faces/{release}/human.js").status_code == 404
    make.put_in()
    plain = client.get(f"/room/faces/{release}/human.js")
    zipped = client.get(f"/room/faces/{release}/human.js", headers={"accept-encoding": "gzip"})
    assert (plain.content, gzip.decompress(zipped.content), zipped["Content-Encoding"]) == (
        b"x",
        b"x",
        "gzip",
    )
    worker = client.get(f"/room/faces/{release}/facework.js")
    for answer in (plain, zipped, worker):
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Content-Security-Policy"] == faces.WORKER_POLICY
        assert answer["X-Content-Type-Options"] == "nosniff"
    for other in (f"{release}/emotion.bin", "0000/human.js"):
        assert client.get(f"/room/faces/{other}").status_code == 404
    assert client.post(f"/room/faces/{release}/human.js").status_code in (403, 404)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy", "is_there", "medium", "is_asked"),
    [
        ("off", True, "video", False), ("collect", False, "video", False), ("collect", True, "audio", False),
        ("collect", True, "video", True), ("show", True, "video", True),
    ],
)  # fmt: skip
def test_candidates_are_asked_where_it_is_wanted_possible_and_of_use(
    interview: Any, policy: str, is_there: bool, medium: str, is_asked: bool
) -> None:
    if is_there:
        make.put_in()
    make.ask(interview.version, policy)
    type(interview.application.opening).objects.update(richest_medium=medium)
    page = Browser(interview).open().client.get("/room/")
    assert ('name="faces"' in page.content.decode()) == is_asked
    assert bool(page.context["config"]["faces"]) == is_asked
