"""Follow-ups: after an exit, or when asked, somebody calls within 24 hours; `overdue` watches the clock."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import Invalid, Refused
from core.events import effect, note
from core.events.models import Reaction
from core.events.running import Left, leave, on_receipt_of, receipt, shared_step
from core.events.signal import Happened
from core.seen import require_as_seen
from messaging.enums import Settled
from people.actors import Actor, Party, actor_label, actor_user
from people.colleagues import whom_to_turn_to
from people.models import User
from recruitment import signals
from recruitment.enums import (
    ApplicationStage,
    ContactChannel,
    EnquiryWay,
    FollowUpKind,
    FollowUpState,
    InterviewState,
    Outcome,
)
from recruitment.models import Application, ContactAttempt, FollowUp, Interview, InterviewExit
from recruitment.queries import exits_of
from recruitment.rules import require_recruiting
from recruitment.services import enquiries, interviews, locking, untold
from recruitment.services.days_off import fallen, given_at

LONGEST_NOTE = 500
PROMISED_WITHIN = timedelta(hours=24)
SECOND_CLICK = timedelta(minutes=1)
# What the interview's state says about an unfinished exit follow-up; interrupted, abandoned and missed leave it open.
_CLOSED_BY = {
    InterviewState.IN_PROGRESS: Outcome.RETURNED,
    InterviewState.COMPLETED: Outcome.RETURNED,
    InterviewState.SCHEDULED: Outcome.RESCHEDULED,
    InterviewState.CANCELLED: Outcome.CANCELLED,
}
_OF_DAY_OFF = {
    InterviewState.SCHEDULED: Outcome.RESCHEDULED,
    InterviewState.CANCELLED: Outcome.CANCELLED,
}


def align(*, interview_id: int) -> None:
    """Bring the exit follow-up to what the interview's present state requires, with those of the whole chain.

    Interrupted, missed or abandoned: one exists for this exit, and stays until a cause is learnt. In progress,
    completed, scheduled again or cancelled: the unfinished one is closed with that outcome. Once the application has
    ended nobody is called: it is closed as cancelled, and none is opened.
    """
    leave(settle, interview_id)


def settle(left: list[Left]) -> None:
    """`align` for all of these: the same statements for many as for one, but for those that are closed."""
    with shared_step():
        interviews = locking.interviews_of(one.what for one in left)
        exits_of.ahead(pk for pk, row in interviews.items() if row.state not in _CLOSED_BY)
        rows: dict[int, list[FollowUp]] = {}
        days_off: list[FollowUp] = []
        about = FollowUp.objects.select_for_update().filter(
            interview__in=interviews, kind__in=FollowUpKind.of_interview
        )
        for row in about.order_by("pk"):
            if row.kind == FollowUpKind.EXIT:
                rows.setdefault(row.interview_id, []).append(row)
            elif row.state in FollowUpState.unfinished:
                days_off.append(row)
        if days_off:
            close_of_days_off(
                days_off, interviews, fallen([interviews[row.interview_id] for row in days_off])
            )
        ended = _whose_application_has_ended(list(interviews.values()))
        wanted = []
        for one in left:
            with on_receipt_of(one.reaction):
                wanted += _aligned(interviews[one.what], rows.get(one.what, []), has_ended=one.what in ended)
        _open(wanted)


def _aligned(interview: Interview, rows: list[FollowUp], *, has_ended: bool) -> "list[_Wanted]":
    """Close what the interview's state closes; the follow-up that is to be opened, if any."""
    standing = [
        row for row in rows if row.state in FollowUpState.unfinished or row.attempt == interview.attempt
    ]
    unfinished = next((row for row in standing if row.state in FollowUpState.unfinished), None)
    outcome = _CLOSED_BY.get(InterviewState(interview.state))
    exit_ = None if outcome else _open_exit(interview)
    if outcome is None and has_ended:
        outcome = Outcome.CANCELLED
    if outcome is None:
        return _wanted_for_exit(interview, exit_, standing, unfinished)
    if unfinished is not None:
        unfinished.interview = interview
        close_one(unfinished, outcome=outcome, by=Party.SYSTEM)
        effect(unfinished, gettext_noop("Follow-up closed: %(outcome)s"), outcome=str(unfinished.outcome))
    else:
        note("nothing to do")
    return []


