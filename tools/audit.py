"""``python -m tools.audit``: each pinned package against what its registry has.

A later release of the same series mends faults, those of security among them, and is named as such. That a version
has no later one says nothing about weaknesses that nobody has mended: docs/security.md says what else is read.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-ai.txt")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;#]+)")
_KNOWN = re.compile(r"^Available versions: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One package: what is pinned, the latest of its series, the latest of all; None for both when nobody knew it."""

    name: str
    pinned: str
    in_series: str | None
    latest: str | None

    @property
    def is_behind(self) -> bool:
        """Whether the series went on, or the registry did not know the package: then nothing was looked up."""
        return self.in_series != self.pinned


def pinned(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and version of each line that pins one."""
    for line in lines:
        if found := _PINNED.match(line.strip()):
            yield found[1], found[2]


def compare(name: str, version: str, known: Iterable[str]) -> Finding:
    """Against the registry's versions. A series is the first two parts; a pre-release counts where one is pinned."""
    mine = Version(version)
    versions = []
    for each in known:
        try:
            found = Version(each)
        except InvalidVersion:
            continue
        if not found.is_prerelease or mine.is_prerelease:
            versions.append(found)
    if not versions:
        return Finding(name, version, None, None)
    series = [each for each in versions if each.release[:2] == mine.release[:2] and each >= mine]
    return Finding(name, version, str(max(series, default=mine)), str(max(versions)))


def ask(name: str) -> list[str]:
    """The versions that the registry has, through pip as it is set up here; none when it does not know the package."""
    command = [sys.executable, "-m", "pip", "index", "versions", name, "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _KNOWN.search(done.stdout)
    return found[1].split(", ") if found else []


def main() -> int:
    """A line for each package; 1 when a series went on, or a package was not found."""
    wanted: dict[str, str] = {}
    for file in FILES:
        if (ROOT / file).exists():
            wanted |= dict(pinned((ROOT / file).read_text().splitlines()))
    behind = 0
    for name, version in sorted(wanted.items(), key=lambda one: one[0].lower()):
        found = compare(name, version, ask(name))
        behind += found.is_behind
        if found.in_series is None:
            word = "NOT FOUND: nothing was looked up"
        elif found.is_behind:
            word = f"MENDED in {found.in_series}"
        else:
            word = "" if found.latest == version else f"(there is {found.latest})"
        print(f"{name:32} {version:14} {word}")
    print(f"{len(wanted)} packages, {behind} to be looked at")
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
