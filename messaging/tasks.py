"""Jobs: thin, safe to run twice."""

from messaging import approvals, cards, delivery
from messaging import receipts as receipts_of_phones
from messaging.callbacks import handling
from messaging.conversations import reading


def sweep() -> int:
    """What a pump that stands still has left due: the same work, a minute late rather than never."""
    found = delivery.deliver_due(limit=100) + handling.act_on_due(limit=100)
    return found + cards.refresh_due(limit=100) + approvals.act_on_due(limit=100)


def conversations() -> int:
    """What people outside wrote and WeCom's calls did not say, read every minute."""
    return reading.read_all()


def receipts() -> int:
    """What the SMS provider says of the texts it took: whether the phones got them."""
    return receipts_of_phones.ask_due()
