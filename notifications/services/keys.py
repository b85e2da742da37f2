"""The keys of needs, made by the database: so that a job finds those that nobody has answered yet, and no others."""

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat

from messaging.models import Message


def text(*parts: str | Expression | F) -> Concat:
    """The parts in one line, as an f-string would write them."""
    return Concat(
        *(Value(part) if isinstance(part, str) else Cast(part, CharField()) for part in parts),
        output_field=TextField(),
    )


def seconds(moment: str) -> Cast:
    """Whole seconds of a moment since 1970, as `int(moment.timestamp())`."""
    epoch = Func(F(moment), template="FLOOR(EXTRACT(EPOCH FROM %(expressions)s))")
    return Cast(epoch, BigIntegerField())


def unanswered(key: str) -> Q:
    """The condition that no message answers the need whose key this annotation is."""
    return ~Q(Exists(Message.objects.filter(idem_key=OuterRef(key))))