def align_of_application(*, application_id: int) -> None:
    """`align` for each interview of the application whose exit somebody has, or may have, to follow up."""
    owed = FollowUp.objects.filter(
        interview=OuterRef("pk"), kind__in=FollowUpKind.of_interview, state__in=FollowUpState.unfinished
    )
    concerned = Q(state__in=InterviewState.broken_off) | Q(Exists(owed))
    ids = Interview.objects.filter(concerned, application=application_id).order_by("pk")
    for interview_id in list(ids.values_list("pk", flat=True)):
        align(interview_id=interview_id)


def _open_exit(interview: Interview) -> InterviewExit | None:
    return next(
        (
            exit_
            for exit_ in exits_of(interview.pk)
            if exit_.attempt == interview.attempt and exit_.returned_at is None
        ),
        None,
    )


def _whose_application_has_ended(interviews: Collection[Interview]) -> set[int]:
    """As it is now: what came along with the interview's own row may be older than its lock."""
    exits = {row.pk: _open_exit(row) for row in interviews if row.state not in _CLOSED_BY}
    ended = {
        pk
        for pk, exit_ in exits.items()
        if exit_ is not None and exit_.application_stage in ApplicationStage.ended  # type: ignore[attr-defined]
    }
    unknown = {row.pk: row.application_id for row in interviews if exits.get(row.pk, ...) is None}
    if unknown:
        rows = Application.objects.filter(pk__in=unknown.values(), stage__in=ApplicationStage.ended)
        found = set(rows.values_list("pk", flat=True))
        ended |= {pk for pk, application_id in unknown.items() if application_id in found}
    return ended


def _wanted_for_exit(
    interview: Interview,
    exit_: InterviewExit | None,
    standing: list[FollowUp],
    unfinished: FollowUp | None,
) -> "list[_Wanted]":
    exit_id = exit_.pk if exit_ else None
    # What was called off with an application that goes on again is owed anew.
    dealt_with = [row for row in standing if row.outcome != Outcome.CANCELLED]
    if any((row.attempt, row.exit_id) == (interview.attempt, exit_id) for row in dealt_with):
        note("nothing to do")
        return []
    if unfinished is not None:
        # The return that lay between was overtaken: its follow-up is settled by it all the same.
        unfinished.interview = interview
        close_one(unfinished, outcome=Outcome.RETURNED, by=Party.SYSTEM)
    return [_Wanted(interview, FollowUpKind.EXIT, receipt(), exit_id)]


class _Wanted(NamedTuple):
    """A follow-up that is to be opened, and the receipt on which that is noted."""

    interview: Interview
    kind: str
    reaction: Reaction | None = None
    exit_id: int | None = None
    note: str = ""
    due_at: datetime | None = None


def open_one(
    interview: Interview,
    *,
    kind: str,
    exit_id: int | None = None,
    note: str = "",
    due_at: datetime | None = None,
) -> FollowUp:
    """A new follow-up of a locked interview, for whoever acts for its specialist now; announced."""
    return _open([_Wanted(interview, kind, receipt(), exit_id, note, due_at)])[0]


def open_several(due: Mapping[Interview, datetime], *, kind: str) -> list[FollowUp]:
    """`open_one` of each of these locked interviews, due then: as one chain."""
    return _open([_Wanted(interview, kind, receipt(), due_at=at) for interview, at in due.items()])


def close_of_days_off(
    rows: Collection[FollowUp], interviews: Mapping[int, Interview], still: Collection[int]
) -> None:
    """Close those of these whose interview is not among those on a new day off any more: moved, called off, or as it
    was, because it went on, or the day is worked again."""
    for row in rows:
        if row.interview_id in still:
            continue
        row.interview = interview = interviews[row.interview_id]
        outcome = _OF_DAY_OFF.get(InterviewState(interview.state), Outcome.KEPT)
        if outcome == Outcome.RESCHEDULED and given_at([interview])[interview.pk] <= row.opened_at:
            outcome = Outcome.KEPT
        close_one(row, outcome=outcome, by=Party.SYSTEM)


