"""Faces before the camera, counted in a real browser by the real library: with consent, too slow, and taken back."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Route

from recruitment.models import Consent, FaceFigures, Interview
from tests.browser.phones import Phone
from tests.browser.recording.speaking import CAMERA, finished, stored, wait_until
from tests.factories import faces as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PICTURES = Path(__file__).parent / "pictures"
MODULES = Path(__file__).parents[3] / ".venv" / "node" / "node_modules"
SIZE, FRAMES_A_SECOND, SCENE = (320, 240), 30, 3
# A device on which looking at a frame takes longer than it may.
SLOW = """
const quick = self.onmessage;
self.onmessage = (event) => {
  const began = performance.now();
  while (event.data.frame && performance.now() - began < 1500);
  quick(event);
};
"""


def scenes() -> bytes:
    """Over and over, each for three seconds: somebody looks at the camera, nobody is there, two are, one looks away."""
    front = Image.open(PICTURES / "front.jpg").resize(SIZE)
    two = Image.new("RGB", SIZE, "grey")
    half = front.crop((70, 0, 230, 240))
    two.paste(half, (0, 0))
    two.paste(half.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (160, 0))
    found = b""
    for picture in (
        front,
        Image.new("RGB", SIZE, "grey"),
        two,
        Image.open(PICTURES / "profile.jpg").resize(SIZE),
    ):
        content = io.BytesIO()
        picture.convert("RGB").save(content, "JPEG", quality=90)
        found += content.getvalue() * FRAMES_A_SECOND * SCENE
    return found


@pytest.fixture(scope="module")
def with_camera(browser_type_launch_args: dict[str, Any], tmp_path_factory: Any) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("camera") / "scenes.mjpeg"
    file.write_bytes(scenes())
    own = [CAMERA, f"--use-file-for-fake-video-capture={file}"]
    return {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *own]}


@pytest.fixture
def asked_for(settings: Any, tmp_path: Path, interview: Interview) -> Interview:
    """The interview's plan shows figures of faces, and the library is there."""
    if not (MODULES / "@vladmandic").is_dir() and os.environ.get("CI") != "true":
        pytest.skip("The modules of package-lock.json are not installed: script/test does it.")
    settings.FACES_ROOT = tmp_path / "faces"
    make.put_in(MODULES)
    make.ask(interview.version, "show")
    return interview


def slowed(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text() + SLOW)


def test_counts_with_consent_gives_way_and_is_taken_back(
    asked_for: Interview, phone: Callable[..., Phone]
) -> None:
    candidate = phone()
    page, fetched = candidate.page, list[str]()
    page.on("request", lambda request: "/room/faces/" in request.url and fetched.append(request.url))
    candidate.open()
    candidate.view("consent")
    page.check("input[name=faces][value=yes]")
    candidate.agree(recording=True)
    candidate.check_device(medium="video")
    assert fetched == [], "nothing is loaded before somebody agreed"
    before = len(candidate.takes)
    candidate.begin()
    candidate.record(14)
    candidate.hand_in()
    candidate.at_question(2)
    wait_until(page, FaceFigures.objects.exists)
    row = FaceFigures.objects.get()
    assert row.frames is not None, row.reason
    assert row.frames >= 5
    assert min(row.absent or 0, row.several or 0, row.away or 0) >= 1
    assert (row.absent or 0) + (row.several or 0) + (row.away or 0) < row.frames
    assert stored(finished(asked_for)) == candidate.takes[before:], (
        "not a byte of the recording is lost for it"
    )
    assert not any("emotion" in address for address in fetched)

    page.route("**/facework.js", slowed)
    page.reload()
    candidate.record(6)
    page.click("[data-deed=stop]")
    wait_until(page, lambda: FaceFigures.objects.filter(reason="slow", frames=None).exists())

    page.click("[data-deed=faces-stop]")
    wait_until(page, lambda: not FaceFigures.objects.exists())
    assert Consent.objects.filter(kind="faces").latest("pk").given is False
    fetched.clear()
    page.reload()
    candidate.phase("recorded")
    page.click("[data-deed=submit]")
    candidate.view("saved")
    assert (fetched, FaceFigures.objects.count(), candidate.troubles) == ([], 0, [])
