"""The pump's share: reactions that were not done inline, in event order per receiver and subject."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import request_ids
from core.errors import Refused
from core.events.models import Reaction, ReactionState
from core.events.running import attempt, patience, run
from core.events.signal import receiver_of


def run_due(*, limit: int = 100) -> int:
    """Run reactions whose time has come, one transaction each; returns how many were tried.

    Claims with SKIP LOCKED, so several pumps share the work. A reaction waits while an earlier one of the same
    receiver and subject is unfinished: a red one blocks that pair only.
    """
    tried = 0
    while tried < limit and _run_next():
        tried += 1
    return tried


def _run_next() -> bool:
    earlier = Reaction.objects.filter(
        ~Q(state=ReactionState.DONE),
        name=OuterRef("name"),
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        event__lt=OuterRef("event"),
    )
    with transaction.atomic():
        reaction = (
            Reaction.objects.filter(
                ~Exists(earlier), state=ReactionState.PENDING, next_try_at__lte=timezone.now()
            )
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .order_by("next_try_at", "id")
            .first()
        )
        if reaction is None:
            return False
        _attempt_and_store(reaction)
        return True


def _attempt_and_store(reaction: Reaction) -> None:
    receiver = receiver_of(reaction.event, reaction.name)

    def send() -> list[Reaction]:
        attempt(reaction, receiver)
        return []  # its own receipt stands already

    with request_ids.under(reaction.event.request_id), patience():
        run(send)
    reaction.save(update_fields=["state", "attempts", "next_try_at", "done_at", "error", "note", "effects"])


def run_again(*, reaction_id: int) -> Reaction:
    """A person asks for a reaction again, whatever became of it: harmless, since receivers look at the present.

    Runs at once; what fails starts a new series of tries. Refused while an earlier one of its pair is unfinished.
    """
    with transaction.atomic():
        reaction = (
            Reaction.objects.select_for_update(of=("self",)).select_related("event").get(pk=reaction_id)
        )
        if Reaction.objects.filter(
            ~Q(state=ReactionState.DONE),
            name=reaction.name,
            subject_type=reaction.subject_type,
            subject_id=reaction.subject_id,
            event__lt=reaction.event_id,
        ).exists():
            raise Refused(
                "earlier_reaction_unfinished",
                _("An earlier reaction of this receiver is unfinished: run it first."),
            )
        reaction.attempts = 0
        _attempt_and_store(reaction)
        return reaction
