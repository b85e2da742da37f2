"""The ledger over the API, by what the messages are about."""

from typing import Any

from django.db.models import QuerySet

from core.api.filters import IdFilter
from messaging.api import views
from messaging.models import Message
from recruitment.models import Interview


class MessageFilter(views.MessageFilter):
    """`?interview=` besides what the ledger itself offers."""

    interview = IdFilter(method="of_interview", label="Of this interview's story.")

    def of_interview(self, messages: Any, _name: str, number: Any) -> "QuerySet[Message]":
        """The messages that belong to an interview's story."""
        found: QuerySet[Message] = messages.filter(
            origin_type=Interview._meta.label_lower, origin_id=int(number)
        )
        return found


class MessageViewSet(views.MessageViewSet):
    """What was said to whom, newest first; a text never holds a room link. HR only."""

    filterset_class = MessageFilter
