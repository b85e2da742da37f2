"""``manage.py restore [NAME] [--into DATABASE | --until MOMENT]``: a backup brought back, or a moment."""

import getpass
import json
import sys
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.backups import postgres, restoring, rewinding
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
        parser.add_argument(
            "--until", metavar="MOMENT", help="the embedded database as it was then: 2026-11-28 14:30:00"
        )
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was brought back; a refusal is a CommandError, with --json its code and exit status 1."""
        try:
            if options["until"]:
                self._rewind(options)
                return
            with postgres.running():
                found = restoring.restore(options["name"], into=options["into"], ask=asker(options["json"]))
        except DomainError as error:
            if options["json"]:
                self.stdout.write(restoring.answer_of(error))
                sys.exit(1)
            raise CommandError(f"{error.code}: {error.message}") from error
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self.stdout.write(_("%(name)s is back: %(rows)s rows, %(files)s files, %(seconds)s s") % found)
        if options["into"]:
            said = _("It lies in the database %(into)s; drop that one when you have looked.")
            self.stdout.write(said % {"into": options["into"]})
        if found["upgrade"]:
            self.stdout.write(_("It is from an earlier release; script/server brings it to this one."))

    def _rewind(self, options: dict[str, Any]) -> None:
        found = rewinding.rewind(rewinding.parsed(options["until"]), ask=asker(options["json"]))
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self.stdout.write(_("The database is as it was at %(until)s, from %(base)s; %(seconds)s s") % found)
        if found["set_aside"]:
            self.stdout.write(_("The one before is kept at %(set_aside)s until you delete it.") % found)


def asker(is_program: bool) -> Callable[[], str] | None:
    """Who is asked for the passphrase: the person at the terminal, if there is one."""
    if is_program or not sys.stdin.isatty():
        return None
    return lambda: getpass.getpass(_("Passphrase of the backup's key: "))
