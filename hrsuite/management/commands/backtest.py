"""``manage.py backtest``: how well estimates for unfinished interviews would have done where the end is known."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.exchange import texts, workbooks
from core.figures import LEAST
from core.joining import joined
from recruitment.evaluation.admin.backtests import BECAUSE, METHODS
from recruitment.evaluation.learning import backtest, reading, synthetic
from recruitment.evaluation.learning.names import DOCUMENTED, LEARNED, TESTS


class Command(BaseCommand):
    """Reads a table of scores or draws cohorts whose truth is known; writes nothing."""

    help = "Back-test the estimates for unfinished interviews."

    def add_arguments(self, parser: CommandParser) -> None:
        """One source, and how to print."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument(
            "--csv", metavar="FILE", help="person, group, stage, competency, score and test_… columns"
        )
        source.add_argument("--synthetic", action="store_true", help="cohorts whose truth is known")
        parser.add_argument(
            "--pass-line",
            type=float,
            help="for the share without advice; 60 where the scores are on a scale of 0 to 100",
        )
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print; a table that cannot be read is a CommandError with its line."""
        if options["synthetic"]:
            line = options["pass_line"]
            found = synthetic.try_out(backtest.PASS_LINE if line is None else line)
            told = [line for name, one in found.items() for line in (self._line(name, one), *_warned(one))]
        else:
            found = backtest.backtest(self._read(options["csv"]), options["pass_line"])
            told = [self._line(_("all"), found)]
            told += _by_group(found["by_group"], self._line)
            told += _concluded(found)
        self.stdout.write(
            json.dumps(found, ensure_ascii=False, indent=1) if options["json"] else "\n".join(told)
        )

    def _read(self, name: str) -> Any:
        try:
            content = Path(name).read_bytes()
            if workbooks.is_workbook(content):
                raise CommandError(
                    "is_a_workbook: "
                    + _("%(file)s is a workbook: please save it as a text table (.csv).") % {"file": name}
                )
            text = texts.decoded(content)
            return reading.read(io.StringIO(text, newline=""), delimiter=texts.delimiter(text))
        except DomainError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        except (OSError, csv.Error) as error:
            why = getattr(error, "strerror", None) or error
            raise CommandError(
                "file_unreadable: " + _("%(file)s cannot be read: %(error)s") % {"file": name, "error": why}
            ) from error

    def _line(self, name: str, found: dict[str, Any]) -> str:
        if not found["n"]:
            return _("%(name)s: no finished interview to test with") % {"name": name}
        errors = joined(f"{METHODS[method]} {error:.2f}" for method, error in found["rmse"].items())
        return _(
            "%(name)s: %(n)s cases, coverage %(coverage)s, width %(width)s, no advice %(none)s, error: %(errors)s"
        ) % {
            "name": name,
            "n": found["n"],
            "coverage": f"{found['coverage']:.0%}",
            "width": f"{found['width']:.1f}",
            "none": _percent(found["no_advice"]),
            "errors": errors,
        }


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _by_group(groups: dict[str, Any], line: Callable[[str, dict[str, Any]], str]) -> list[str]:
    """A line for each group that carries a share, one for all others, and the order that the stages were taken in."""
    few = [one["n"] for one in groups.values() if one["n"] < LEAST]
    lines = [line(name, one) for name, one in groups.items() if one["n"] >= LEAST]
    if few:
        lines.append(
            _("Groups of fewer than %(least)s cases, too few for a share: %(groups)s, together %(n)s cases")
            % {"least": LEAST, "groups": len(few), "n": sum(few)}
        )
    orders = dict.fromkeys(tuple(one["stages"]) for one in groups.values())
    return lines + [_("Stages in this order: %(stages)s") % {"stages": " → ".join(order)} for order in orders]


def _warned(found: dict[str, Any]) -> list[str]:
    """In how many drawn cohorts the page would have warned, and what follows where it was most of them."""
    said = _("  leaving is not random: warned in %(warned)s of %(cohorts)s cohorts") % found
    return [said, _("  nobody is advised on an estimate")] if found["abstains"] else [said]


def _concluded(found: dict[str, Any]) -> list[str]:
    """Where the promise was kept least, which estimate follows, and whether leaving is random as far as can be seen."""
    lines = []
    if (worst := found["worst_group"]) is not None:
        lines.append(
            _("Worst group: %(group)s, coverage %(coverage)s of %(n)s cases")
            % {**worst, "coverage": f"{worst['coverage']:.0%}"}
        )
    use = DOCUMENTED if found["abstains"] else found["use"]
    lines.append(_("Estimates by: %(way)s") % {"way": METHODS[use]})
    if not found["abstains"]:
        lines.append(str(BECAUSE[found["because"]]))
    if use == DOCUMENTED and LEARNED in found["rmse"]:
        lines.append(
            _("By the documented weights: coverage %(coverage)s, width %(width)s, no advice %(none)s")
            % {
                "coverage": _percent(found["documented"]["coverage"]),
                "width": f"{found['documented']['width']:.1f}",
                "none": _percent(found["documented"]["no_advice"]),
            }
        )
    lines += [
        _("Who left beside who finished, %(what)s: %(difference)s (%(low)s – %(high)s) standard deviations")
        % {**one, "what": one["what"] if one["what"].startswith(TESTS) else _("first stage")}
        for one in found["exits"]["known_before"]
    ]
    if found["abstains"]:
        lines.append(
            _(
                "Those who left differ from those who finished in what was known of both before: leaving is not "
                "random, and nobody is advised on an estimate."
            )
        )
    return lines
