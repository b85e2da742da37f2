"""The ledger over the API: read only, for who may read it."""

import django_filters
from django.db.models import QuerySet

from core.api.base import ReadOnlyViewSet
from messaging import kinds
from messaging.api.serializers import MessageSerializer
from messaging.enums import MessageState
from messaging.models import Message
from people.actors import person_of
from people.permissions import IsHR


class MessageFilter(django_filters.FilterSet):
    """`?audience=`, `?kind=`, `?state=`; a floor above adds the rows that it knows."""

    audience = django_filters.ChoiceFilter(choices=kinds.audience_choices)
    kind = django_filters.ChoiceFilter(choices=kinds.choices)
    state = django_filters.ChoiceFilter(choices=MessageState.choices)

    class Meta:
        model = Message
        fields = ("audience", "kind", "state")


class MessageViewSet(ReadOnlyViewSet):
    """What was said to whom, newest first; a text never holds a room link. HR only."""

    queryset = Message.objects.none()
    serializer_class = MessageSerializer
    permission_classes = (IsHR,)
    filterset_class: type[MessageFilter] = MessageFilter

    def get_queryset(self) -> "QuerySet[Message]":
        """What this person may read of the ledger."""
        messages = Message.objects.visible_to(person_of(self.request)).with_telling()
        return messages.defer("subject", "idem_key")
