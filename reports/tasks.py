"""Jobs: thin, safe to run twice."""

from reports import folding, kept, sending, writing


def fold() -> int:
    """Bring the stored figures up to date."""
    return folding.fold()


def recount() -> int:
    """Compare every stored figure with a recount, and set it right."""
    return folding.recount()


def count_kept() -> int:
    """Count the kept tables anew that somebody reads."""
    return kept.count_due()


def check_kept() -> int:
    """Compare a kept table of a past day with a recount."""
    return kept.check()


def send_views() -> int:
    """Send every kept view that is due to those who may read it."""
    return sending.send_due()


def write_letters() -> int:
    """Queue the weekly letter for everybody who has not got it."""
    return writing.write_letters()
