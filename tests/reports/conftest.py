"""How the ledger of what figures mean is renewed."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--renew-definitions` adds new versions; `=same-meaning` also writes down anew what is only written otherwise."""
    parser.addoption("--renew-definitions", nargs="?", const="new", choices=["new", "same-meaning"])
