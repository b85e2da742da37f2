"""What is known of an application's rounds, side by side: cards by competency with their spread, reports, tests."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import fields, panels
from core.admin.steps import Step, StepForm, Text, offer
from core.joining import joined
from people.actors import person_of
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState, RoundOutcome
from recruitment.models import Application, Interview, Round, Scorecard
from recruitment.rounds import pages, rules
from recruitment.rounds.services import outcomes


class OutcomeForm(StepForm):
    """Passed, not passed, to be decided."""

    outcome = fields.choice(_("outcome"), RoundOutcome.choices)
    reason = fields.words(_("reason"), required=False, max_length=outcomes.LONGEST_REASON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Round.objects.filter(interview=self.subject).first()
        if held is not None:
            self.fields["outcome"].initial, self.fields["reason"].initial = held.outcome, held.outcome_reason

    def warnings(self, values: dict[str, Any]) -> Iterable[Text]:
        """Of cards that are not in."""
        missing = Scorecard.objects.filter(round__interview=self.subject, is_called=True, handed_in_at=None)
        names = [str(card.interviewer) for card in missing.select_related("interviewer").order_by("pk")]
        if names and values["outcome"] != RoundOutcome.OPEN:
            yield _("Scorecards are still missing: %(names)s.") % {"names": joined(names)}


def _settle(request: HttpRequest, interview: Interview, data: dict[str, Any]) -> Text:
    outcomes.settle(interview_id=interview.pk, by=person_of(request), **data)
    return _("The outcome of the round was recorded. The application stands where it stood.")


def _is_held(interview: Interview) -> bool:
    is_over = interview.kind == InterviewKind.PEOPLE and interview.state == InterviewState.COMPLETED
    return is_over and Round.objects.filter(interview=interview.pk).exists()


def _of_interview(request: HttpRequest, interview: Interview) -> SafeString:
    """One round."""
    if interview.kind != InterviewKind.PEOPLE:
        return SafeString("")
    return _render(request, interview.application, Round.objects.filter(interview=interview.pk))


def _of_application(request: HttpRequest, application: Application) -> SafeString:
    """Every round, in their order."""
    if application.stage in ApplicationStage.before_second_round:
        return SafeString("")
    return _render(request, application, Round.objects.filter(interview__application=application))


def _render(request: HttpRequest, application: Application, rounds: Any) -> SafeString:
    person = person_of(request)
    found = rounds.select_related("interview", "settled_by").order_by("interview__round")
    rows = [_side_by_side(held, person) for held in found]
    if not rows:
        return SafeString("")
    context = {
        "rounds": rows,
        "reports": pages.reports_of(application),
        "tests": list(application.written_tests.select_related("skill").order_by("pk")),
        "application": application,
    }
    return SafeString(render_to_string("recruitment/rounds/panel.html", context, request=request))


def _side_by_side(held: Round, person: Any) -> dict[str, Any]:
    """The cards that this person may read as columns, competencies as lines, each with how far they lie apart; beside
    each score what it looks like by the round's own anchors."""
    readable = rules.readable(held, person)
    points = {card.pk: dict(card.scores.values_list("competency", "value")) for card in readable}
    lines = []
    for competency in held.competencies.order_by("pk"):
        values = [points[card.pk].get(competency.pk) for card in readable]
        known = [value for value in values if value is not None]
        anchors = held.anchors.get(str(competency.pk), {})
        lines.append({
            "competency": competency,
            "values": [(value, anchors.get(str(value), "")) for value in values],
            "spread": max(known) - min(known) if len(known) > 1 else None,
        })  # fmt: skip
    called = list(held.cards.filter(is_called=True).select_related("interviewer").order_by("pk"))
    own = next((card for card in called if card.interviewer_id == person.pk), None)
    return {
        "held": held,
        "cards": readable,
        "lines": lines,
        "missing": [str(card.interviewer) for card in called if card.handed_in_at is None],
        "own": own if own is not None and own.handed_in_at is None else None,
        "is_held": held.interview.state == InterviewState.COMPLETED,
        "address": reverse("admin:recruitment_interview_change", args=[held.interview_id]),
    }


SETTLE = Step(
    "settle",
    _("Decide the round"),
    _settle,
    form=OutcomeForm,
    look="primary",
    offered=_is_held,
    details=_of_interview,
    words=_(
        "What you made of this round. Nothing is counted from the cards and nothing follows by itself: offer or "
        "rejection stays your next step on the application's page."
    ),
)
offer(Interview, SETTLE)
panels.register(Interview, panels.Panel("rounds", _("Round and scorecards"), _of_interview, order=6))
panels.register(Application, panels.Panel("rounds", _("Rounds and scorecards"), _of_application, order=6))
