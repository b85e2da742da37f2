"""What a model outside was asked about a stage, in words; and whether what scores and compares could work."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.admin import banners
from people.rights import Right
from people.rules import has_right
from recruitment.enums import ScoringState
from recruitment.evaluation.providers import chosen
from recruitment.models import Scoring

REASONS: dict[str, Promise] = {
    "answer_unreadable": _("what the model answered cannot be read"),
    "quotes_invented": _("the model quotes what stands in no answer"),
    "no_quotes": _("the model names no words of the answer for its score"),
    "nothing_said": _("the answers say nothing on it"),
    "nothing_to_score": _("there are no words of it to score"),
    "not_agreed": _("the candidate did not agree to AI evaluation"),
    "not_configured": _("the service's address or model is not set"),
    "unreachable": _("the service cannot be reached"),
    "busy": _("the service is busy"),
    "service_failed": _("the service failed"),
    "key_refused": _("the service refuses our key"),
    "request_refused": _("the service refuses the request"),
    "ended": _("the job that asked was ended"),
    "weights_changed": _("the model's weights are not those that were checked"),
}
FAULTS = {"not_configured", "weights_changed"}


def described(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each time that a stage was given to a model, the newest first, in words."""
    return [
        {
            **each,
            "label": ScoringState(each["state"]).label,
            "why": REASONS.get(each["reason"], ""),
            "again": _again(each),
        }
        for each in asked
    ]


def _again(each: dict[str, Any]) -> datetime | None:
    """When what gave out is asked again; None where nothing waits for that."""
    is_waiting = each["state"] == ScoringState.OWED and each.get("again")
    return datetime.fromisoformat(each["again"]) if is_waiting else None


def failing(request: HttpRequest) -> Any:
    """For administrators, on the first page: what is to score outside and cannot. One query where one is chosen."""
    by = chosen.scorer()
    if not by.sends_data_out or request.path != "/admin/" or not has_right(request.user, Right.KEEP):
        return None
    code = by.health().code or (
        Scoring.objects.filter(state=ScoringState.OWED)
        .exclude(reason="")
        .values_list("reason", flat=True)
        .first()
    )
    if not code:
        return None
    return _(
        "Answers are to be scored by a model, and are not: %(why)s. What waits is left to people in the end."
    ) % {"why": REASONS.get(code, code)}


banners.register("recruitment.scorer_failing", failing)


def not_comparing(request: HttpRequest) -> Any:
    """For administrators, on the first page: what is to compare answers with the rubric and cannot. No query."""
    by = chosen.embedder()
    if by is None or request.path != "/admin/" or not has_right(request.user, Right.KEEP):
        return None
    code = by.health().code
    # What is not installed yet, or not wanted on this machine, is no fault.
    if code not in FAULTS:
        return None
    return _("Answers are not compared with the levels of the rubric: %(why)s.") % {"why": REASONS[code]}


banners.register("recruitment.embedder_failing", not_comparing)
