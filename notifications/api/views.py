"""The ledger over the API, by what the messages are about."""

import django_filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from messaging.api import views
from messaging.models import Message
from messaging.refs import ref
from recruitment.models import Interview


class MessageFilter(views.MessageFilter):
    """`?interview=` besides what the ledger itself offers."""

    interview = django_filters.ModelChoiceFilter(queryset=Interview.objects.all(), method="of_interview")

    @extend_schema_field(OpenApiTypes.INT)
    def of_interview(
        self, messages: "QuerySet[Message]", name: str, interview: Interview
    ) -> "QuerySet[Message]":
        """The messages that belong to an interview's story."""
        return messages.filter(origin_type=ref(interview).type, origin_id=interview.pk)


class MessageViewSet(views.MessageViewSet):
    """What was said to whom, newest first; a text never holds a room link. HR only."""

    filterset_class = MessageFilter
