"""``manage.py backup_key [--wrap]``: where the key of backups is, and a passphrase for the day on which it is lost."""

import getpass
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.backups import keys, restoring
from core.errors import DomainError


class Command(BaseCommand):
    """Says which key there is; with --wrap each backup from now on carries it, wrapped in a passphrase."""

    help = "Show the key of backups, or wrap it in a passphrase (scrypt)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and how to print."""
        parser.add_argument(
            "--wrap",
            action="store_true",
            help="in HRSUITE_BACKUP_PASSPHRASE, HRSUITE_BACKUP_PASSPHRASE_FILE, or what is typed",
        )
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the key's mark and place, never the key; a refusal is a CommandError, with --json exit status 1."""
        try:
            if options["wrap"]:
                keys.wrap(keys.said_passphrase() or self._typed(options["json"]))
            found = {
                "key": keys.of_key(keys.make_or_read()),
                "kept_at": str(keys.place()),
                "wrapped": keys.wrapped() is not None,
            }
        except DomainError as error:
            if options["json"]:
                self.stdout.write(restoring.answer_of(error))
                sys.exit(1)
            raise CommandError(f"{error.code}: {error.message}") from error
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self.stdout.write(_("Key %(key)s, kept at %(kept_at)s.") % found)
        self.stdout.write(
            _("Backups from now on open by the passphrase, too.")
            if found["wrapped"]
            else _("No passphrase: backups open with this file alone.")
        )

    def _typed(self, is_program: bool) -> str:
        if is_program or not sys.stdin.isatty():
            return ""
        first = getpass.getpass(_("New passphrase: "))
        if first != getpass.getpass(_("The same once more: ")):
            raise CommandError(_("The two are not the same; nothing was changed."))
        return first
