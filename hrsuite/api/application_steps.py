"""`applications/<id>/steps/<step>/`: what HR does with an application, on what was seen of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core import seen
from core.api.base import SaidField, WordedSerializer
from core.errors import DomainError, NotFound, Refused
from core.middleware import as_domain_error
from people.models import User
from recruitment.enums import ApplicationStage
from recruitment.models import Application
from recruitment.services import steps
from recruitment.services.applications import LONGEST_REASON

LONGEST_VERSION = 32


class StepOfApplicationSerializer(WordedSerializer):
    """Why, and on which state of the application it was decided."""

    words = {
        "reason": "Why; needed to reject, to note that it fell through, to reopen, and to hire beyond the headcount.",
        "version": "The application's `version` as it was read: another one now is 409 `changed_meanwhile`.",
    }
    reason = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, default="")
    version = SaidField(max_length=LONGEST_VERSION)


class RefusedStepSerializer(WordedSerializer):
    """Why the step was not taken, and where the application stands now."""

    words = {
        "code": "What is wrong, for programs: it never changes.",
        "message": "The same for people, in the reader's language.",
        "stage": "Where it stands now.",
        "version": "Its version now.",
    }
    code = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True)
    stage = serializers.ChoiceField(choices=ApplicationStage.choices, read_only=True)
    version = serializers.CharField(read_only=True)


STEP = OpenApiParameter(
    "step", OpenApiTypes.STR, OpenApiParameter.PATH, enum=steps.NAMES, description="The step's name."
)


def take(pk: int, step: str, data: Any, *, by: User) -> None:
    """Take the step on the application as the caller saw it.

    NotFound: not_found, step_unknown. A refusal says where the application stands now.
    """
    row = Application.objects.visible_to(by).filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found", _("There is no such record."))
    if step not in steps.NAMES:
        raise NotFound("step_unknown", _("There is no such step."), steps=list(steps.NAMES))
    body = StepOfApplicationSerializer(data=data)
    body.is_valid(raise_exception=True)
    try:
        _take(row, step, by, **body.validated_data)
    except Exception as error:
        domain = as_domain_error(error)
        if isinstance(domain, Refused):
            raise _with_state(domain, row.pk) from error
        raise


def _take(row: Application, step: str, by: Any, *, reason: str, version: str) -> None:
    with seen.as_seen(row, version):
        if version != seen.version_of(row):
            # Whoever decided on something else hears that first. Under the lock it is asked again.
            seen.require_as_seen(row)
        steps.take(application_id=row.pk, step=step, by=by, reason=reason)


def _with_state(error: DomainError, pk: int) -> Refused:
    """The same refusal, with where the application stands now."""
    now = Application.objects.get(pk=pk)
    message = error.message
    if str(message) == error.code:
        message = _("This step is not possible in the present state.")
    extra = {**error.extra, "stage": now.stage, "version": seen.version_of(now)}
    return Refused(error.code, message, **extra)
