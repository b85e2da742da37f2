"""A node that was told to stop says so while it still serves, and only then asks its children to end."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.process import serve
from core.process.children import Child
from core.process.places import stopping
from core.process.supervisor import Supervisor

pytestmark = pytest.mark.usefixtures("unharmed")
# Asked to stop, it notes when, and whether it could have told anybody.
WEB = (
    'trap "ls stopping > heard 2>&1; date +%s.%N > ended; exit" TERM; touch up; while :; do sleep 0.02; done'
)


@pytest.fixture
def unharmed() -> Iterator[None]:
    """What is sent to the supervisor of a test never ends the tests."""
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    yield
    signal.signal(signal.SIGTERM, before)


def ended_after(home: Path, notice: float, *, again_after: float | None = None) -> float:
    """Run one child, tell the server to stop once that is up; the seconds until the child was asked to."""
    said: list[float] = []
    again = threading.Timer(again_after or 0, os.kill, (os.getpid(), signal.SIGTERM))

    def up() -> bool:
        if not said and (home / "up").exists():
            said.append(time.time())
            os.kill(os.getpid(), signal.SIGTERM)
            if again_after is not None:
                again.start()
        return False

    child = Child("web", lambda: ["sh", "-c", WEB], options={"cwd": home}, notice=notice)
    Supervisor(home, [child], folder=home).run(ready=up)
    if again_after is not None:
        again.join()
    return float((home / "ended").read_text()) - said[0]


def test_it_says_that_it_goes_before_anybody_is_asked_to(tmp_path: Path) -> None:
    stopping(tmp_path).touch()  # of a server that was killed while it stopped

    assert 0.3 <= ended_after(tmp_path, 0.3) < 20
    assert (tmp_path / "heard").read_text() == "stopping\n"
    assert not stopping(tmp_path).exists(), "nothing runs here any more"


def test_asked_again_it_does_not_wait(tmp_path: Path) -> None:
    assert 0.2 <= ended_after(tmp_path, 30.0, again_after=0.2) < 20


def test_the_next_server_is_no_longer_stopping(tmp_path: Path) -> None:
    stopping(tmp_path).touch()
    found: list[bool] = []

    def first(_supervisor: Supervisor) -> None:
        found.append(stopping(tmp_path).exists())
        os.kill(os.getpid(), signal.SIGTERM)

    Supervisor(tmp_path, [], folder=tmp_path).run(first=first)
    assert found == [False]


@pytest.mark.parametrize(("given", "seconds"), [("", 0.0), ("10", 10.0), (" 2.5 ", 2.5), ("30", 30.0)])
def test_how_long_is_a_setting(
    given: str, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if given:
        monkeypatch.setenv("HRSUITE_STOP_NOTICE", given)
    notices = {child.name: child.notice for child in serve.table(tmp_path, "127.0.0.1", 8000)}
    assert notices == {"database": 0, "web": seconds, "jobs": 0, "jobs-slow": 0, "pump": 0}


@pytest.mark.parametrize("given", ["31", "-1", "ten", "1e9", "nan", "٣"])
def test_what_is_no_such_time_is_refused_in_words(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HRSUITE_STOP_NOTICE", given)
    with pytest.raises(ImproperlyConfigured, match="0 to 30 seconds"):
        serve.table(tmp_path, "127.0.0.1", 8000)