def _open(wanted: "list[_Wanted]") -> list[FollowUp]:
    """Open these, each for its opening's specialist or whoever acts for them, and announce it."""
    now = timezone.now()
    opened = FollowUp.objects.bulk_create(
        FollowUp(
            interview=one.interview,
            attempt=one.interview.attempt,
            exit_id=one.exit_id,
            kind=one.kind,
            note=one.note,
            assignee=whom_to_turn_to(one.interview.application.opening.specialist),
            opened_at=now,
            due_at=one.due_at or now + PROMISED_WITHIN,
        )
        for one in wanted
    )
    happened = []
    for one, follow_up in zip(wanted, opened, strict=True):
        facts = {"kind": one.kind, "due_at": follow_up.due_at.isoformat()}
        happened.append(Happened(follow_up, facts, one.interview, one.reaction))
        if one.kind == FollowUpKind.EXIT:
            with on_receipt_of(one.reaction):
                effect(follow_up, gettext_noop("Follow-up opened"))
    signals.follow_up_opened.emit_all(happened)
    return opened


def ask(*, interview_id: int, note: str) -> FollowUp:
    """The candidate asks for contact without leaving. An unfinished request takes the new words instead of a second.

    Invalid: note_empty, note_too_long.
    """
    note = note.replace("\x00", "").strip()
    if not note:
        raise Invalid("note_empty", _("Please write what HR can help you with."))
    if len(note) > LONGEST_NOTE:
        raise Invalid("note_too_long", _("Please use 500 characters at most."))
    with transaction.atomic():
        interview = locking.interview(interview_id)
        asked = (
            FollowUp.objects.select_for_update()
            .filter(interview=interview, kind=FollowUpKind.ASKED, state__in=FollowUpState.unfinished)
            .first()
        )
        if asked is None:
            enquiries.keep(application_id=interview.application_id, way=EnquiryWay.PAGE)
            return open_one(interview, kind=FollowUpKind.ASKED, exit_id=None, note=note)
        if note not in asked.note:
            asked.note = f"{asked.note}\n{note}"[-500:]
            asked.save(update_fields=["note"])
        return asked


def claim(*, follow_up_id: int, by: Actor) -> FollowUp:
    """Take a follow-up on; who has left holds none. Refused: already_claimed, follow_up_closed."""
    user = _caller(follow_up_id, by)
    with transaction.atomic():
        follow_up = locking.follow_up(follow_up_id)
        require_unfinished(follow_up)
        if follow_up.state == FollowUpState.CLAIMED:
            if follow_up.assignee_id == user.pk:
                return follow_up
            if follow_up.assignee.is_active:
                raise Refused(
                    "already_claimed",
                    format_lazy(_("{name} has taken this on already."), name=str(follow_up.assignee)),
                )
            follow_up.release()
        follow_up.claim()
        follow_up.assignee = user
        follow_up.claimed_at = timezone.now()
        follow_up.save(update_fields=["state", "assignee", "claimed_at"])
        signals.follow_up_claimed.emit(
            subject=follow_up, origin=follow_up.interview, facts={"assignee": user.pk}, by=actor_label(by)
        )
        return follow_up


def record_contact(
    *, follow_up_id: int, by: Actor, channel: str, reached: bool, note: str = ""
) -> ContactAttempt:
    """Note one try to reach the candidate. It is what allows an ended interview to be abandoned.

    Who was reached has been told what no message could: such messages are settled, and the call for them is closed.
    The same try noted again by the same colleague within a minute is a second click: it stays one.
    Invalid: channel_unknown. Refused: follow_up_closed.
    """
    user = _caller(follow_up_id, by)
    if channel not in ContactChannel.values:
        raise Invalid("channel_unknown", _("Unknown channel."), channels=ContactChannel.values)
    with transaction.atomic():
        follow_up = locking.follow_up(follow_up_id)
        require_unfinished(follow_up)
        tried = {"by": user, "channel": channel, "reached": reached, "note": note[:300]}
        if lately := follow_up.contact_attempts.filter(at__gt=timezone.now() - SECOND_CLICK, **tried).first():
            return lately
        noted = ContactAttempt.objects.create(follow_up=follow_up, attempt=follow_up.attempt, **tried)
        if reached:
            _told_by_phone(follow_up, by=by)
        return noted


