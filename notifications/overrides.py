"""HR's own words in force, as every process reads them: a file in the folder that all of them see, made from the rows.

A message is written inside the chain of an exit, whose statements are counted: its words cost a look at the file's
time. The rows are the truth; the file is made anew when something is published, and by a job that compares.
"""

import json
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

from notifications.models import WordingVersion

_read: tuple[tuple[str, int], dict[str, str]] = (("", 0), {})


def known() -> dict[str, str]:
    """By template name (`zh-hans/interrupted.candidate.txt`), the words that replace the product's own. No query.

    A file that a power cut left broken says none, so that no message waits for it; the job makes it anew.
    """
    global _read  # noqa: PLW0603 -- one reading for the whole process
    try:
        stamp = (settings.WORDINGS_FILE, Path(settings.WORDINGS_FILE).stat().st_mtime_ns)
    except FileNotFoundError:
        return {}
    if _read[0] != stamp:
        try:
            words = json.loads(Path(settings.WORDINGS_FILE).read_text(encoding="utf-8"))
        except ValueError:
            return {}
        _read = stamp, words
    return _read[1]


def in_force() -> dict[str, str]:
    """The same, from the rows. One query."""
    newest = WordingVersion.objects.order_by("wording_id", "-number").distinct("wording_id")
    rows = newest.values_list("wording__language", "wording__kind", "wording__audience", "text")
    return {f"{language}/{kind}.{audience}.txt": text for language, kind, audience, text in rows if text}


def write() -> bool:
    """Bring the file to what the rows say, in one move; whether it had to."""
    wanted = in_force()
    if known() == wanted:
        return False
    place = Path(settings.WORDINGS_FILE)
    place.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=place.parent, delete=False, encoding="utf-8") as file:
        json.dump(wanted, file, ensure_ascii=False)
    Path(file.name).replace(place)
    return True
