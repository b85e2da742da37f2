"""How long recordings are kept: what will be deleted when, and the job that deletes bytes and keeps the fact."""

import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from core.trouble import wall
from people.models import User
from recruitment.enums import DeletionReason
from recruitment.models import Chunk, FaceFigures, Hold, Opening, Recording, Segment
from recruitment.recordings import storage

AT_ONCE = 200
LOOKED_AT = 1000
logger = logging.getLogger(__name__)


def due_by_opening(user: User, *, most: int = 100) -> "QuerySet[Opening]":
    """What will be deleted when: the openings with recordings that this person may see, the next to be deleted first.

    At most `most`, of the thousand oldest recordings. Annotated: `kept` (segments with bytes), `kept_bytes`,
    `oldest`, `newest`, and `first`, the next deletion.
    """
    oldest = Segment.objects.visible_to(user).filter(deleted_at__isnull=True).order_by("opened_at")
    found = dict.fromkeys(
        oldest.values_list("answer__interview__application__opening", flat=True)[:LOOKED_AT]
    )
    way = "applications__interviews__answers__segments"
    with_bytes = Q(**{f"{way}__deleted_at__isnull": True, f"{way}__isnull": False})
    return (
        Opening.objects.filter(pk__in=list(found)[:most])
        .annotate(
            kept=Count(way, filter=with_bytes, distinct=True),
            kept_bytes=Sum(f"{way}__chunks__bytes", filter=with_bytes),
            oldest=Min(f"{way}__opened_at", filter=with_bytes),
            newest=Max(f"{way}__opened_at", filter=with_bytes),
            first=Min(f"{way}__deletion_due", filter=with_bytes),
        )
        .filter(kept__gt=0)
        .order_by("oldest")
    )


def due_until(moment: datetime) -> Q:
    """The condition on stored segments: deleted by then, because their time is over or somebody said so."""
    stored = Segment.objects.filter(deleted_at__isnull=True)
    over, marked = stored.filter(deletion_due__lte=moment), stored.exclude(deletion_reason="")
    return Q(pk__in=over.values("pk").union(marked.values("pk"), all=True))


def delete_due() -> int:
    """The job: mark what is past its time, then delete the bytes of everything marked. Returns how many segments."""
    with transaction.atomic():
        over = Segment.objects.filter(
            deletion_due__lte=wall.earliest(), deletion_reason="", deleted_at__isnull=True
        ).values_list("pk", flat=True)
        held = Hold.objects.standing()
        whole = held.filter(application=None).values("candidate")
        one = held.filter(application__isnull=False).values("application")
        over = over.exclude(answer__interview__application__candidate__in=whole)
        over = over.exclude(answer__interview__application__in=one)
        mark(Segment.objects.filter(pk__in=list(over)), DeletionReason.RETENTION)
    return delete_marked()


def delete_marked(*, answer_id: int | None = None) -> int:
    """Delete the bytes of segments that are marked: bytes first, then the names, so that a crash only repeats.

    What cannot be deleted now holds up no other: it is logged and tried again, in no order, so that no number of them
    is always first. Returns how many segments were deleted.
    """
    marked = Segment.objects.filter(deleted_at__isnull=True).exclude(deletion_reason="")
    if answer_id is not None:
        marked = marked.filter(answer=answer_id)
    ids = list(marked.order_by("?").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_try(segment_id) for segment_id in ids)


def _try(segment_id: int) -> bool:
    try:
        _delete_bytes(segment_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- every storage has its own
        logger.error("The recording of segment %s cannot be deleted: %s", segment_id, type(error).__name__)
        return False
    return True


def _delete_bytes(segment_id: int) -> None:
    chunks = Chunk.objects.filter(segment=segment_id).exclude(stored_name="")
    recordings = Recording.objects.filter(segment=segment_id).exclude(stored_name="")
    for rows in (chunks, recordings):
        for name in rows.values_list("stored_name", flat=True):
            storage.delete(name)
    with transaction.atomic():
        Segment.objects.select_for_update().get(pk=segment_id)
        Chunk.objects.filter(segment=segment_id).update(stored_name="")
        Recording.objects.filter(segment=segment_id).update(stored_name="", bytes=None)
        Segment.objects.filter(pk=segment_id).update(deleted_at=timezone.now())


def mark(segments: "QuerySet[Segment]", reason: str) -> int:
    """Mark for deletion: from here on nothing is served, and what was counted in the picture is gone."""
    FaceFigures.objects.filter(answer__segments__in=segments.filter(deletion_reason="")).delete()
    return segments.filter(deletion_reason="").update(deletion_reason=reason)
