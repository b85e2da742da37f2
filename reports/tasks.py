"""Jobs: thin, safe to run twice."""

from reports import folding, sending, writing


def fold() -> int:
    """Bring the stored figures up to date."""
    return folding.fold()


def recount() -> int:
    """Compare every stored figure with a recount, and set it right."""
    return folding.recount()


def send_views() -> int:
    """Send every kept view that is due to those who may read it."""
    return sending.send_due()


def write_letters() -> int:
    """Queue the weekly letter for everybody who has not got it."""
    return writing.write_letters()
