"""From a report to the second round: by the rule on a full score, by a person on anything else."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import NotFound, Refused
from core.events import effect, note
from core.events.models import Reaction, ReactionState
from core.events.running import Left, leave, on_receipt_of, shared_step
from core.figures import Basis
from core.seen import require_as_seen
from people.actors import Actor, Party, actor_label, actor_user
from recruitment import signals
from recruitment.enums import ApplicationStage, AssessmentStatus, DecisionOutcome
from recruitment.models import Application, Assessment, Decision, Invitation
from recruitment.queries import STRENGTH, application_of_assessment, decidable_reports_of, reports_changed
from recruitment.rules import require_recruiting
from recruitment.services import applications, locking, promises

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
    threshold = assessment.interview.threshold
    waiting = application.stage in ApplicationStage.before_second_round and not _is_about_to_be_invited(
        reports
    )
    if assessment.basis != Basis.FULL:
        is_beside = any(_is_asked(report) and report.status == AssessmentStatus.CURRENT for report in asked)
        outcome = DecisionOutcome.ASKED if waiting and not is_beside else DecisionOutcome.OVERTAKEN
    elif threshold is None or assessment.value is None:
        outcome = DecisionOutcome.ASKED
    elif assessment.value < threshold:
        outcome = DecisionOutcome.BELOW
    else:
        outcome = DecisionOutcome.INVITED if waiting else DecisionOutcome.OVERTAKEN
    return Decision(
        application=application,
        assessment=assessment,
        outcome=outcome,
        threshold=threshold,
        decided_at=None if outcome == DecisionOutcome.ASKED else timezone.now(),
    )


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


def report_forgotten() -> list[int]:
    """The hourly check: every qualified application without an invitation, announced with the reason, once a day each.

    Returns the applications found. Qualified: a current full report at or above the threshold under which it was taken,
    or the opening's present one: a person may think again where it was lowered, and nobody is lost where it was raised.
    """
    now = timezone.now()
    qualified = (
        Assessment.objects.filter(
            status=AssessmentStatus.CURRENT,
            basis=Basis.FULL,
            issued_at__lte=now - FORGOTTEN_AFTER,
            interview__application__stage__in=ApplicationStage.before_second_round,
        )
        .filter(
            Q(interview__threshold__isnull=False)
            | Q(interview__application__opening__advance_rule__isnull=False)
        )
        .select_related(
            "interview__application__opening__advance_rule", "interview__application__invitation", "decision"
        )
        .order_by("pk")
    )
    found: dict[int, tuple[Assessment, Decision | None]] = {}
    for assessment in qualified:
        application = assessment.interview.application
        decision = getattr(assessment, "decision", None)
        rule = getattr(application.opening, "advance_rule", None)
        bars = [bar for bar in (assessment.interview.threshold, rule and rule.threshold) if bar is not None]
        if assessment.value is None or assessment.value < min(bars):
            continue
        if decision is not None and decision.outcome == DecisionOutcome.DECLINED:
            continue
        found.setdefault(application.pk, (assessment, decision))
    told = promises.told_lately(list(found))
    for application_id, (assessment, decision) in found.items():
        if application_id not in told:
            application = assessment.interview.application
            _announce_forgotten(application, assessment, _why_forgotten(application, assessment, decision))
    return list(found)


def _why_forgotten(application: Application, assessment: Assessment, decision: Decision | None) -> str:
    """threshold_lowered: it was below the rule of its day; returned: it was invited and a person took that back;
    asked: nobody has decided since; reaction_failed or reaction_pending: the rule never ran; unknown otherwise."""
    if decision is not None and decision.outcome == DecisionOutcome.BELOW:
        return "threshold_lowered"
    if decision is not None:
        return "returned" if hasattr(application, "invitation") else "asked"
    owed = Reaction.objects.filter(
        subject_type=Assessment._meta.label_lower,
        subject_id=assessment.pk,
        name="recruitment.apply_advance_rule",
    ).exclude(state=ReactionState.DONE).values_list("state", flat=True).first()  # fmt: skip
    return f"reaction_{owed}" if owed else "unknown"


def _announce_forgotten(application: Application, assessment: Assessment, reason: str) -> None:
    with transaction.atomic():
        locking.application(application.pk)
        if not promises.was_told(application):
            signals.invitation_overdue.emit(
                subject=application,
                origin=assessment.interview,
                facts={"reason": reason},
                by=actor_label(Party.SYSTEM),
            )
