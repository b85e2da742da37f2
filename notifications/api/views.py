"""The ledger over the API: HR only, read only."""

import django_filters
from django.db.models import QuerySet
from rest_framework import mixins, viewsets

from notifications.api.serializers import MessageSerializer
from notifications.enums import Audience, Kind, MessageState
from notifications.models import Message
from people.actors import person_of
from people.permissions import IsHR
from recruitment.models import Interview


class MessageFilter(django_filters.FilterSet):
    """`?interview=`, `?audience=`, `?kind=`, `?state=`."""

    interview = django_filters.ModelChoiceFilter(queryset=Interview.objects.all())
    audience = django_filters.ChoiceFilter(choices=Audience.choices)
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    state = django_filters.ChoiceFilter(choices=MessageState.choices)

    class Meta:
        model = Message
        fields = ("interview", "audience", "kind", "state")


class MessageViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What was said to whom, newest first; a text never holds a room link. HR only."""

    queryset = Message.objects.none()
    serializer_class = MessageSerializer
    permission_classes = (IsHR,)
    filterset_class = MessageFilter

    def get_queryset(self) -> "QuerySet[Message]":
        """The whole ledger."""
        messages = Message.objects.visible_to(person_of(self.request)).with_channel()
        return messages.only("id", "audience", "kind", "state", "created_at", "accepted_at", "body")