def close(*, follow_up_id: int, outcome: str, by: Actor, note: str = "", cause: str = "") -> FollowUp:
    """Settle a follow-up: reached, unreachable or withdrawn, or a window left as it is; with the cause where it was
    learnt.

    Where the candidate asked, the note is the answer that the candidate reads in the room.
    An outcome says that somebody tried: it counts as a contact attempt unless one is noted already.
    Invalid: outcome_unknown, cause_unknown. Refused: follow_up_closed, outcome_not_offered, changed_meanwhile.
    """
    user = _caller(follow_up_id, by)
    if outcome not in (*Outcome.by_people, Outcome.KEPT):
        raise Invalid("outcome_unknown", _("Unknown outcome."), outcomes=list(Outcome.by_people))
    with transaction.atomic():
        follow_up = locking.follow_up(follow_up_id)
        require_unfinished(follow_up)
        if outcome == Outcome.KEPT and follow_up.kind != FollowUpKind.DAY_OFF:
            raise Refused("outcome_not_offered", _("Only a window on a new day off can be left as it is."))
        require_as_seen(follow_up)
        if cause and follow_up.exit_id:
            interviews.correct_cause(exit_id=follow_up.exit_id, cause=cause, by=by)
        if outcome != Outcome.KEPT and not follow_up.contact_attempts.exists():
            ContactAttempt.objects.create(
                follow_up=follow_up, attempt=follow_up.attempt, by=user, channel=ContactChannel.PHONE,
                reached=outcome != Outcome.UNREACHABLE,
            )  # fmt: skip
        if note and follow_up.kind == FollowUpKind.ASKED:
            follow_up.answer = note[:500]
        elif note:
            follow_up.note = note[:500]
        if outcome != Outcome.KEPT:
            untold.settle(interview_id=follow_up.interview_id, how=untold.SETTLED_BY[Outcome(outcome)])
        close_one(follow_up, outcome=outcome, by=by)
        if outcome == Outcome.REACHED:
            _told_by_phone(follow_up, by=by)
        return follow_up


def _told_by_phone(follow_up: FollowUp, *, by: Actor) -> None:
    """Who was reached knows what the messages said: a follow-up that is open for that alone is done."""
    untold.settle(interview_id=follow_up.interview_id, how=Settled.CALLED)
    call = FollowUp.objects.select_for_update(of=("self",)).filter(
        interview=follow_up.interview_id, kind=FollowUpKind.CALL, state__in=FollowUpState.unfinished
    )
    for row in call.select_related("interview"):
        close_one(row, outcome=Outcome.REACHED, by=by)


def close_one(follow_up: FollowUp, *, outcome: str, by: Actor) -> None:
    """Settle a locked follow-up and announce it."""
    follow_up.close(outcome=outcome)
    follow_up.closed_at = timezone.now()
    follow_up.closed_by = actor_user(by)
    follow_up.save(update_fields=["state", "outcome", "note", "answer", "closed_at", "closed_by"])
    signals.follow_up_closed.emit(
        subject=follow_up, origin=follow_up.interview, facts={"outcome": outcome}, by=actor_label(by)
    )


def _caller(follow_up_id: int, by: Actor) -> User:
    """The recruiting colleague who acts: a party without an account cannot be called back."""
    require_recruiting(by, FollowUp, follow_up_id)
    user = actor_user(by)
    if user is None:
        raise Invalid("person_required", _("A person has to do this."))
    return user


def require_unfinished(follow_up: FollowUp) -> None:
    """Refused: follow_up_closed."""
    if follow_up.state == FollowUpState.CLOSED:
        raise Refused("follow_up_closed", _("This follow-up is closed already."))
