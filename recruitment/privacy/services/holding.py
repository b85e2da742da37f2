"""A record, or one application of it, is held for a dispute, and let go again: both are steps with a reason."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.persons import Records, records_of
from people.actors import Actor, actor_label, actor_user
from people.models import User
from people.rules import is_lead
from recruitment import signals
from recruitment.models import Application, Candidate, CandidateMerge, Erasure, Hold

LONGEST_REASON = 300


def hold(*, candidate_id: int, reason: str, until: date | None = None, by: Actor) -> Hold:
    """Hold everything of this candidate, until the end of a day or until it is lifted.

    An erasure that has not begun waits for ever: it is called off by the lead, or goes on once the hold is lifted.
    Emits `record_held`. Forbidden: not_permitted. NotFound: candidate_unknown. Invalid: reason_missing, day_past.
    Refused: held_already, being_erased, erased_already.
    """
    user, reason = lead_of(by), _asked(reason, until)
    with transaction.atomic():
        return _hold(locked(candidate_id), None, Hold(reason=reason, until=until, by=user), by)


def hold_application(*, application_id: int, reason: str, until: date | None = None, by: Actor) -> Hold:
    """Hold what hangs on this one application: beyond its periods that alone is kept, the person is not erased.

    Emits `record_held`. NotFound: application_unknown. Otherwise as `hold`.
    """
    user, reason = lead_of(by), _asked(reason, until)
    with transaction.atomic():
        application = Application.objects.filter(pk=application_id).first()
        if application is None:
            raise NotFound("application_unknown", _("There is no such application."))
        candidate = locked(application.candidate_id)
        return _hold(candidate, application, Hold(reason=reason, until=until, by=user), by)


def _asked(reason: str, until: date | None) -> str:
    reason = reason_of(reason)
    if until is not None and until < timezone.localdate():
        raise Invalid("day_past", _("This day has passed."))
    return reason


def _hold(candidate: Candidate, application: Application | None, row: Hold, by: Actor) -> Hold:
    if candidate.erased_at is not None:
        raise Refused("erased_already", _("This record was erased: there is nothing left to hold."))
    if Erasure.objects.filter(candidate=candidate, state="running").exists():
        raise Refused("being_erased", _("This record is being erased already."))
    same = Hold.objects.filter(candidate=candidate, application=application)
    if same.standing().exists():
        raise Refused("held_already", _("This record is held already."))
    # One that ended by its day makes room for the new one.
    same.filter(lifted_at=None).update(lifted_at=timezone.now())
    row.candidate, row.application = candidate, application
    row.save()
    facts = {"hold": row.pk, **({"application": application.pk} if application else {})}
    signals.record_held.emit(subject=candidate, facts=facts, by=actor_label(by))
    return row


def lift(*, hold_id: int, reason: str, by: Actor) -> Hold:
    """Let go of a record that is held. Emits `record_released`.

    Forbidden: not_permitted. NotFound: hold_unknown. Invalid: reason_missing. Refused: lifted_already.
    """
    user, reason = lead_of(by), reason_of(reason)
    with transaction.atomic():
        row = Hold.objects.select_for_update(of=("self",)).filter(pk=hold_id).first()
        if row is None:
            raise NotFound("hold_unknown", _("There is no such hold."))
        if row.lifted_at is not None:
            raise Refused("lifted_already", _("This hold was lifted already."))
        row.lifted_at, row.lifted_by, row.lift_reason = timezone.now(), user, reason
        row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        signals.record_released.emit(subject=row.candidate, facts={"hold": row.pk}, by=actor_label(by))
    return row


def records() -> Records:
    """The keys of every row that hangs on somebody, or on an application, held today, by label."""
    found: dict[str, set[int]] = {}
    for row in Hold.objects.standing().select_related("candidate", "application"):
        if row.application is None:
            held = records_of(row.candidate, also=merged_into(row.candidate_id))
        else:
            held = records_of(row.application)
        for label, ids in held.items():
            found.setdefault(label, set()).update(ids)
    return {label: sorted(ids) for label, ids in found.items()}


def merged_into(candidate_id: int) -> tuple[int, ...]:
    """The numbers of the entries that became this one."""
    return tuple(CandidateMerge.objects.filter(kept=candidate_id).values_list("gone", flat=True))


def lead_of(by: Actor) -> User:
    """Who decides this. Forbidden: not_permitted."""
    user = actor_user(by)
    if user is None or not is_lead(user):
        raise Forbidden("not_permitted", _("Only the HR lead may do this."))
    return user


def reason_of(typed: str) -> str:
    """What was given as the reason. Invalid: reason_missing."""
    reason = typed.strip()
    if not 0 < len(reason) <= LONGEST_REASON or "\x00" in reason:
        raise Invalid("reason_missing", _("Please say why, in at most 300 characters."))
    return reason


def locked(candidate_id: int) -> Candidate:
    """The candidate, locked. NotFound: candidate_unknown."""
    row = Candidate.objects.select_for_update().filter(pk=candidate_id).first()
    if row is None:
        raise NotFound("candidate_unknown", _("There is no such candidate."))
    return row
