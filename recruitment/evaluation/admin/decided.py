"""On an application's page: what the advance rule made of each report, in words, and how it is taken back."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin import panels
from core.events.models import Event
from core.events.naming import actor_name
from core.figures import Basis
from people.actors import person_of
from recruitment import signals
from recruitment.enums import ApplicationStage, AssessmentStatus, DecisionOutcome
from recruitment.models import Application, AssessmentScore, Decision
from recruitment.rules import may_recruit

MOST_SHOWN = 20


def _panel(request: HttpRequest, application: Application) -> SafeString:
    """Five queries at most, one where nothing was decided."""
    scores = Prefetch(
        "assessment__competencies", queryset=AssessmentScore.objects.select_related("competency")
    )
    rows = Decision.objects.visible_to(request.user).filter(application=application)
    rows = rows.select_related("assessment", "rule", "decided_by").prefetch_related(
        scores, "rule__conditions__competency"
    )
    shown = list(rows.order_by("-pk")[:MOST_SHOWN])
    if not shown:
        return SafeString("")
    back = _taken_back(application)
    decided = [described(row, back) for row in shown]
    goes_back = application.stage == ApplicationStage.SECOND_ROUND and may_recruit(
        person_of(request), Application, application.pk
    )
    return render_to_string(
        "recruitment/admin/decided.html",
        {"decided": decided, "application": application, "goes_back": goes_back},
    )


def _taken_back(application: Application) -> Event | None:
    """When the last invitation was taken back, if one was. One query."""
    moved = Event.objects.filter(
        kind=signals.application_moved.kind,
        subject_type=Application._meta.label_lower,
        subject_id=application.pk,
        facts__was=ApplicationStage.SECOND_ROUND,
        facts__stage=ApplicationStage.EVALUATING,
    )
    return moved.order_by("-pk").first()


def described(decision: Decision, taken_back: Event | None = None) -> Any:
    """The decision with `why`: which rule, what the report had there, and who decided, or took the invitation back."""
    report = decision.assessment
    known = {row.competency_id: row for row in report.competencies.all()}
    decision.figures = [gettext("overall %(figure)s") % {"figure": _figure(report.value)}]
    for asked in decision.rule.conditions.all() if decision.rule else []:
        score = known.get(asked.competency_id)
        decision.figures.append(f"{asked.competency} {_figure(score.value if score else None)}")
    decision.why = _why(decision)
    asks = decision.outcome == DecisionOutcome.ASKED and report.basis == Basis.FULL
    if asks and taken_back is not None and taken_back.at > decision.at:
        decision.why = gettext("Invited; %(who)s took the invitation back on %(when)s. A person decides.") % {
            "who": actor_name(taken_back.by),
            "when": date_format(localtime(taken_back.at), "DATETIME_FORMAT"),
        }
    decision.is_automatic = decision.decided_by is None and decision.outcome in (
        DecisionOutcome.INVITED,
        DecisionOutcome.BELOW,
    )
    decision.stands = report.status == AssessmentStatus.CURRENT
    return decision


def _figure(value: Any) -> str:
    return gettext("unknown") if value is None else number_format(value.normalize(), use_l10n=False)


def _why(decision: Decision) -> str:
    if decision.outcome == DecisionOutcome.OVERTAKEN:
        return gettext("Another report or decision came before this one counted.")
    if decision.decided_by is not None:
        return gettext("%(who)s decided.") % {"who": decision.decided_by}
    if decision.assessment.basis != Basis.FULL:
        return gettext("An estimate moves nobody: a person decides.")
    if decision.outcome == DecisionOutcome.INVITED:
        return gettext("Every condition is met: invited automatically.")
    if decision.outcome == DecisionOutcome.BELOW:
        return gettext("A condition is not met: not invited automatically, and not rejected either.")
    if decision.threshold is None:
        return gettext("The opening had no rule when the interview began: a person decides.")
    return gettext("The rule leaves this to a person.")


panels.register(Application, panels.Panel("decided", _("What the advance rule decided"), _panel, order=10))
