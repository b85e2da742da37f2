"""Which cards have to be looked at again: written down with what changes the record, changed on the phones later."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils import timezone

from messaging import connected
from messaging.channels.base import Shown
from messaging.models import Card
from messaging.models.cards import CHANGED_WITHIN
from messaging.refs import Ref

# The cards that may still be changed of messages about these rows, and of those that such messages are part of.
_STALE = """
    UPDATE messaging_card AS card SET stale_at = %(now)s
    FROM messaging_message AS message
    JOIN unnest(%(types)s::text[], %(ids)s::bigint[]) AS topic(type, id)
      ON message.topic_type = topic.type AND message.topic_id = topic.id
    JOIN messaging_delivery AS delivery ON delivery.message_id IN (message.id, message.coalesced_into_id)
    WHERE card.delivery_id = delivery.id AND card.code <> '' AND card.code_until > %(now)s
"""


def look_again(topics: Iterable[Ref]) -> int:
    """What may be done about these rows has changed: their cards are looked at again. One statement, none without WeCom
    or without rows. Returns how many."""
    rows = sorted({(topic.type, topic.id) for topic in topics})
    if not rows or not connected.wecom()["secret"]:
        return 0
    named: dict[str, Any] = {
        "now": timezone.now(),
        "types": [each[0] for each in rows],
        "ids": [each[1] for each in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STALE, named)
        return cursor.rowcount


def shown(delivery_id: int, card: Shown) -> None:
    """A card was taken by its provider, with the code by which it may be changed; looked at at once, because the record
    may have moved on while it was under way."""
    now = timezone.now()
    Card.objects.bulk_create(
        [
            Card(
                delivery_id=delivery_id,
                code=card.code,
                code_until=now + CHANGED_WITHIN,
                shows=card.shows,
                stale_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def pressed(delivery_id: int, *, code: str) -> None:
    """Its reader pressed a button, for which the provider gave another code: it is changed whatever it shows."""
    now = timezone.now()
    Card.objects.bulk_create([Card(delivery_id=delivery_id)], ignore_conflicts=True)
    Card.objects.filter(pk=delivery_id).update(
        code=code, code_until=now + CHANGED_WITHIN, shows="", stale_at=now
    )
