"""What is asked in WeCom, as rows: asked once for each matter, called off when nobody has to decide any more."""

import secrets
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from messaging import approving, connected
from messaging.channels.codes import explain
from messaging.enums import ApprovalState
from messaging.models import Approval
from messaging.models.approvals import ApprovalQuerySet
from messaging.refs import Ref
from people.actors import Actor, require_hr
from people.models import User

# Without those that are taken for one another.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
REFERENCE_LETTERS = 10


def is_asked_there(kind: str) -> bool:
    """Whether WeCom is asked in this matter: once a template is set for it."""
    return connected.approval_template(kind) is not None


def is_left_to_them(kind: str, subject: Ref) -> bool:
    """Whether WeCom's request alone asks about this row; not when the last one failed."""
    if not is_asked_there(kind):
        return False
    last = Approval.objects.of(kind, subject).order_by("-pk").values_list("state", flat=True).first()
    return last != ApprovalState.FAILED


def align(kind: str, *, subject: Ref, asked_by: User | None, words: Callable[[str], str]) -> Approval | None:
    """Bring what is asked about a row to what its state requires; the caller holds the lock of the row.

    `asked_by`: in whose name it is asked; None when nobody has to decide. What was decided and was taken back is asked
    anew; what ended otherwise is asked again by a person alone. `words` makes the text of a reference. Returns a new
    request.
    """
    there = Approval.objects.of(kind, subject)
    if asked_by is None:
        _overtake(there)
        return None
    last = there.order_by("-pk").first()
    is_decided = last is None or last.state in (ApprovalState.APPROVED, ApprovalState.OVERTAKEN)
    if not is_decided or not is_asked_there(kind):
        return None
    return _ask(kind, subject, asked_by, words)


def again(*, approval_id: int, by: Actor) -> Approval:
    """Ask once more, in the same words. Forbidden: not_permitted. NotFound: approval_not_found. Refused:
    approval_not_needed, not_connected."""
    require_hr(by)
    with transaction.atomic():
        last = Approval.objects.select_for_update().filter(pk=approval_id).first()
        if last is None:
            raise NotFound("approval_not_found", _("There is no such request."))
        is_over = last.state not in ApprovalState.asked_again
        others = Approval.objects.of(last.kind, last.subject).exclude(pk=last.pk).filter(pk__gt=last.pk)
        if is_over or others.exists() or not approving.kind(last.kind).stands(last):
            raise Refused("approval_not_needed", _("Nobody has to be asked about this any more."))
        if not is_asked_there(last.kind):
            raise Refused("not_connected", _("No template is set for this in WeCom."))
        return _ask(
            last.kind,
            last.subject,
            last.asked_by,
            lambda reference: last.words.replace(last.reference, reference),
        )


def how_it_ended(row: Approval) -> str:
    """In words; empty where its state says it all."""
    sentence = approving.kind(row.kind).sentences.get(row.code)
    return explain(row.code) if sentence is None else str(sentence)


def _ask(kind: str, subject: Ref, asked_by: User, words: Callable[[str], str]) -> Approval:
    reference = "HR-" + "".join(secrets.choice(LETTERS) for _letter in range(REFERENCE_LETTERS))
    return Approval.objects.create(
        kind=kind,
        subject_type=subject.type,
        subject_id=subject.id,
        asked_by=asked_by,
        reference=reference,
        words=words(reference),
        template=connected.approval_template(kind) or "",
    )


def _overtake(rows: ApprovalQuerySet) -> None:
    """Those who were asked in WeCom are told by the pumps: of what never left the house nobody is."""
    now = timezone.now()
    for row in rows.unfinished().select_for_update(of=("self",)):
        row.state, row.done_at = ApprovalState.OVERTAKEN, now
        row.code, row.decided_by = approving.kind(row.kind).over(row)
        row.due_at = now if row.first_tried_at else None
        row.save(update_fields=["state", "done_at", "due_at", "code", "decided_by"])
