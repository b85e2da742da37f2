"""The steps of an application: where a candidate stands, and what is promised by when."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import Invalid, Refused
from core.events import effect, note
from core.events.running import shared_step
from core.seen import require_as_seen
from people.actors import Actor, Party, actor_label, actor_user
from people.calendar import add_working_days, first_working_day, is_working_day, require_start_day
from people.rights import Right
from people.rules import has_right
from recruitment import signals
from recruitment.enums import APPLICATION_STEPS, ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Application, Candidate, Interview, Opening
from recruitment.rules import require_not_erased, require_recruiting
from recruitment.services import application_stages, locking, objections, reopening, vacancies

STARTS = "recruitment.starts"
LONGEST_REASON = 200
PEOPLE_TAKE = (
    "screen", "make_offer", "hire", "reject", "withdraw", "fall_through", "return_to_evaluation", "reopen",
)  # fmt: skip
# Where a word is promised anew, as far as a time is set for the stage.
LEADS_TO = {"screen": ApplicationStage.SCREENING, "make_offer": ApplicationStage.OFFER}
NEEDS_REASON = {
    "reject": _("A rejection needs its reason."),
    "fall_through": _("Please say why it fell through."),
    "reopen": _("Taking an end back needs its reason."),
}


def apply(
    *, candidate_id: int, opening_id: int, by: Actor, planned_start: date | None = None, source: str = ""
) -> Application:
    """A candidate's run at an opening begins; a start that is planned already opens its preparation at once.

    Whose earlier run was called off may begin another one. `source` is how it came, "" where nobody said.
    Invalid: calendar_year_missing, start_in_the_past, start_not_a_working_day. Refused: already_applied,
    opening_closed, erased_already.
    """
    if by is not Party.CANDIDATE:
        require_recruiting(by, Opening, opening_id)
    with transaction.atomic():
        opening = Opening.objects.select_for_update().get(pk=opening_id)
        candidate = Candidate.objects.get(pk=candidate_id)
        require_not_erased(candidate)
        if opening.state != "open":
            raise Refused("opening_closed", _("This opening is closed."))
        standing = Application.objects.exclude(stage__in=ApplicationStage.called_off)
        if standing.filter(candidate=candidate, opening=opening).exists():
            raise Refused("already_applied", _("This candidate has applied for this opening already."))
        if planned_start is not None:
            require_start_day(planned_start, is_typed=by is not Party.SYSTEM)
        application = Application.objects.create(
            candidate=candidate,
            opening=opening,
            planned_start=planned_start,
            source=source,
            promised_by=application_stages.first_promise(opening),
        )
        if planned_start is not None:
            _announce_start(application, by=by)
        return application


def align(*, interview_id: int) -> None:
    """Bring the application to where its interview is: interviewing while it runs, evaluating once it is finished.

    Of an interview that came and went unnoticed both steps are taken. A later round in the room begins the evaluation
    anew; one that people hold is their own evaluation. Whose next word is due gets its promised day anew.
    """
    with shared_step():
        interview = locking.interview(interview_id)
        application = locking.application(interview.application_id)
        was = (application.stage, application.promised_by)
        begins_from = [ApplicationStage.APPLIED, ApplicationStage.SCREENING]
        if interview.kind != InterviewKind.PEOPLE:
            begins_from.append(ApplicationStage.EVALUATING)
        is_over = interview.state == InterviewState.COMPLETED
        under_way = interview.state in (InterviewState.IN_PROGRESS, InterviewState.INTERRUPTED)
        if application.stage in begins_from and (
            under_way or (is_over and application.stage != ApplicationStage.EVALUATING)
        ):
            _move(application, Application.start_interview, by=Party.SYSTEM, promised=None)
        if is_over and application.stage == ApplicationStage.INTERVIEWING:
            _move(
                application,
                Application.start_evaluation,
                by=Party.SYSTEM,
                promised=application_stages.owed(application, ApplicationStage.EVALUATING),
            )
        elif is_over and application.stage in (ApplicationStage.EVALUATING, ApplicationStage.SECOND_ROUND):
            _renew_promise(application, interview)
        if (application.stage, application.promised_by) == was:
            note("nothing to do")
            return
        effect(application, gettext_noop("Application: %(stage)s"), stage=str(application.stage))


def _renew_promise(application: Application, interview: Interview) -> None:
    """Who was interviewed once more waits from that day on; a day that lies later already stands.

    The interview with which the stage began gave its promise then: a later rule makes no other of it.
    """
    if interview.completed_at is None or application.promised_by is None:
        return
    if interview.completed_at <= application.stage_since:
        return
    within = application_stages.owed(application, application.stage)
    if within is None:
        return
    day = add_working_days(timezone.localdate(interview.completed_at), within).date
    if day > application.promised_by:
        application.promised_by = day
        application.save(update_fields=["promised_by"])


def take_step(*, application_id: int, step: str, by: Actor, reason: str = "") -> Application:
    """A person moves an application: screen, make_offer, hire, reject, withdraw, fall_through, return_to_evaluation,
    reopen. Reject, fall_through and reopen need a reason, and so does a hire beyond the opening's vacancies.

    Invalid: step_unknown, reason_missing, no_vacancy. Refused: applied_again, changed_meanwhile, and what
    a floor above objects (has_started).
    """
    require_recruiting(by, Application, application_id)
    if step not in PEOPLE_TAKE:
        raise Invalid("step_unknown", _("Unknown step."))
    reason = reason.strip()[:LONGEST_REASON]
    if step in NEEDS_REASON and not reason:
        raise Invalid("reason_missing", NEEDS_REASON[step])
    with transaction.atomic():
        application = locking.application_after_interviews(application_id)
        require_as_seen(application)
        objections.ask(application, step)
        if step == "reopen":
            reopening.reopen(application, reason=reason, by=by)
            return application
        if step == "hire" and application.stage in APPLICATION_STEPS.sources("hire"):
            vacancies.require(application, reason=reason)
        promised = application_stages.owed(application, LEADS_TO[step]) if step in LEADS_TO else None
        _move(application, getattr(Application, step), by=by, promised=promised, reason=reason)
        return application


def withdraw(*, application_id: int, by: Actor) -> Application:
    """The candidate takes the application back."""
    with transaction.atomic():
        application = locking.application_after_interviews(application_id)
        _move(application, Application.withdraw, by=by, promised=None)
        return application


def _require_may_plan(application_id: int, by: Actor) -> None:
    """Whoever prepares a start may move it too."""
    person = actor_user(by)
    if person is None or not has_right(person, Right.PREPARE):
        require_recruiting(by, Application, application_id)


def plan_start(*, application_id: int, planned_start: date | None, by: Actor) -> Application:
    """Plan, move or drop the start date; preparation begins as soon as there is one.

    The date that stands already changes nothing and announces nothing.
    Invalid: calendar_year_missing, start_in_the_past, start_not_a_working_day. Refused: application_ended,
    changed_meanwhile.
    """
    _require_may_plan(application_id, by)
    if planned_start is not None:
        require_start_day(planned_start, is_typed=by is not Party.SYSTEM)
    with transaction.atomic():
        # Preparation waits on interviews, and they come before the application.
        application = locking.application_after_interviews(application_id)
        if application.stage in ApplicationStage.called_off:
            raise Refused("application_ended", _("This application has ended."))
        if application.planned_start == planned_start:
            return application
        require_as_seen(application)
        application.planned_start = planned_start
        application.save(update_fields=["planned_start"])
        _announce_start(application, by=by)
        return application


def starts_in(year: int) -> "QuerySet[Application]":
    """What is gone through when the calendar of a year was loaded or edited: starts that are planned in it."""
    days = (max(date(year, 1, 1), timezone.localdate()), date(year, 12, 31))
    return Application.objects.filter(planned_start__range=days).exclude(
        stage__in=ApplicationStage.called_off
    )


def move_off_days_off(*, year: int, ids: list[int]) -> None:
    """Bring the starts among these that stand on a day off now to the next working day; `start_planned` of each.

    Safe to run twice: a start on a working day stays.
    """
    days = starts_in(year).filter(pk__in=ids).order_by().values_list("planned_start", flat=True).distinct()
    off = [day for day in days if day and not is_working_day(day)]
    for application_id in (
        starts_in(year).filter(pk__in=ids, planned_start__in=off).order_by("pk").values_list("pk", flat=True)
    ):
        application = locking.application_after_interviews(application_id)
        if application.planned_start in off:
            application.planned_start = first_working_day(application.planned_start).date
            application.save(update_fields=["planned_start"])
            _announce_start(application, by=Party.SYSTEM)


def _announce_start(application: Application, *, by: Actor) -> None:
    announce_starts([application], by=by)


def announce_starts(moved: Iterable[Application], *, by: Actor) -> None:
    """Say of each of these when its start is planned now: in one chain."""
    signals.start_planned.emit_all(
        [(one, {"planned_start": one.planned_start and one.planned_start.isoformat()}) for one in moved],
        by=actor_label(by),
    )


def advance(application: Application, *, by: Actor, facts: dict[str, Any], origin: Interview | None) -> None:
    """Invite a locked application to the second round and announce it."""
    was = application.stage
    application.invite_to_second_round()
    promised = application_stages.owed(application, application.stage)
    application_stages.save(application, promised=promised)
    signals.application_advanced.emit(
        subject=application,
        origin=origin,
        facts={"stage": application.stage, "was": was, **facts},
        by=actor_label(by),
    )


def _move(
    application: Application,
    step: Callable[[Application], None],
    *,
    by: Actor,
    promised: int | None,
    reason: str = "",
) -> None:
    was = application.stage
    step(application)
    if application.stage in ApplicationStage.ended:
        application.stood_at, application.end_reason = was, reason
    application_stages.save(application, promised=promised)
    if application.stage in ApplicationStage.called_off:
        signal = signals.application_ended
    elif application.stage in (ApplicationStage.OFFER, ApplicationStage.HIRED):
        signal = signals.application_advanced
    elif by is Party.SYSTEM:
        return  # what follows from an interview is announced as that interview's own event
    else:
        signal = signals.application_moved
    facts = {"stage": application.stage, "was": was} | ({"reason": reason} if reason else {})
    signal.emit(subject=application, facts=facts, by=actor_label(by))
