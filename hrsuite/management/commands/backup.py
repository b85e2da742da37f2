"""``manage.py backup``: database and files, sealed, to the place of HRSUITE_BACKUP_TO."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.backups import postgres, restoring, runs
from core.errors import DomainError


class Command(BaseCommand):
    """Makes one, and deletes those that are not kept any longer."""

    help = "Back up database and files, encrypted; the keys stay apart."

    def add_arguments(self, parser: CommandParser) -> None:
        """How to print."""
        parser.add_argument("--json", action="store_true", help="print JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was made; a refusal is a CommandError, with --json its code and exit status 1."""
        try:
            with postgres.running():
                found = runs.make(by="manage.py")
        except DomainError as error:
            if options["json"]:
                self.stdout.write(restoring.answer_of(error))
                sys.exit(1)
            raise CommandError(f"{error.code}: {error.message}") from error
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self.stdout.write(
            _("%(name)s in %(to)s: %(rows)s rows, %(files)s files, %(bytes)s bytes, %(seconds)s s") % found
        )
        self.stdout.write(
            _(
                "It opens with %(key_kept_at)s alone, and needs %(secret_kept_at)s and %(ring_kept_at)s. "
                "Keep copies of all three elsewhere."
            )
            % found
        )
