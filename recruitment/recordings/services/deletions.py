"""Deleting a recording before its time: the HR lead's decision, kept with its reason."""

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound
from people.actors import Actor, actor_user
from people.rules import is_lead
from recruitment.models import Segment
from recruitment.recordings.services import keeping

LONGEST_REASON = 300


def delete_with_reason(*, segment_id: int, reason: str, by: Actor) -> None:
    """Mark one recording for deletion and write down who did it and why, together or not at all.

    Nothing of it is served from here on; the bytes go with the next job. Forbidden: not_permitted. Invalid:
    reason_missing. NotFound: recording_unknown. Refused: recording_deleted.
    """
    user = actor_user(by)
    if user is None or not is_lead(user):
        raise Forbidden("not_permitted", _("Only the HR lead may do this."))
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON or "\x00" in reason:
        raise Invalid("reason_missing", _("Please say why, in at most 300 characters."))
    with transaction.atomic():
        segment = Segment.objects.visible_to(user).filter(pk=segment_id).first()
        if segment is None:
            raise NotFound("recording_unknown", _("There is no such recording."))
        keeping.delete_now(segment_id=segment_id, by=by)
        LogEntry.objects.create(
            user=user,
            content_type=ContentType.objects.get_for_model(Segment),
            object_id=str(segment_id),
            object_repr=str(segment)[:200],
            action_flag=DELETION,
            change_message=reason,
        )
