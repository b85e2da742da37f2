"""``manage.py history``: check the chain of days, and take it out of the house."""

import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.history import seals, triggers


class Command(BaseCommand):
    """--check counts every sealed day again; --export writes the chain, with --day one day's changes besides."""

    help = "Check the history's chain of days, or export it."

    def add_arguments(self, parser: CommandParser) -> None:
        """What is done, with which file."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--check", action="store_true", help="count every sealed day again")
        what.add_argument(
            "--export", type=Path, metavar="FILE", help="write the chain as lines of JSON; - for the screen"
        )
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="of the check: a chain that was exported before"
        )
        parser.add_argument(
            "--day", type=_day, help="of the export: this day's changes instead, each with its digest"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 when a day does not hold, or a table's history is switched off; each is named."""
        if options["export"]:
            rows = seals.changes_of(options["day"]) if options["day"] else seals.exported()
            self._export(rows, options["export"])
            return
        copy = _lines(options["against"]) if options["against"] else []
        found, off = seals.check(copy=copy), triggers.missing()
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "days": found.days, "changes": found.changes, "erased": found.erased, "off": off,
                        "broken": [{"day": each.day.isoformat(), "what": each.what} for each in found.broken],
                    }
                )
            )  # fmt: skip
        else:
            words = {"days": found.days, "changes": found.changes, "erased": found.erased}
            self.stdout.write(
                _(
                    "%(days)s sealed days with %(changes)s changes were counted again; %(erased)s of these are erased."
                )
                % words
            )
            for each in found.broken:
                self.stdout.write(f"{each.day}: {seals.WRONG[each.what]}")
            for table in off:
                self.stdout.write(_("%(table)s: the history is switched off") % {"table": table})
        if found.broken or off:
            sys.exit(1)

    def _export(self, rows: Any, to: Path) -> None:
        if str(to) == "-":
            for row in rows:
                self.stdout.write(json.dumps(row, ensure_ascii=False))
            return
        count = 0
        with to.open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        said = ngettext(
            "%(count)s line was written to %(file)s.", "%(count)s lines were written to %(file)s.", count
        )
        self.stdout.write(said % {"count": count, "file": to})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a day (YYYY-MM-DD)") from None


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
