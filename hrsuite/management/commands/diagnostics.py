"""``manage.py diagnostics``: what runs, how it is and what failed, without anything personal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from hrsuite.diagnostics import collecting


class Command(BaseCommand):
    """Prints it, or writes the bundle that the page of diagnostics gives."""

    help = "Collect diagnostics without personal data: as JSON, or as a zip with --out."

    def add_arguments(self, parser: CommandParser) -> None:
        """How to answer."""
        parser.add_argument("--json", action="store_true", help="print all parts as one JSON object")
        parser.add_argument("--out", type=Path, default=None, help="write a zip to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Without options the names of what is wrong, and how large each part is."""
        parts = collecting.collect()
        if options["out"] is not None:
            try:
                options["out"].write_bytes(collecting.bundle(parts))
            except OSError as error:
                raise CommandError(
                    _("It cannot be written there: %(why)s") % {"why": error.strerror}
                ) from error
        if options["json"]:
            self.stdout.write(collecting.as_text(parts))
            return
        for name, part in parts.items():
            self.stdout.write(f"{name}: {len(collecting.as_text(part))} bytes")
        self.stdout.write(", ".join(parts["health"].get("trouble", [])) or "ok")
