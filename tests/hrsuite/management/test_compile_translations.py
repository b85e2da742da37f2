"""Catalogues that are compiled while a process runs are what it reads from then on."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.reloader import translation_file_changed


def test_who_compiles_the_first_time_reads_what_it_compiled(tmp_path: Path) -> None:
    place = tmp_path / "zh_Hans" / "LC_MESSAGES"
    place.mkdir(parents=True)
    shutil.copy2(Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po", place)
    try:
        with override_settings(LOCALE_PATHS=[tmp_path]), translation.override("zh-hans"):
            translation_file_changed(None, place / "django.mo")
            translation.activate("zh-hans")
            assert gettext("The pay") == "The pay"
            call_command("compile_translations", verbosity=0)
            assert (gettext("The pay"), translation.get_language()) == ("薪酬", "zh-hans")
    finally:
        translation_file_changed(None, place / "django.mo")
