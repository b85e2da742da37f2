"""Who may play a recording, and the note that somebody did."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from people.actors import actor_label
from people.models import User
from recruitment.enums import RecordingState
from recruitment.models import Recording, RecordingAccess

# A player asks for many ranges, and goes on after a pause: within this time it is one playback.
ONE_PLAYBACK = timedelta(minutes=30)


def to_play(*, recording_id: int, by: User) -> Recording:
    """The recording, if this person may see it and there is something to send.

    NotFound: recording_unknown (also where it is not this person's). Refused: recording_deleted, recording_pending.
    """
    recording = (
        Recording.objects.visible_to(by).select_related("segment__answer").filter(pk=recording_id).first()
    )
    if recording is None:
        raise NotFound("recording_unknown", _("There is no such recording."))
    if recording.segment.deletion_reason:
        raise Refused("recording_deleted", _("This recording was deleted."))
    if not recording.stored_name and recording.state != RecordingState.BROKEN:
        raise Refused(
            "recording_pending", _("This recording is being prepared. Please try again in a minute.")
        )
    return recording


def log_access(*, recording_id: int, by: User, range_start: int = 0) -> RecordingAccess:
    """Note the playback: a new row, or the one that is under way. Before a byte is sent."""
    with transaction.atomic():
        Recording.objects.select_for_update().get(pk=recording_id)
        access = RecordingAccess.objects.filter(
            recording=recording_id, user=by, last_at__gte=timezone.now() - ONE_PLAYBACK
        ).first()
        if access is None:
            return RecordingAccess.objects.create(
                recording_id=recording_id, user=by, who=actor_label(by), range_start=range_start
            )
        access.save(update_fields=["last_at"])
        return access
