"""The ledger over the API: read only, for who may read it."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from core.api.base import ReadOnlyViewSet
from core.api.filters import DeclaredChoiceFilter, ListFilter, Sought
from core.history.models import LookKind
from core.searching import KEY, Asked, ids_matching
from messaging import addressbook, kinds
from messaging.api.serializers import MessageSerializer
from messaging.enums import MessageState
from messaging.models import Message
from people.actors import person_of
from people.models import User
from people.permissions import IsHR


class ToWhom(Sought):
    """A colleague, or whoever stands in another of the address books."""

    def among(self, rows: "QuerySet[Any]", asked: Asked, user: Any) -> "QuerySet[Any]":
        """The messages to those who fit; Invalid("search_too_wide")."""
        found = Q(user__in=self.bounded(ids_matching(User, asked, most=self.most)))
        for model in addressbook.models():
            if any(field.name == KEY for field in model._meta.fields):
                ids = self.bounded(ids_matching(model, asked, most=self.most))
                found |= Q(addressee_type=model._meta.label_lower, addressee_id__in=ids)
        return rows.filter(found)


class MessageFilter(ListFilter):
    """`?audience=`, `?kind=`, `?state=`; a floor above adds the rows that it knows."""

    sought = ToWhom(User, words="Name, phone or e-mail of whoever it is for")
    sorts = ("created_at",)
    times = ("created_at",)
    made_at = "created_at"
    audience = DeclaredChoiceFilter(choices=kinds.audience_choices, label="Only those to them.")
    kind = DeclaredChoiceFilter(choices=kinds.choices, label="Only those that say this.")
    state = django_filters.ChoiceFilter(choices=MessageState.choices, label="Only those in this state.")

    class Meta:
        model = Message
        fields: tuple[str, ...] = ()


class MessageViewSet(ReadOnlyViewSet):
    """What was said to whom, newest first; a text never holds a room link. HR only."""

    queryset = Message.objects.none()
    serializer_class = MessageSerializer
    permission_classes = (IsHR,)
    filterset_class: type[MessageFilter] = MessageFilter
    looked_at = LookKind.MESSAGE

    def get_queryset(self) -> "QuerySet[Message]":
        """What this person may read of the ledger."""
        messages = Message.objects.visible_to(person_of(self.request)).with_telling()
        return messages.defer("subject", "idem_key")
