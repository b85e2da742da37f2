"""What whoever keeps the house does with what WeCom told us."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from messaging.enums import CallbackState
from messaging.models import Callback
from messaging.services.connections import keeper
from people.actors import Actor


def again(*, callback_id: int, by: Actor) -> Callback:
    """Take up what failed. Raises Forbidden, NotFound("callback_not_found"), Refused("callback_not_failed")."""
    keeper(by)
    with transaction.atomic():
        callback = Callback.objects.select_for_update().filter(pk=callback_id).first()
        if callback is None:
            raise NotFound("callback_not_found", _("There is no such callback."))
        if callback.state != CallbackState.FAILED:
            raise Refused("callback_not_failed", _("Only what failed is taken up again."))
        callback.state, callback.due_at, callback.done_at = CallbackState.WAITING, timezone.now(), None
        callback.tries, callback.code = 0, ""
        callback.save(update_fields=["state", "due_at", "done_at", "tries", "code"])
    return callback
