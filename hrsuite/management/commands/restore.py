"""``manage.py restore [NAME] [--into DATABASE]``: a backup brought back into an empty home."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.backups import postgres, restoring
from core.errors import DomainError


class Command(BaseCommand):
    """Everything or nothing."""

    help = "Bring a backup back into an empty home, or its database into a new one."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, where to, and how to print."""
        parser.add_argument("name", nargs="?", help="hrsuite-…Z; the newest when none is named")
        parser.add_argument(
            "--into", metavar="DATABASE", help="a new database on the same server, without files"
        )
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was brought back; a refusal is a CommandError, with --json its code and exit status 1."""
        try:
            with postgres.running():
                found = restoring.restore(options["name"], into=options["into"])
        except DomainError as error:
            if options["json"]:
                self.stdout.write(restoring.answer_of(error))
                sys.exit(1)
            raise CommandError(f"{error.code}: {error.message}") from error
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self.stdout.write(_("%(name)s is back: %(rows)s rows, %(files)s files, %(seconds)s s") % found)
        if found["upgrade"]:
            self.stdout.write(_("It is from an earlier release; script/server brings it to this one."))
