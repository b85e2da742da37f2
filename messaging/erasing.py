"""What was told to a person, or to colleagues about them: that it was told, when and how stays; the words go."""

from collections.abc import Iterator

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from core.persons import ANONYMOUS, Part, Person, Records, without
from messaging import kinds
from messaging.enums import MessageState
from messaging.models import Approval, Conversation, ConversationLink, Delivery, Message

SET = 1000
MESSAGE, DELIVERY = Message._meta.label_lower, Delivery._meta.label_lower


def _about(records: Records) -> Records:
    messages = _whose(Message, records, "addressee", "topic", "origin")
    deliveries = Delivery.objects.filter(message__in=messages).order_by("pk")
    return {
        MESSAGE: messages,
        DELIVERY: list(deliveries.values_list("pk", flat=True)),
        **{
            model._meta.label_lower: _whose(model, records, "addressee")
            for model in (Conversation, ConversationLink)
        },
        Approval._meta.label_lower: _whose(Approval, records, "subject"),
    }


def _whose(model: type[Model], records: Records, *ways: str) -> list[int]:
    """The rows that reach one of the records by one of these ways."""
    theirs = Q(pk__in=[])
    for label, ids in records.items():
        if ids:
            for way in ways:
                theirs |= Q(**{f"{way}_type": label, f"{way}_id__in": ids})
    return sorted(model._default_manager.filter(theirs).values_list("pk", flat=True))


def _messages(person: Person) -> int:
    """What waits still is called off, so that nothing goes out without its words; digests lose the name."""
    theirs = Message.objects.filter(pk__in=person.of(Message))
    theirs.unsent().update(state=MessageState.CANCELLED, cancelled_reason="person_erased")
    count = theirs.filter(addressee_type=person.root._meta.label_lower).update(recipient_name=ANONYMOUS)
    own = set(person.of(Message))
    for row in _naming_others() if person.words else ():
        body, subject = without(row.body, person.words), without(row.subject, person.words)
        if row.pk not in own and (body, subject) != (row.body, row.subject):
            count += Message.objects.filter(pk=row.pk).update(body=body, subject=subject[:200])
    return count


def _naming_others() -> Iterator[Message]:
    """Every message of the kinds that may name people whom they are not about: the database cannot look into what is
    sealed. Found by the index on the kind: some a day for each colleague, not one for each candidate."""
    for kind in kinds.naming_others():
        rows, last = Message.objects.filter(kind=kind).only("body", "subject").order_by("pk"), 0
        while batch := list(rows.filter(pk__gt=last)[:SET]):
            last = batch[-1].pk
            yield from batch


DELETED = ["Approval", "Conversation", "ConversationLink", "Callback"]
KEPT = {
    "Message": [
        "addressee_type",
        "topic_type",
        "origin_type",
        "recipient_name",
        "cancelled_reason",
        "idem_key",
    ],
    "Delivery": ["provider_key", "lease_token", "last_code"],
}
REPLACED = {"Message": {"subject": ANONYMOUS}}
ALSO = [_about]
PARTS = [Part("messages", _("Words of messages"), 30, _messages)]
