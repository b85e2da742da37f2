"""Jobs: thin, safe to run twice."""

from notifications import overrides
from notifications.services import digests, guides, identities, reminders, round_reminders


def send_guides() -> int:
    """The guides of windows that open within a day."""
    return guides.send_due()


def send_reminders() -> int:
    """Reminders before the time to return ends."""
    return reminders.send_due()


def ask_for_identities() -> int:
    """What hires still owe before their first day."""
    return identities.send_due()


def send_round_reminders() -> int:
    """Reminders of people's rounds, and of scorecards that are owed."""
    return round_reminders.send_due()


def tell_after_all() -> int:
    """Exits that go on although their notice was kept as part of an earlier one."""
    return reminders.tell_after_all()


def send_digests() -> int:
    """The morning digest."""
    return digests.send_all()


def align_wordings() -> bool:
    """The file of HR's own words, where it is not what the rows say: after a backup was brought back, above all."""
    return overrides.write()
