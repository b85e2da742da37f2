"""``manage.py simulate``: many candidates at once over real HTTP, and what became of all that they sent."""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tools.simulate import report, scripts, setting
from tools.simulate.compare import Comparison
from tools.simulate.drive import drive
from tools.simulate.journal import Journal, read
from tools.simulate.settle import settle
from tools.simulate.wire import Figures

HERE = ("127.0.0.1", "localhost", "::1")
# Slow enough for two cores to answer at once: people who wait in a queue of requests count as gone.
SHORTEST, SECONDS_PER_CANDIDATE = 60.0, 2.0
SETTLE_SECONDS = 180.0
# A silent exit takes 30 to 60 s to be noticed, and only then does anybody return.
PATIENCE_SECONDS = 240.0


class Command(BaseCommand):
    """Makes candidates of its own in the running server's database, lives their interviews, compares."""

    help = "Many candidates at once over real HTTP: some leave, some return; then what was sent is compared."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, who leaves and how, where."""
        parser.add_argument("--candidates", type=int, default=50)
        parser.add_argument("--exit-rate", type=float, default=0.3, help="the share that leaves half way")
        parser.add_argument("--silent", type=float, default=0.5, help="of these, the share that says nothing")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--duration", type=float, default=None, help="seconds to spread the interviews over"
        )
        parser.add_argument(
            "--patience",
            type=float,
            default=PATIENCE_SECONDS,
            help="seconds that candidates may need beyond it",
        )
        parser.add_argument("--base-url", default=None, help="the running server, on this machine")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
        parser.add_argument("--journal", type=Path, default=None, help="also keep what was sent in this file")
        parser.add_argument("--compare", type=Path, default=None, help="send nothing: compare this journal")
        parser.add_argument(
            "--settle", type=float, default=SETTLE_SECONDS, help="seconds to wait for the chains"
        )
        parser.add_argument(
            "--disturbed",
            action="store_true",
            help="processes are being killed meanwhile: times are not judged",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 when nothing differs, 1 otherwise; what cannot run is said in one line."""
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request otherwise
        quiet = options["json"] or not sys.stderr.isatty()
        progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=Console(stderr=True), disable=quiet, transient=True,
        )  # fmt: skip
        began = time.monotonic()
        with progress:
            if options["compare"]:
                journal, figures, took = read(options["compare"]), None, 0.0
            else:
                journal, figures, took = self._run(options, progress)
            waiting = progress.add_task("settling", total=None)
            comparison = settle(
                journal,
                disturbed=options["disturbed"],
                limit=options["settle"],
                tick=lambda found: progress.update(waiting, description=_standing(found)),
            )
        asked = {name: options[name] for name in ("candidates", "exit_rate", "silent", "seed", "disturbed")}
        found = report.as_json(comparison, figures, asked, took or time.monotonic() - began)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            report.show(Console(file=sys.stdout), found)
        if not comparison.is_settled:
            sys.exit(1)

    def _run(self, options: dict[str, Any], progress: Progress) -> tuple[Journal, Figures, float]:
        base_url = self._server(options["base_url"])
        count = options["candidates"]
        if count < 1 or not 0 <= options["exit_rate"] <= 1 or not 0 <= options["silent"] <= 1:
            raise CommandError("At least one candidate; the rates lie between 0 and 1.")
        duration = options["duration"] or max(SHORTEST, count * SECONDS_PER_CANDIDATE)
        making = progress.add_task("making candidates", total=count)
        try:
            made = setting.make(candidates=count, seed=options["seed"], tick=lambda: progress.advance(making))
        except setting.NothingToCloneError as error:
            raise CommandError("There is no opening with an interview plan: load the demo first.") from error
        connection.close()
        parts = scripts.write(
            candidates=count,
            exit_rate=options["exit_rate"],
            silent=options["silent"],
            seed=options["seed"],
            questions=made.questions,
            duration=duration,
        )
        journal = Journal(options["journal"])
        for part, seat in zip(parts, made.seats, strict=True):
            journal.note("candidate", seat.interview, number=part.number)
        living = progress.add_task("interviews", total=count)
        try:
            figures, took = drive(
                parts,
                made.seats,
                base_url=base_url,
                journal=journal,
                duration=duration,
                patience=options["patience"],
                seed=options["seed"],
                tick=lambda: progress.advance(living),
            )
        finally:
            journal.close()
        return journal, figures, took

    def _server(self, given: str | None) -> str:
        """The running server of this home. Candidates are made in its database, so it must be this machine's own."""
        demo = settings.HOME / "demo.json"
        base_url = given or (json.loads(demo.read_text())["base_url"] if demo.exists() else settings.BASE_URL)
        if urlsplit(base_url).hostname not in HERE:
            raise CommandError(
                f"{base_url} is not on this machine: simulate drives the server of this home only."
            )
        if settings.MAIL_IS_CONNECTED:
            raise CommandError("A mail server is connected: made-up candidates would be written to.")
        try:
            well = httpx.get(f"{base_url}/healthz", timeout=10, trust_env=False).is_success
        except httpx.TransportError:
            well = False
        if not well:
            raise CommandError(f"No well server answers at {base_url}: start it with script/server.")
        return str(base_url)


def _standing(found: Comparison) -> str:
    return f"settling: {len(found.differences)} differences, {sum(found.owed.values())} owed"
