"""A vendor's reports in words: what kind, what became of each, and the vendor's own scores apart from ours."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin import looks
from recruitment.enums import InterviewState
from recruitment.models import VendorEvent, VendorInterview
from recruitment.models.vendors import VendorEventState
from recruitment.vendors.mappings import COMPLETED, EXITED, MAPPINGS, RESUMED, STAGE_DONE, STARTED

MOST_REPORTS = 100
LONGEST_VALUE = 60
_KINDS: dict[str, Promise] = {
    STARTED: gettext_lazy("Started"),
    STAGE_DONE: gettext_lazy("Stage done"),
    EXITED: gettext_lazy("Exited"),
    RESUMED: gettext_lazy("Resumed"),
    COMPLETED: gettext_lazy("Completed"),
}
_FORMATS: dict[str, Promise | str] = {"standard": gettext_lazy("the documented format"), "yimian": "壹面"}
_REASONS: dict[str, Promise] = {
    "stage_unknown": gettext_lazy("names a stage that the plan does not have"),
    "stages_missing": gettext_lazy("stages were still missing after an hour"),
    "score_unreadable": gettext_lazy("a score cannot be read"),
    "step_not_allowed": gettext_lazy("not possible in the state at that time"),
    "window_not_open": gettext_lazy("the window was not open yet"),
    "window_over": gettext_lazy("the window was over"),
    "resume_over": gettext_lazy("the time to return was over"),
    "no_returns_left": gettext_lazy("left too often"),
}
STATE_LOOKS = {"waiting": "info", "applied": "success", "overtaken": "default", "refused": "danger"}


@dataclass(frozen=True, slots=True)
class VendorScore:
    """One score as the vendor gave it. `is_used`: it stands for one of our competencies."""

    stage: str
    name: str
    value: str
    is_used: bool


def format_words(name: str) -> str:
    """Whose words a vendor's reports use."""
    return str(_FORMATS.get(name, name))


def kind_words(kind: str) -> str:
    """What happened."""
    return str(_KINDS.get(kind, kind))


def reason_words(code: str) -> str:
    """Why a report was not applied; "" when it was."""
    before, found, state = code.partition("state_")
    if not before and found and state in InterviewState.values:
        return _("the interview was already: %(state)s") % {"state": InterviewState(state).label}
    return str(_REASONS.get(code, code))


def of(link: VendorInterview) -> list[dict[str, Any]]:
    """The reports on one interview, in the order in which things happened. One query."""
    events = VendorEvent.objects.filter(vendor=link.vendor_id, reference=link.reference)
    return [
        {
            "row": event,
            "kind": kind_words(event.kind),
            "state": VendorEventState(event.state).label,
            "look": STATE_LOOKS[event.state],
            "reason": reason_words(event.code),
            "when": looks.minute(event.occurred_at),
            "scores": scores_of(event.payload, link.vendor.mapping),
        }
        for event in events.order_by("occurred_at", "id")[:MOST_REPORTS]
    ]


def scores_of(payload: Any, mapping: str) -> list[VendorScore]:
    """Every score in a report, also those that no rule of ours reads. The payload is the vendor's: nothing is sure."""
    if not isinstance(payload, dict):
        return []
    parts = [payload, *_objects(payload.get("stages"))]
    known = MAPPINGS[mapping].competencies if mapping in MAPPINGS else {}
    return [
        VendorScore(
            stage=_short(part.get("stage")),
            name=_short(score.get("competency")),
            value=_short(score.get("value")),
            is_used=isinstance(score.get("competency"), str) and score["competency"] in known,
        )
        for part in parts
        for score in _objects(part.get("scores"))
    ]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _short(value: Any) -> str:
    return "" if value is None else str(value)[:LONGEST_VALUE]


def readable(payload: Any) -> str:
    """The JSON with line breaks, Chinese as Chinese."""
    return json.dumps(payload, ensure_ascii=False, indent=2)
