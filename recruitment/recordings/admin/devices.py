"""A candidate's device in words: what it is, how answers are given on it, and why no richer medium was possible.

For the person who helps or judges; no score ever reads it.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recruitment.enums import Medium

_FILE = "file"
_TROUBLES: dict[str, Promise] = {
    "NotAllowedError": gettext_lazy("not allowed"),
    "NotFoundError": gettext_lazy("none found"),
    "NotReadableError": gettext_lazy("in use by another app"),
    "OverconstrainedError": gettext_lazy("not good enough"),
    "unsupported": gettext_lazy("not supported by this browser"),
    "no recording": gettext_lazy("does not record"),
}


@dataclass(frozen=True, slots=True)
class DeviceWords:
    """What a page said about itself. `medium` and `troubles` are "" when it said nothing."""

    name: str
    medium: str
    troubles: str


def words(device: Any, mime: str | None = "") -> DeviceWords:
    """The report of one entry; `mime` is the last recording's type, for a page that named no medium."""
    said = device if isinstance(device, dict) else {}
    parts = [str(said[key]) for key in ("platform", "browser", "network") if said.get(key)]
    if said.get("upload_kbps"):
        parts.append(_("%(speed)s kbit/s up") % {"speed": said["upload_kbps"]})
    return DeviceWords(" · ".join(parts), _medium(said.get("medium"), mime), _troubles(said))


def _medium(chosen: Any, mime: str | None) -> str:
    if chosen == _FILE:
        return _("File from the camera app")
    recorded = (mime or "").partition("/")[0]
    known = chosen if chosen in Medium.values else recorded
    return str(Medium(known).label) if known in Medium.values else ""


def _troubles(said: dict[str, Any]) -> str:
    found = []
    if said.get("camera"):
        found.append(_("camera: %(trouble)s") % {"trouble": _trouble(said["camera"])})
    if said.get("microphone"):
        found.append(_("microphone: %(trouble)s") % {"trouble": _trouble(said["microphone"])})
    return " · ".join(found)


def _trouble(name: Any) -> str:
    return str(_TROUBLES.get(str(name), name))
