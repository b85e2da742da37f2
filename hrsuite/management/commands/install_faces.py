"""``manage.py install_faces``: put in the library that finds faces in candidates' browsers, or take it away."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.errors import DomainError
from recruitment.recordings import facelib


class Command(BaseCommand):
    """Reads package files that lie here; asks nobody for anything."""

    help = "Install the library for noting faces before the camera, which is off until a plan asks for it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The two files, or --remove."""
        parser.add_argument(
            "packages", nargs="*", type=Path, metavar="FILE", help=f"made by {' and '.join(facelib.FETCH)}"
        )
        parser.add_argument(
            "--remove", action="store_true", help="take it away: no room uses it from then on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say where it lies. A package that is missing or not the pinned one is a CommandError; nothing is changed."""
        if options["remove"]:
            was_there = facelib.remove()
            self.stdout.write(_("Removed.") if was_there else _("It was not installed."))
            return
        try:
            place = facelib.install(options["packages"])
        except DomainError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(_("Installed: %(place)s") % {"place": place})
