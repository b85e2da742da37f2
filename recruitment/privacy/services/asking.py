"""A person asks for a copy of the own data or for its erasure, and is answered within fifteen days.

Personal Information Protection Law, articles 45 and 47; a copy is made by a job, an erasure is the lead's answer.
"""

import hashlib
import logging
import secrets
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core.errors import Invalid, NotFound, Refused
from people.actors import Actor, Party, actor_label, actor_user
from recruitment import signals
from recruitment.models import PersonRequest
from recruitment.models.privacy import RequestKind, RequestState
from recruitment.privacy import copying
from recruitment.privacy.services import answering, erasing
from recruitment.privacy.services.answering import answered
from recruitment.privacy.services.holding import lead_of, locked, reason_of
from recruitment.recordings import storage, workroom

ANSWERED_WITHIN = timedelta(days=15)
KEPT_FOR = timedelta(days=7)
KEY_FOR = timedelta(minutes=10)
FOLDER = "copies"
# Longer than making one takes.
GRACE = timedelta(hours=2)
logger = logging.getLogger(__name__)


def ask(*, candidate_id: int, kind: str, by: Actor) -> PersonRequest:
    """The candidate asks, or the lead for them. One that is not finished is the same, and so is an erasure that was
    granted; one that is decided on already is granted at once. Emits `data_asked_for`.

    Forbidden: not_permitted. Invalid: kind_unknown. NotFound: candidate_unknown. Refused: erased_already.
    """
    if by is not Party.CANDIDATE:
        lead_of(by)
    if kind not in RequestKind.values:
        raise Invalid("kind_unknown", _("Unknown request."))
    with transaction.atomic():
        candidate = locked(candidate_id)
        if candidate.erased_at is not None:
            raise Refused("erased_already", _("This record was erased already."))
        known = PersonRequest.objects.filter(
            candidate=candidate, kind=kind, state__in=RequestState.standing
        ).first()
        if known is not None:
            return known
        row = PersonRequest.objects.create(
            candidate=candidate,
            kind=kind,
            by=actor_user(by),
            due_on=timezone.localdate() + ANSWERED_WITHIN,
        )
        signals.data_asked_for.emit(
            subject=candidate,
            facts={"request": row.pk, "kind": kind, "due_on": row.due_on.isoformat()},
            by=actor_label(by),
        )
        if kind == RequestKind.DATA:
            async_task("recruitment.tasks.make_copies", group="copies", cluster="slow")
        elif erasing.is_decided(candidate_id):
            answering.grant_erasure(candidate_id, by=Party.SYSTEM)
            row.refresh_from_db()
    return row


def grant(*, request_id: int, by: Actor) -> PersonRequest:
    """The record is to be erased: deciding on it answers the request. Emits `data_request_answered`.

    NotFound: request_unknown. Refused: answered_already, and what `erasing.decide` refuses.
    """
    lead_of(by)
    with transaction.atomic():
        row = _to_answer(request_id)
        erasing.decide(candidate_id=row.candidate_id, reason=gettext("At the person's own request."), by=by)
        row.refresh_from_db()
        return row


def refuse(*, request_id: int, reason: str, by: Actor) -> PersonRequest:
    """With the reason that the person reads on their page. Emits `data_request_answered`.

    Invalid: reason_missing. NotFound: request_unknown. Refused: answered_already.
    """
    lead_of(by)
    reason = reason_of(reason)
    with transaction.atomic():
        return answered(_to_answer(request_id), RequestState.REFUSED, reason, by)


def withdraw(*, request_id: int, candidate_id: int) -> PersonRequest:
    """Whose data they are asks for their erasure no longer, while nobody has answered. Once more it is the same. Emits
    `data_request_withdrawn`.

    NotFound: request_unknown. Refused: answered_already.
    """
    with transaction.atomic():
        row = _request(request_id, candidate=candidate_id, kind=RequestKind.ERASURE)
        if row.state == RequestState.WITHDRAWN:
            return row
        _require_unanswered(row)
        row.state = RequestState.WITHDRAWN
        row.save(update_fields=["state"])
        signals.data_request_withdrawn.emit(
            subject=row.candidate,
            facts={"request": row.pk, "kind": row.kind},
            by=actor_label(Party.CANDIDATE),
        )
    return row


