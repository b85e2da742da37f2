"""From a report to the second round: by the rule on a full score, by a person on anything else."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import NotFound, Refused
from core.events import effect, note
from core.events.models import Reaction, ReactionState
from core.events.running import Left, leave, on_receipt_of, shared_step
from core.events.signal import Happened
from core.figures import Basis
from core.jobs.sets import in_sets
from core.seen import require_as_seen
from people.actors import Actor, Party, actor_label, actor_user
from recruitment import signals
from recruitment.enums import ApplicationStage, AssessmentStatus, DecisionOutcome
from recruitment.models import Application, Assessment, AssessmentScore, Decision, Invitation
from recruitment.models.advancing import unmet
from recruitment.rules import require_recruiting
from recruitment.services import applications, locking, promises
from recruitment.standing import STRENGTH, application_of_assessment, decidable_reports_of, reports_changed

# A rule acts within a minute; what is still without an invitation after this has been forgotten.
FORGOTTEN_AFTER = timedelta(minutes=10)


def apply_rule(*, assessment_id: int) -> None:
    """Bring the decision on a report to what the rule says under which it was taken, with those of the whole chain.

    Full and at the threshold: invited at once. Full and below: noted, nobody is rejected by it. An estimate: a person
    is asked, once: where a stronger report is asked about already, a weaker one stands beside it. A report that is no
    longer current decides nothing; a new one overtakes the questions about what is no stronger.
    """
    leave(settle, assessment_id)


def settle(left: list[Left]) -> None:
    """`apply_rule` for all of these, in their order: the same statements for many as for one, but for invitations."""
    with shared_step():
        application_of_assessment.ahead(one.what for one in left)
        of = {one.what: application_of_assessment(one.what) for one in left}
        held = locking.applications_of(pk for pk in of.values() if pk is not None)
        # Read under the lock: whoever held it may have withdrawn or superseded the report.
        decidable_reports_of.ahead(held.values())
        decided: list[tuple[Left, Decision]] = []
        overtaken: list[Decision] = []
        for one in left:
            application_id = of[one.what]
            if application_id is None:
                raise Assessment.DoesNotExist
            with on_receipt_of(one.reaction):
                decision = _decided(held[application_id], one.what, overtaken)
                if decision is not None:
                    decided.append((one, decision))
        Decision.objects.bulk_create(decision for _one, decision in decided)
        standing = [decision.pk for decision in overtaken if decision.pk is not None]
        if standing:
            Decision.objects.filter(pk__in=standing).update(
                outcome=DecisionOutcome.OVERTAKEN, decided_at=timezone.now()
            )
        for one, decision in decided:
            with on_receipt_of(one.reaction):
                effect(decision, gettext_noop("Advance rule: %(outcome)s"), outcome=str(decision.outcome))
                if decision.outcome == DecisionOutcome.INVITED:
                    _invite(held[decision.application_id], decision.assessment, by=Party.SYSTEM)


def _decided(application: Application, assessment_id: int, overtaken: list[Decision]) -> Decision | None:
    """What the rule of its day says of a report, not written yet; questions that it overtakes go to `overtaken`."""
    reports = decidable_reports_of(application)
    assessment = next((report for report in reports if report.pk == assessment_id), None)
    if assessment is None or assessment.status != AssessmentStatus.CURRENT or hasattr(assessment, "decision"):
        note("nothing to do")
        return None
    strength = STRENGTH[Basis(assessment.basis)]
    asked = [report for report in reports if _is_asked(report)]
    overtaken += _overtake([report.decision for report in asked if STRENGTH[Basis(report.basis)] >= strength])
    # The rule under which it was taken: a later one judges nobody who had begun.
    passes = _passes(assessment)
    waiting = application.stage in ApplicationStage.before_second_round and not _is_about_to_be_invited(
        reports
    )
    if assessment.basis != Basis.FULL:
        is_beside = any(_is_asked(report) and report.status == AssessmentStatus.CURRENT for report in asked)
        outcome = DecisionOutcome.ASKED if waiting and not is_beside else DecisionOutcome.OVERTAKEN
    elif passes is None:
        outcome = DecisionOutcome.ASKED
    elif not passes:
        outcome = DecisionOutcome.BELOW
    else:
        outcome = DecisionOutcome.INVITED if waiting else DecisionOutcome.OVERTAKEN
    return Decision(
        application=application,
        assessment=assessment,
        outcome=outcome,
        threshold=assessment.interview.threshold,
        rule_id=assessment.interview.rule_id,
        decided_at=None if outcome == DecisionOutcome.ASKED else timezone.now(),
    )


def _passes(report: Assessment) -> bool | None:
    """What the rule of its day says of a full report; None where there is none, or a score that it asks for is
    missing. What was begun before rules had versions knows the overall score alone."""
    interview = report.interview
    if report.basis != Basis.FULL or interview.threshold is None or report.value is None:
        return None
    if interview.rule is None or not getattr(report, "asks", True):
        return report.value >= interview.threshold
    scores = {row.competency_id: row.value for row in report.competencies.all()}
    return interview.rule.passes(report.value, scores)


def _is_asked(report: Assessment) -> bool:
    return hasattr(report, "decision") and report.decision.outcome == DecisionOutcome.ASKED


def _is_about_to_be_invited(reports: list[Assessment]) -> bool:
    """Another report of the same set invites already."""
    made = (report.decision for report in reports if hasattr(report, "decision"))
    return any(decision._state.adding and decision.outcome == DecisionOutcome.INVITED for decision in made)


def _overtake(decisions: list[Decision]) -> list[Decision]:
    """These are decided by what came later; the caller writes them."""
    for decision in decisions:
        decision.outcome, decision.decided_at = DecisionOutcome.OVERTAKEN, timezone.now()
    return decisions


def invite(*, decision_id: int, by: Actor) -> Invitation:
    """A person invites to the second round on this report, whatever its basis; the basis stays written on it.

    NotFound: decision_unknown. Refused: decision_made, report_not_current, step_not_allowed.
    """
    require_recruiting(by, Decision, decision_id)
    with transaction.atomic():
        # Interviews, application, decision: the order in which a chain takes them.
        application_id = (
            Decision.objects.filter(pk=decision_id).values_list("application_id", flat=True).first()
        )
        if application_id is None:
            raise _unknown()
        application = locking.application_after_interviews(application_id)
        decision = _held(decision_id, DecisionOutcome.invitable)
        if not Assessment.objects.filter(pk=decision.assessment_id, status=AssessmentStatus.CURRENT).exists():
            raise Refused("report_not_current", _("This report does not stand any more."))
        if application.stage not in ApplicationStage.before_second_round:
            raise Refused(
                "step_not_allowed", _("This application is past that point."), stage=application.stage
            )
        _decide(decision, DecisionOutcome.INVITED, by)
        return _invite(application, decision.assessment, by=by)


def advance(*, application_id: int, by: Actor) -> Invitation:
    """A person invites the applicant to the second round: on the strongest report that stands, whatever its basis.

    Refused: nothing_to_decide, changed_meanwhile, and as for `invite`.
    """
    require_recruiting(by, Application, application_id)
    with transaction.atomic():
        application = locking.application_after_interviews(application_id)
        require_as_seen(application)
        open_to = Decision.objects.filter(
            application=application,
            outcome__in=DecisionOutcome.invitable,
            assessment__status=AssessmentStatus.CURRENT,
        ).select_related("assessment")
        strongest = min(open_to, key=_by_strength, default=None)
        if strongest is None:
            raise Refused("nothing_to_decide", _("No report stands yet on which somebody could be invited."))
        return invite(decision_id=strongest.pk, by=by)


def reopen(*, application_id: int) -> None:
    """Bring the decisions to an application that waits for one again: an invitation was taken back.

    Before the second round nothing that stands is decided by an invitation: a person is asked anew, about the
    strongest report.
    """
    with shared_step():
        application = locking.application(application_id)
        standing = Decision.objects.filter(
            application=application,
            outcome__in=(DecisionOutcome.INVITED, DecisionOutcome.OVERTAKEN, DecisionOutcome.ASKED),
            assessment__status=AssessmentStatus.CURRENT,
        ).select_related("assessment")
        waits = application.stage in ApplicationStage.before_second_round
        ordered = sorted(standing, key=_by_strength) if waits else []
        wanted = [DecisionOutcome.ASKED, *[DecisionOutcome.OVERTAKEN] * (len(ordered) - 1)]
        if not ordered or [each.outcome for each in ordered] == wanted:
            note("nothing to do")
            return
        first, *others = ordered
        first.outcome, first.decided_by, first.decided_at = DecisionOutcome.ASKED, None, None
        changed = _overtake([each for each in others if each.outcome != DecisionOutcome.OVERTAKEN])
        Decision.objects.bulk_update([first, *changed], ["outcome", "decided_by", "decided_at"])
        effect(first, gettext_noop("Advance rule: %(outcome)s"), outcome=DecisionOutcome.ASKED.value)
        reports_changed()


def _by_strength(decision: Decision) -> tuple[int, int]:
    return STRENGTH[Basis(decision.assessment.basis)], -decision.assessment_id


def decline(*, decision_id: int, by: Actor) -> Decision:
    """A person decides not to invite on this report. The application goes on: nobody is rejected by it."""
    require_recruiting(by, Decision, decision_id)
    with transaction.atomic():
        decision = _held(decision_id, DecisionOutcome.undecided)
        _decide(decision, DecisionOutcome.DECLINED, by)
        return decision


def _held(decision_id: int, allowed: tuple[str, ...]) -> Decision:
    try:
        decision = (
            Decision.objects.select_for_update(of=("self",))
            .select_related("assessment__interview")
            .get(pk=decision_id)
        )
    except Decision.DoesNotExist:
        raise _unknown() from None
    if decision.outcome not in allowed:
        raise Refused("decision_made", _("This has been decided already."), outcome=decision.outcome)
    return decision


def _unknown() -> NotFound:
    return NotFound("decision_unknown", _("There is no such decision."))


def _decide(decision: Decision, outcome: DecisionOutcome, by: Actor) -> None:
    decision.outcome, decision.decided_by, decision.decided_at = outcome, actor_user(by), timezone.now()
    decision.save(update_fields=["outcome", "decided_by", "decided_at"])


def _invite(application: Application, assessment: Assessment, *, by: Actor) -> Invitation:
    # One per application: who was invited, sent back and is invited again keeps the row with its new reason.
    (invitation,) = Invitation.objects.bulk_create(
        [
            Invitation(
                application=application,
                assessment=assessment,
                basis=assessment.basis,
                invited_by=actor_user(by),
                invited_at=timezone.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["application"],
        update_fields=["assessment", "basis", "invited_by", "invited_at"],
    )
    effect(invitation, gettext_noop("Invited to the second round"))
    applications.advance(application, by=by, facts={"basis": assessment.basis}, origin=assessment.interview)
    return invitation


def report_forgotten(*, limit: int = promises.MOST_AT_ONCE) -> promises.Waiting:
    """The hourly check: every qualified application without an invitation, announced with the reason, once a day each.

    Returns what was found, those first whose report is the oldest. Qualified: a current full report that meets the
    rule under which it was taken, or the opening's present one: a person may think again where it was lowered, and
    nobody is lost where it was raised.
    """
    qualified = _qualified()
    not_told = qualified.exclude(promises.was_told_lately(OuterRef("interview__application")))
    in_sets(_longest_waiting(not_told, limit), _announce_forgotten, what="qualified application")
    count = qualified.aggregate(count=Count("interview__application", distinct=True))["count"]
    return promises.Waiting(count, _longest_waiting(qualified, promises.MOST_NAMED))


def _longest_waiting(reports: "QuerySet[Assessment]", limit: int) -> list[int]:
    """The applications of these reports, each once."""
    grouped = reports.values("interview__application").annotate(oldest=Min("pk")).order_by("oldest")
    return list(grouped.values_list("interview__application", flat=True)[:limit])


def _qualified() -> "QuerySet[Assessment]":
    scores = AssessmentScore.objects.order_by()
    now = "interview__application__opening__advance_rule"
    meets_then = Q(value__gte=F("interview__threshold")) & ~Q(unmet("interview__rule", scores))
    meets_now = Q(value__gte=F(f"{now}__threshold")) & ~Q(unmet(f"{now}__version", scores))
    return Assessment.objects.filter(
        meets_then | meets_now,
        status=AssessmentStatus.CURRENT,
        basis=Basis.FULL,
        issued_at__lte=timezone.now() - FORGOTTEN_AFTER,
        interview__application__stage__in=ApplicationStage.before_second_round,
    ).exclude(decision__outcome=DecisionOutcome.DECLINED)


def _announce_forgotten(application_ids: Collection[int]) -> int:
    held = {row.pk: row for row in locking.free_applications(application_ids)}
    # Read under the lock: somebody may have invited, declined or been told since.
    waiting = _qualified().filter(interview__application__in=held.keys() - promises.told_lately(held))
    reports: dict[int, Assessment] = {}
    for report in waiting.select_related("interview", "decision").order_by("pk"):
        reports.setdefault(report.interview.application_id, report)
    why = _why_forgotten(reports)
    signals.invitation_overdue.emit_all(
        [Happened(held[pk], {"reason": why[report.pk]}, report.interview) for pk, report in reports.items()],
        by=actor_label(Party.SYSTEM),
    )
    return len(reports)


def _why_forgotten(reports: Mapping[int, Assessment]) -> dict[int, str]:
    """Of each report, by its application. threshold_lowered: it was below the rule of its day; returned: it was invited
    and a person took that back; asked: nobody has decided since; reaction_failed or reaction_pending: the rule never
    ran; unknown otherwise."""
    invited = Invitation.objects.filter(application__in=reports.keys())
    returned = set(invited.values_list("application_id", flat=True))
    undecided = [report.pk for report in reports.values() if not hasattr(report, "decision")]
    reactions = Reaction.objects.filter(
        subject_type=Assessment._meta.label_lower,
        subject_id__in=undecided,
        name="recruitment.apply_advance_rule",
    ).exclude(state=ReactionState.DONE)
    owed = dict(reactions.order_by("-pk").values_list("subject_id", "state"))

    def reason(application_id: int, report: Assessment) -> str:
        if not hasattr(report, "decision"):
            return f"reaction_{owed[report.pk]}" if report.pk in owed else "unknown"
        if report.decision.outcome == DecisionOutcome.BELOW:
            return "threshold_lowered"
        return "returned" if application_id in returned else "asked"

    return {report.pk: reason(pk, report) for pk, report in reports.items()}
