"""Hundreds of candidates recording for half a minute against the real server: the books agree, nobody waits long."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from tools.bench import uploads

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(420)]
ROOT = Path(__file__).resolve().parents[3]


def test_nothing_is_lost_or_double_and_slow_phones_hold_up_nobody() -> None:
    with tempfile.TemporaryDirectory(prefix="hrb-") as home:
        Path(home).chmod(0o711)  # the database's own user must reach its folder
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            [ROOT / "script" / "bench", "uploads", "--seconds", "30", "--json"],
            env={**kept, "HRSUITE_BENCH_HOME": home, "HRSUITE_DATABASE_FSYNC": "off"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
    print(done.stderr[-4000:])  # the figures
    found = json.loads(done.stdout)["uploads"]
    for crowd in found.values():
        books = {key: crowd[key] for key in ("lost", "double", "unknown", "spoilt", "wrong")}
        assert books == {"lost": 0, "double": 0, "unknown": 0, "spoilt": 0, "wrong": []}
        assert crowd["acknowledged"] > 700
        assert crowd["seconds"]["chunk"]["p95"] < uploads.GOAL_PUT_P95
        assert crowd["seconds"]["heartbeat"]["p100"] < uploads.GOAL_HEARTBEAT
        assert crowd["megabytes_most"] < crowd["megabytes_first"] + 300
