"""A candidate's record goes: decided by the lead, begun after an hour, done part by part by a job.

What was in the house of the person is found by the foreign keys (`core.persons`), so that what is added to it later
goes, too. States, times, scores and events stay, without a name: every report counts as before.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import contacts
from core.backups import erased
from core.errors import DomainError, NotFound, Refused
from core.history.context import acting
from core.persons import ANONYMOUS, LAST, Person, Records, parts, records_of, without
from messaging.enums import MessageState
from messaging.models import Message
from people.actors import Actor, Party, actor_label
from recruitment import signals
from recruitment.enums import ApplicationStage
from recruitment.models import Candidate, CandidateMerge, Erasure, Hold, PersonRequest
from recruitment.models.privacy import ErasureState, RequestKind, RequestState
from recruitment.privacy.services import answering
from recruitment.privacy.services.holding import lead_of, locked, merged_into, reason_of

# So long a decision may be called off.
FIRST = timedelta(hours=1)
# So long before it begins a record whose period is over is announced in the list.
NOTICE = timedelta(days=7)
# So long the last word to the person may take, a night included; what is left goes then all the same.
PATIENCE = timedelta(days=1)
# Before the code of a part that has another turn, in `done`: how much went in the turns before.
_BEFORE = "before "
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go, by model's label and number of rows; `against` are the sentences that speak against it."""

    records: Records
    against: list[Any] = field(default_factory=list)


def preview(candidate: Candidate) -> Preview:
    """What erasing would do to this record now. Reads only."""
    found = records_of(candidate, also=merged_into(candidate.pk))
    return Preview(found, [error.message for error in _against(candidate)])


def decide(*, candidate_id: int, reason: str, by: Actor) -> Erasure:
    """Have everything of this candidate erased, an hour from now. Emits `erasure_decided`.

    What the person asked for themselves is granted by that, and announced (`data_request_answered`).
    Forbidden: not_permitted. NotFound: candidate_unknown. Invalid: reason_missing. Refused: held, goes_on, hired,
    being_erased, erased_already.
    """
    user, reason = lead_of(by), reason_of(reason)
    with transaction.atomic():
        candidate = locked(candidate_id)
        for error in _against(candidate):
            raise error
        row = Erasure.objects.create(
            candidate=candidate, reason=reason, by=user, begins_at=timezone.now() + FIRST
        )
        signals.erasure_decided.emit(subject=candidate, facts={"erasure": row.pk}, by=actor_label(by))
        answering.grant_erasure(candidate_id, by=by)
    return row


def decide_by_period(*, candidate_id: int) -> bool:
    """Have a record erased whose period of keeping is over, seven days from now; until then it may be called off.

    False where something speaks against it. Emits `erasure_decided`.
    """
    with transaction.atomic():
        candidate = locked(candidate_id)
        if _against(candidate):
            return False
        row = Erasure.objects.create(
            candidate=candidate,
            reason=gettext("The period of keeping is over."),
            by_period=True,
            begins_at=timezone.now() + NOTICE,
        )
        facts = {"erasure": row.pk}
        signals.erasure_decided.emit(subject=candidate, facts=facts, by=actor_label(Party.SYSTEM))
        answering.grant_erasure(candidate_id, by=Party.SYSTEM)
    return True


def call_off(*, erasure_id: int, by: Actor) -> Erasure:
    """Before it has begun; what the person asked for themselves is owed an answer again (`data_request_reopened`).

    Emits `erasure_called_off`. Forbidden: not_permitted. NotFound: erasure_unknown. Refused: begun.
    """
    lead_of(by)
    with transaction.atomic():
        row = Erasure.objects.select_for_update(of=("self",)).filter(pk=erasure_id).first()
        if row is None:
            raise NotFound("erasure_unknown", _("There is no such erasure."))
        if row.state != ErasureState.WAITING:
            raise Refused("begun", _("It has begun, and cannot be called off any more."))
        _called_off(row, by)
    return row


