"""``manage.py compile_translations``: catalogues without gettext's tools; with --check, whether they are complete."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed

IGNORED = [".venv/*", "var/*", "tests/*", "script/*"]


class Command(BaseCommand):
    """Compile every .po below the locale paths that is newer than its .mo; needs nothing but Babel."""

    help = "Compile the translation catalogues, or check that every sentence is translated."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """--check extracts all messages with gettext's tools and changes no file."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile, and read anew what this process may have read before; then, if asked, fail with the list of what
        has no Chinese or is Chinese for nothing."""
        for source in _sources():
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                draft = target.with_suffix(".draft")
                with draft.open("wb") as file:
                    write_mo(file, _read(source))
                draft.replace(target)
                _read_anew(target)
        if options["check"]:
            self._check(Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po")

    def _check(self, source: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / source.name
            shutil.copy2(source, kept)
            try:
                call_command(
                    "makemessages", locale=["zh_Hans"], ignore_patterns=IGNORED, no_obsolete=True, verbosity=0
                )
                wanted = _read(source)
            finally:
                shutil.copy2(kept, source)
        missing = sorted(str(m.id) for m in wanted if m.id and (m.fuzzy or not _is_translated(m.string)))
        known = {message.id for message in wanted if message.id}
        needless = sorted(str(m.id) for m in _read(source) if m.id and m.id not in known)
        for title, names in (("not translated", missing), ("translated but used nowhere", needless)):
            for name in names:
                self.stderr.write(f"{title}: {name}")
        if missing or needless:
            raise CommandError(f"{len(missing)} sentences without Chinese, {len(needless)} left over")


def _read_anew(compiled: Path) -> None:
    """The models ask for a first sentence while they are set up: else whoever compiles speaks on in English."""
    language = translation.get_language()
    translation_file_changed(None, compiled)
    if language:
        translation.activate(language)


def _sources() -> list[Path]:
    return sorted(
        path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po")
    )


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) and (isinstance(text, str) or all(text or ()))
