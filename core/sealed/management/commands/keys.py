"""``manage.py keys``: the keys that personal data are sealed under."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.sealed import registry, resealing, ring


class Command(BaseCommand):
    """list, check, new, rotate."""

    help = "The key ring: which keys there are, how many values each has sealed, a new key, sealing everything anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("what", choices=["list", "check", "new", "rotate"])
        parser.add_argument(
            "--go-on", action="store_true", help="rotate: no new key, go on where it was cut off"
        )
        parser.add_argument("--json", action="store_true", help="the answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints what was found or done. CommandError where the ring is missing, damaged or lacks a key."""
        try:
            found = getattr(self, f"_{options['what']}")(options)
        except DomainError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        self.stdout.write(_("Key ring: %(path)s") % {"path": ring.place_of()})
        for number, count in sorted(found.get("values", {}).items()):
            is_present = number == found["present"]
            words = _("present key") if is_present else _("older key") if number else _("not sealed")
            self.stdout.write(
                _("%(key)s %(what)s: %(count)s values") % {"key": number, "what": words, "count": count}
            )
        if "rows" in found:
            self.stdout.write(_("%(count)s rows sealed anew") % {"count": found["rows"]})
        if found.get("retired"):
            self.stdout.write(_("retired: %(keys)s") % {"keys": ", ".join(found["retired"])})

    def _list(self, _options: dict[str, Any]) -> dict[str, Any]:
        held = ring.ring()
        return {"present": held.present, "values": {**dict.fromkeys(held.keys, 0), **resealing.counts()}}

    def _check(self, options: dict[str, Any]) -> dict[str, Any]:
        registry.require()
        found = self._list(options)
        if lacking := sorted(found["values"].keys() - ring.ring().keys.keys() - {""}):
            raise ring.missing(lacking)
        return found

    def _new(self, options: dict[str, Any]) -> dict[str, Any]:
        ring.add_key()
        registry.keep()
        return self._list(options)

    def _rotate(self, options: dict[str, Any]) -> dict[str, Any]:
        def tell(table: str, count: int) -> None:
            if options["verbosity"] > 1:
                self.stderr.write(f"{table} {count}")

        done = resealing.rotate(new=not options["go_on"], tell=tell)
        return {**done, "values": resealing.counts()}
