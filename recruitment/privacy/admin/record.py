"""On the candidate's page: hold and erase, what would go, and how far it is; on an application's: hold that one."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import fields, panels
from core.admin.steps import ConfirmForm, Step, StepForm, Text, offer
from core.persons import counted, parts
from people.actors import person_of
from people.rules import is_lead
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate, Erasure, Hold
from recruitment.models.privacy import ErasureState, RequestKind
from recruitment.privacy.services import asking, erasing, holding


class HoldForm(StepForm):
    """Why, and until when."""

    reason = fields.words(_("reason"), max_length=holding.LONGEST_REASON)
    until = fields.day(
        _("held until"), required=False, help_text=_("That day included; empty: until it is lifted.")
    )


class ReasonForm(StepForm):
    """Why."""

    reason = fields.words(_("reason"), max_length=holding.LONGEST_REASON)


class EraseForm(ReasonForm):
    """Why, and the word that nothing brings it back."""

    sure_of_it = forms.BooleanField(label=_("I know that this cannot be undone"))


def _standing(candidate: Candidate) -> Hold | None:
    rows = Hold.objects.standing().filter(candidate=candidate, application=None)
    return rows.select_related("by").first()


def _standing_of(application: Application) -> Hold | None:
    return Hold.objects.standing().filter(application=application).select_related("by").first()


def _newest(candidate: Candidate) -> Erasure | None:
    rows = Erasure.objects.filter(candidate=candidate).exclude(state=ErasureState.CALLED_OFF)
    return rows.select_related("by").order_by("-pk").first()


def _hold(request: HttpRequest, candidate: Candidate, data: dict[str, Any]) -> Text:
    holding.hold(candidate_id=candidate.pk, reason=data["reason"], until=data["until"], by=person_of(request))
    return _("The record is held: nothing of it is deleted until the hold ends.")


def _lift(request: HttpRequest, candidate: Candidate, data: dict[str, Any]) -> Text:
    row = _standing(candidate)
    holding.lift(hold_id=row.pk if row else 0, reason=data["reason"], by=person_of(request))
    return _("The hold was lifted; the usual periods run again.")


def _hold_one(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    given = {"reason": data["reason"], "until": data["until"], "by": person_of(request)}
    holding.hold_application(application_id=application.pk, **given)
    return _("The application is held: nothing of it is deleted until the hold ends.")


def _lift_one(request: HttpRequest, application: Application, data: dict[str, Any]) -> Text:
    row = _standing_of(application)
    holding.lift(hold_id=row.pk if row else 0, reason=data["reason"], by=person_of(request))
    return _("The hold was lifted; the usual periods run again.")


def _erase(request: HttpRequest, candidate: Candidate, data: dict[str, Any]) -> Text:
    erasing.decide(candidate_id=candidate.pk, reason=data["reason"], by=person_of(request))
    return _("The record will be erased an hour from now; until then you can call it off.")


def _call_off(request: HttpRequest, candidate: Candidate, _data: dict[str, Any]) -> Text:
    row = _newest(candidate)
    erasing.call_off(erasure_id=row.pk if row else 0, by=person_of(request))
    return _("Called off: the record stays.")


def _copy(request: HttpRequest, candidate: Candidate, _data: dict[str, Any]) -> Text:
    asking.ask(candidate_id=candidate.pk, kind=RequestKind.DATA, by=person_of(request))
    return _("The copy is being made; it lies with the requests about the own data.")


def preview(request: HttpRequest, candidate: Candidate) -> SafeString:
    """What goes, what stays, what speaks against it, and which applications are to be ended first."""
    found = erasing.preview(candidate)
    going, staying = counted(found.records)
    context = {
        "against": found.against,
        "going_on": candidate.applications.exclude(stage__in=ApplicationStage.ended).select_related(
            "opening"
        ),
        "going": going,
        "staying": staying,
        "parts": [part.title for part in parts()],
    }
    return SafeString(render_to_string("recruitment/admin/erase_preview.html", context, request=request))


def _panel(request: HttpRequest, candidate: Candidate) -> SafeString:
    holds = Hold.objects.standing().filter(candidate=candidate).select_related("by", "application__opening")
    standing, erasure = list(holds.order_by("-pk")), _newest(candidate)
    requests = asking.open_requests(candidate.pk)
    if not standing and erasure is None and not requests:
        return SafeString("")
    context = {
        "requests": requests,
        "holds": standing,
        "erasure": erasure,
        "of": len(parts()),
        "went": [(part.title, erasure.done[part.code]) for part in parts() if part.code in erasure.done]
        if erasure
        else [],
        "erased_at": candidate.erased_at,
    }
    return SafeString(render_to_string("recruitment/admin/privacy_panel.html", context, request=request))


def _panel_of_one(request: HttpRequest, application: Application) -> SafeString:
    hold = _standing_of(application)
    if hold is None:
        return SafeString("")
    context = {"holds": [hold], "is_here": True}
    return SafeString(render_to_string("recruitment/admin/privacy_panel.html", context, request=request))


panels.register(Candidate, panels.Panel("privacy", _("Personal data"), _panel, order=1))
panels.register(Application, panels.Panel("privacy", _("Personal data"), _panel_of_one, order=1))
offer(
    Application,
    Step(
        "hold",
        _("Hold for a dispute"),
        _hold_one,
        form=HoldForm,
        may=is_lead,
        offered=lambda row: row.candidate.erased_at is None and _standing_of(row) is None,
        words=_(
            "Of this application nothing is deleted while a dispute runs; the candidate's other applications keep "
            "their periods. The person is not erased before the hold ends."
        ),
    ),
    Step(
        "lift",
        _("Lift the hold"),
        _lift_one,
        form=ReasonForm,
        may=is_lead,
        offered=lambda row: _standing_of(row) is not None,
        words=_("The usual periods run again; what is past its time goes in the next night."),
    ),
)
offer(
    Candidate,
    Step(
        "copy_data",
        _("Make a copy of the data"),
        _copy,
        form=ConfirmForm,
        may=is_lead,
        offered=lambda row: row.erased_at is None,
        words=_(
            "One ZIP with everything that we hold about this person, and who looked at it. It lies with the requests "
            "about the own data for seven days."
        ),
    ),
    Step(
        "hold",
        _("Hold for a dispute"),
        _hold,
        form=HoldForm,
        may=is_lead,
        offered=lambda row: row.erased_at is None and _standing(row) is None,
        words=_(
            "While a dispute runs, nothing of this record is deleted: neither when its time is over nor when the "
            "person asks for it."
        ),
    ),
    Step(
        "lift",
        _("Lift the hold"),
        _lift,
        form=ReasonForm,
        may=is_lead,
        offered=lambda row: _standing(row) is not None,
        words=_("The usual periods run again; what is past its time goes in the next night."),
    ),
    Step(
        "erase",
        _("Erase the record"),
        _erase,
        form=EraseForm,
        may=is_lead,
        look="danger",
        offered=lambda row: row.erased_at is None and getattr(_newest(row), "state", "") == "",
        words=_(
            "Everything that names this person goes: name, phone, e-mail, answers, recordings, résumés, notes and "
            "messages, also from the history. States, times and scores stay without a name, so that every figure "
            "counts as before."
        ),
        details=preview,
    ),
    Step(
        "call_off_erasure",
        _("Call the erasure off"),
        _call_off,
        form=ConfirmForm,
        may=is_lead,
        offered=lambda row: getattr(_newest(row), "state", "") == ErasureState.WAITING,
        words=_("The record stays as it is."),
    ),
)