def _called_off(row: Erasure, by: Actor) -> None:
    row.state = ErasureState.CALLED_OFF
    row.save(update_fields=["state"])
    signals.erasure_called_off.emit(subject=row.candidate, facts={"erasure": row.pk}, by=actor_label(by))
    answering.take_back_grant(row.candidate_id, by=by)


def go_on() -> int:
    """The job: begin what is due and go on with what has begun, a part in each transaction; how many parts.

    Killed anywhere it goes on with the part that was not through. What fails stays with its record and is tried again.
    Who asked for it is told when all is gone but how they are reached (`erasure_ending`); that goes afterwards.
    """
    due = Erasure.objects.filter(state__in=ErasureState.unfinished, begins_at__lte=timezone.now())
    through = 0
    for erasure_id in due.order_by("begins_at").values_list("pk", flat=True):
        try:
            while _next_part(erasure_id):
                through += 1
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 -- nobody else's erasure may wait for it
            code = error.code if isinstance(error, DomainError) else type(error).__name__
            logger.error("erasure %s is not through: %s", erasure_id, code)
            Erasure.objects.filter(pk=erasure_id).update(failing=code[:60])
    return through


def again() -> int:
    """Erase once more whoever had been erased after the backup was made that this database came from; how many.

    Nobody is told, since nobody is reachable any more. A number that is another person's today is left alone.
    """
    gone = erased.read()
    found = Candidate.objects.filter(pk__in=list(gone), erased_at=None)
    count = 0
    for candidate in found.exclude(erasures__state__in=ErasureState.unfinished):
        if candidate.created_at.isoformat() == gone[candidate.pk]:
            Erasure.objects.create(
                candidate=candidate,
                reason=gettext("A backup was brought back from before this record was erased."),
                begins_at=timezone.now(),
                state=ErasureState.WAITING,
            )
            count += 1
    return count


def is_decided(candidate_id: int) -> bool:
    """Whether the record is about to be erased, or on the way."""
    return begins_at(candidate_id) is not None


def begins_at(candidate_id: int) -> datetime | None:
    """From when the record goes; None where nothing is decided."""
    decided = Erasure.objects.filter(candidate=candidate_id, state__in=ErasureState.unfinished)
    return decided.values_list("begins_at", flat=True).first()


def _against(candidate: Candidate) -> list[DomainError]:
    stages = set(candidate.applications.values_list("stage", flat=True))
    found: list[DomainError] = []
    if candidate.erased_at is not None:
        found.append(Refused("erased_already", _("This record was erased already.")))
    if is_decided(candidate.pk):
        found.append(Refused("being_erased", _("This record is being erased already.")))
    if Hold.objects.standing().filter(candidate=candidate).exists():
        found.append(Refused("held", _("This record is held for a dispute: lift the hold first.")))
    if ApplicationStage.HIRED in stages:
        found.append(
            Refused(
                "hired",
                _(
                    "This person was hired: the record belongs to the employee file, which is kept for as long as the "
                    "contract runs and at least two years after (Labour Contract Law, article 50)."
                ),
            )
        )
    if stages - set(ApplicationStage.ended):
        found.append(Refused("goes_on", _("An application of this person goes on: end it first.")))
    return found


def _next_part(erasure_id: int) -> bool:
    """Take the next part, or end it; False when there is nothing more to do."""
    with (
        acting(source="job:recruitment.tasks.erase", party=Party.SYSTEM.value),
        transaction.atomic(),
    ):
        row = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure_id)
        if row.state not in ErasureState.unfinished:
            return False
        candidate = locked(row.candidate_id)
        if row.state == ErasureState.WAITING:
            against = [
                error for error in _against(candidate) if error.code != "being_erased"
            ]  # by this very one
            if row.by_period and {error.code for error in against} & {"goes_on", "hired"}:
                _called_off(row, Party.SYSTEM)  # the person came back meanwhile
                return False
            for error in against:
                raise error
            row.records = records_of(candidate, also=merged_into(candidate.pk))
            row.reason = without(row.reason, _person(row, candidate).words)
            row.state = ErasureState.RUNNING
        part = next((part for part in parts() if part.code not in row.done), None)
        is_last = part is not None and part.order >= LAST
        waits = is_last and not _was_told(row, candidate)
        is_through = part is None and not _has_more(row, candidate)
        if is_through:
            _end(row, candidate)
        elif waits or (is_last and row.told_at is not None and _has_more(row, candidate)):
            pass  # what was written to them goes before the name by which it is found
        elif part is not None:
            row.done = _with(row.done, part.code, part.erase(_person(row, candidate)))
        row.failing = ""
        row.save()
    return not (is_through or waits)