def make_due() -> int:
    """The job: make the copies that are owed, each by itself; how many. One that fails is tried again."""
    owed = PersonRequest.objects.filter(kind=RequestKind.DATA, state=RequestState.OPEN).order_by("pk")
    made = 0
    for row in owed:
        try:
            _make(row)
            made += 1
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 -- nobody else's copy may wait for it
            logger.error("The copy of request %s cannot be made: %s", row.pk, type(error).__name__)
    return made


def end_due() -> int:
    """The job: delete the copies whose time is over, the file first; how many."""
    over = PersonRequest.objects.filter(state=RequestState.READY, ends_at__lte=timezone.now())
    count = 0
    for row in over:
        storage.delete(row.stored_name)
        count += PersonRequest.objects.filter(pk=row.pk, state=RequestState.READY).update(
            state=RequestState.ENDED, stored_name="", key_hash=""
        )
    return count + _sweep()


def _sweep() -> int:
    """Delete files of the last days that no request speaks of: what a kill left between the file and its row."""
    count = 0
    for day in storage.days_of(FOLDER, since=KEPT_FOR):
        names = storage.names_of(FOLDER, day)
        known = set(PersonRequest.objects.filter(stored_name__in=names).values_list("stored_name", flat=True))
        for name in set(names) - known:
            if storage.written_at(name) < timezone.now() - GRACE:
                storage.delete(name)
                count += 1
    return count


def new_key(*, candidate_id: int, request_id: int) -> str:
    """A key by which the copy is fetched once, within ten minutes. NotFound: copy_unknown."""
    with transaction.atomic():
        row = _ready(request_id, candidate_id)
        key = secrets.token_urlsafe(32)
        row.key_hash, row.key_ends_at = _hash(key), timezone.now() + KEY_FOR
        row.save(update_fields=["key_hash", "key_ends_at"])
    return key


def use_key(*, candidate_id: int, request_id: int, key: str) -> PersonRequest:
    """The copy that this key opens, which opens nothing afterwards. NotFound: copy_unknown."""
    with transaction.atomic():
        row = _ready(request_id, candidate_id)
        is_good = bool(row.key_hash) and constant_time_compare(row.key_hash, _hash(key))
        if not is_good or row.key_ends_at is None or row.key_ends_at < timezone.now():
            raise _no_copy()
        row.key_hash, row.fetched_at = "", timezone.now()
        row.save(update_fields=["key_hash", "fetched_at"])
    return row


def _make(row: PersonRequest) -> None:
    with workroom.folder() as folder:
        made = folder / "copy.zip"
        size = copying.write(row.candidate, made)
        name = storage.new_name(FOLDER, ".zip")
        with made.open("rb") as content:
            storage.put(content, name=name)
    with transaction.atomic():
        locked(row.candidate_id)
        now = PersonRequest.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if now.state != RequestState.OPEN:  # another process was faster, or the record was erased meanwhile
            transaction.on_commit(lambda: storage.delete(name))
            return
        now.stored_name, now.bytes, now.ends_at = name, size, timezone.now() + KEPT_FOR
        now.save(update_fields=["stored_name", "bytes", "ends_at"])
        answered(now, RequestState.READY, "", Party.SYSTEM)


def _to_answer(request_id: int) -> PersonRequest:
    row = _request(request_id)
    _require_unanswered(row)
    return row


def _request(request_id: int, **of: Any) -> PersonRequest:
    row = PersonRequest.objects.select_for_update(of=("self",)).filter(pk=request_id, **of).first()
    if row is None:
        raise NotFound("request_unknown", _("There is no such request."))
    return row


def _require_unanswered(row: PersonRequest) -> None:
    if row.kind != RequestKind.ERASURE or row.state != RequestState.OPEN:
        raise Refused("answered_already", _("This request was answered already."))


def _ready(request_id: int, candidate_id: int) -> PersonRequest:
    rows = PersonRequest.objects.select_for_update(of=("self",))
    row = rows.filter(pk=request_id, candidate=candidate_id, state=RequestState.READY).first()
    if row is None or row.ends_at is None or row.ends_at <= timezone.now():
        raise _no_copy()
    return row


def _no_copy() -> NotFound:
    return NotFound("copy_unknown", _("This address was used already, or its time is over."))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def open_requests(candidate_id: int) -> list[Any]:
    """What this person asked for, the newest first."""
    return list(PersonRequest.objects.filter(candidate=candidate_id).order_by("-pk")[:10])
