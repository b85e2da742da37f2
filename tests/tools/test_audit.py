"""What the audit says of a pinned package, and what it does not."""

import pytest

from tools import audit

KNOWN = ["5.2.20", "5.2.19", "5.3a1", "6.0.2", "not a version", "5.1.30"]


@pytest.mark.parametrize(
    ("version", "known", "in_series", "latest", "behind"),
    [
        ("5.2.20", KNOWN, "5.2.20", "6.0.2", False),
        ("5.2.19", KNOWN, "5.2.20", "6.0.2", True),
        ("6.0.2", KNOWN, "6.0.2", "6.0.2", False),
        # Withdrawn meanwhile: the newer ones do not count for it, and it is no finding by itself.
        ("6.1", KNOWN, "6.1", "6.0.2", False),
        # The one mistake that must not be made: silence about a package is not a clean bill.
        ("5.2.19", [], None, None, True),
    ],
)
def test_a_later_release_of_the_series_mends(
    version: str, known: list[str], in_series: str | None, latest: str | None, behind: bool
) -> None:
    found = audit.compare("Django", version, known)
    assert (found.in_series, found.latest, found.is_behind) == (in_series, latest, behind)


def test_only_pinned_lines_are_read() -> None:
    lines = [
        "# why",
        "Django==5.2.19",
        "psycopg[binary,pool]==3.3.9  # reason",
        "-r requirements.txt",
        "loose>=1",
    ]
    assert list(audit.pinned(lines)) == [("Django", "5.2.19"), ("psycopg", "3.3.9")]


def test_every_pinned_file_is_asked_about() -> None:
    names = {path.name for path in audit.ROOT.glob("requirements*.txt")}
    assert names <= set(audit.FILES)
