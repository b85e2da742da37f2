"""How a request about the own data is answered, whoever answers it: once, and announced."""

from django.utils import timezone

from people.actors import Actor, actor_label, actor_user
from recruitment import signals
from recruitment.models import Candidate, PersonRequest
from recruitment.models.privacy import RequestKind, RequestState


def answered(row: PersonRequest, state: str, answer: str, by: Actor) -> PersonRequest:
    """Write the answer to a request whose row is locked. Emits `data_request_answered`."""
    row.state, row.answer, row.answered_at, row.answered_by = state, answer, timezone.now(), actor_user(by)
    row.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    signals.data_request_answered.emit(
        subject=Candidate(pk=row.candidate_id),
        facts={"request": row.pk, "kind": row.kind, "state": state},
        by=actor_label(by),
    )
    return row


def take_back_grant(candidate_id: int, *, by: Actor) -> None:
    """The erasure that was granted is called off: an answer is owed again, by the day as before. Emits
    `data_request_reopened`."""
    granted = PersonRequest.objects.select_for_update(of=("self",)).filter(
        candidate=candidate_id, kind=RequestKind.ERASURE, state=RequestState.GRANTED
    )
    for row in granted.order_by("pk"):
        row.state, row.answered_at, row.answered_by = RequestState.OPEN, None, None
        row.save(update_fields=["state", "answered_at", "answered_by"])
        signals.data_request_reopened.emit(
            subject=Candidate(pk=candidate_id),
            facts={"request": row.pk, "kind": row.kind, "state": row.state},
            by=actor_label(by),
        )


def grant_erasure(candidate_id: int, *, by: Actor) -> None:
    """The record is to be erased, whatever the reason: what the person asked for is granted by that."""
    asked = PersonRequest.objects.select_for_update(of=("self",)).filter(
        candidate=candidate_id, kind=RequestKind.ERASURE, state=RequestState.OPEN
    )
    for row in asked.order_by("pk"):
        answered(row, RequestState.GRANTED, "", by)
