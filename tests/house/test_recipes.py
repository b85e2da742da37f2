"""The recipes for systemd and containers are read by their own tools, and name what the suite knows."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from core.process import serve

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
DOCKERFILE = ROOT / "deploy" / "container" / "Dockerfile"
COMPOSE = ROOT / "deploy" / "container" / "compose.yml"


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_reads_the_unit(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on this machine")
    # As installed, but for the program, which lies elsewhere here.
    text = unit.read_text().replace("/opt/hrsuite", str(ROOT))
    copy = tmp_path / unit.name.replace("@", "@web")
    copy.write_text(text)
    done = subprocess.run(
        [program, "verify", "--man=no", str(copy)],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}, timeout=60,
    )  # fmt: skip
    if "Failed to initialize manager" in done.stderr or "Read-only file system" in done.stderr:
        pytest.skip("systemd-analyze does not run in this container")
    said = [line for line in done.stderr.splitlines() if copy.name in line]
    assert (done.returncode, said) == (0, [])


def test_every_unit_ends_as_the_supervisor_wants_it() -> None:
    assert len(UNITS) == 2
    for unit in UNITS:
        lines = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))
        # The leader alone is asked; it ends its own, the database last.
        assert (lines["KillMode"], lines["KillSignal"], lines["User"]) == ("mixed", "SIGTERM", "hrsuite")
        assert int(lines["TimeoutStopSec"]) > 5 + 10 + 6 + 20, (
            "web, jobs, pump and database, one after the other"
        )
        program, *words = lines["ExecStart"].split()
        assert (ROOT / Path(program).relative_to("/opt/hrsuite")).is_file()
        assert {word for word in words if word.startswith("--")} <= {"--home", "--host", "--port", "--only"}


def test_the_compose_file_runs_each_part_once_at_least() -> None:
    said = yaml.safe_load(COMPOSE.read_text())
    ours = {name: service for name, service in said["services"].items() if service.get("image") == "hrsuite"}
    only = [service["command"][1] for service in ours.values()]
    assert set(only) == serve.ALL and only.count("web") == 2
    assert len({service["hostname"] for service in ours.values()}) == len(ours), "each machine has its name"
    for service in ours.values():
        assert service["environment"]["DATABASE_URL"].startswith("postgresql://")
        assert service["build"]["dockerfile"] == str(DOCKERFILE.relative_to(ROOT))
        assert (COMPOSE.parent / service["build"]["context"]).resolve() == ROOT
    settings = {name for service in ours.values() for name in service["environment"]} - {"DATABASE_URL"}
    known = (
        "".join(path.read_text() for path in (ROOT / "hrsuite").glob("*.py"))
        + (ROOT / "core/env.py").read_text()
    )
    assert {name for name in settings if name not in known} == set()


def test_the_dockerfile_copies_what_is_there_and_runs_what_is_there() -> None:
    lines = re.sub(r"\\\n", " ", DOCKERFILE.read_text()).splitlines()
    steps = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    known = {
        "FROM",
        "RUN",
        "WORKDIR",
        "COPY",
        "USER",
        "ENV",
        "VOLUME",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "ENTRYPOINT",
    }
    assert {name for name, _rest in steps} == known
    assert steps[0][0] == "FROM"
    for name, rest in steps:
        if name == "COPY":
            assert all((ROOT / source).exists() for source in rest.split()[:-1])
    entry = dict(steps)["ENTRYPOINT"]
    assert "core.process.serve" in entry and '"--host", "0.0.0.0"' in entry
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"var", ".git", ".venv"} <= set(ignored), "no key and no database of somebody's gets into an image"