def _was_told(row: Erasure, candidate: Candidate) -> bool:
    """Whether nobody waits for the last word to the person any more; the first time it is asked for.

    Only whoever asked by the own link hears it, and never again after a backup was brought back (which has no `by`).
    """
    if row.told_at is None:
        asked = PersonRequest.objects.filter(
            candidate=candidate, kind=RequestKind.ERASURE, state=RequestState.GRANTED, by=None
        )
        request = asked.order_by("-pk").first()
        if request is None or row.by_id is None:
            return True
        row.told_at = timezone.now()
        facts = {"erasure": row.pk, "request": request.pk}
        signals.erasure_ending.emit(subject=candidate, facts=facts, by=actor_label(Party.SYSTEM))
    if row.told_at + PATIENCE <= timezone.now():
        return True
    said = Message.objects.to(candidate).filter(event__kind=signals.erasure_ending.kind)
    states = set(said.filter(created_at__gte=row.told_at).values_list("state", flat=True))
    return bool(states) and not states & set(MessageState.under_way)


def _person(row: Erasure, candidate: Candidate) -> Person:
    name = "" if candidate.name == ANONYMOUS else candidate.name
    return Person(Candidate, row.records, name, _ways(candidate))


def _has_more(row: Erasure, candidate: Candidate) -> bool:
    """Whether rows came while it was under way: then every part has another turn, with them."""
    now = records_of(candidate, also=merged_into(candidate.pk))
    came = {label: sorted({*row.records.get(label, ()), *ids}) for label, ids in now.items()}
    if all(set(ids) <= set(row.records.get(label, ())) for label, ids in now.items()):
        return False
    row.records = {**row.records, **came}
    row.done = {_BEFORE + code.removeprefix(_BEFORE): _most(row.done, code) for code in row.done}
    return True


def _with(done: dict[str, int], code: str, went: int) -> dict[str, int]:
    """With this part, through: of several turns the one in which the most went counts, since what is emptied twice is
    counted twice."""
    return {**done, code: max(went, _most(done, code))}


def _most(done: dict[str, int], code: str) -> int:
    code = code.removeprefix(_BEFORE)
    return max(done.get(code, 0), done.get(_BEFORE + code, 0))


def _end(row: Erasure, candidate: Candidate) -> None:
    """The list outside comes first: a crash between the two only says it twice."""
    erased.note(candidate.pk, candidate.created_at.isoformat())
    now = timezone.now()
    Candidate.objects.filter(pk=candidate.pk).update(erased_at=now)
    row.state, row.done_at, row.records = ErasureState.DONE, now, {}
    signals.record_erased.emit(subject=candidate, facts={"erasure": row.pk}, by=actor_label(Party.SYSTEM))


def _ways(candidate: Candidate) -> tuple[str, ...]:
    """Numbers and addresses as they may stand in texts, those of merged entries included."""
    found: list[str] = []
    entries: list[Any] = [candidate, *CandidateMerge.objects.filter(kept=candidate)]
    for each in entries:
        if each.phone:
            found += [each.phone, contacts.shown(each.phone), contacts.shown(each.phone).replace(" ", "")]
        found += [each.email, *each.other_contacts.split("\n")]
    return tuple(dict.fromkeys(word.strip() for word in found if len(word.strip()) > 3))  # noqa: PLR2004 -- no syllables
