"""``manage.py prepare``: everything between an empty database and a server that may take requests, in one process."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.backups import postgres, restoring
from core.errors import DomainError
from core.sealed import registry
from core.upgrades import require_known_past
from people.services import first_account


class Command(BaseCommand):
    """Migrate, cache table, translations, static files, schedules, demo. Every step may be run again at any time."""

    help = "Bring the database, the static files and the demo company to the present state."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Neither of the two: the demo in the embedded database, nothing in another one."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--demo", action="store_true", help="the demo company, where nothing is yet")
        which.add_argument("--empty", action="store_true", help="no demo; a link for the first account")

    def handle(self, *args: Any, **options: Any) -> None:
        """The order matters: translations before the first sentence. CommandError when the data are not of our past."""
        call_command("compile_translations", verbosity=0)
        if (begun := restoring.unfinished()).exists():
            raise CommandError(
                _("A restore was cut off. Run it to its end first: manage.py restore %(name)s")
                % {"name": begun.read_text()}
            )
        with one_machine_at_a_time():
            require_known_past()
            try:
                registry.require()
            except DomainError as error:
                raise CommandError(f"{error.code}: {error.message}") from error
            call_command("migrate", interactive=False, verbosity=1 if options["verbosity"] > 1 else 0)
            call_command("createcachetable", verbosity=0)
        self._collect_static()
        call_command("sync_schedules", verbosity=0)
        if options["demo"] or not (options["empty"] or os.environ.get("DATABASE_URL")):
            call_command("load_demo", if_empty=True)
            call_command("prepare_demo")
        if link := first_account.link():
            self.stdout.write(_("The first account, good for three days and once: %(link)s") % {"link": link})

    def _collect_static(self) -> None:
        """Collect only when a source changed: hashing and compressing all of them takes most of a second start."""
        stamp = settings.STATIC_ROOT / ".sources"
        present = self._fingerprint()
        if not stamp.exists() or stamp.read_text() != present:
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.write_text(present)

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for finder in get_finders():
            for name, storage in finder.list(None):
                digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
        return digest.hexdigest()


@contextmanager
def one_machine_at_a_time() -> Iterator[None]:
    """Of several machines that start at once one brings the tables to the present, the others wait and find it done.

    The lock is a transaction's of a connection of its own: whoever is killed leaves none behind.
    """
    with postgres.connected() as apart, apart.transaction():
        apart.execute("SELECT pg_advisory_xact_lock(hashtext('hrsuite prepare'))")
        yield
