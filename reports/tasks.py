"""Jobs: thin, safe to run twice."""

from reports import folding


def fold() -> int:
    """Bring the stored figures up to date."""
    return folding.fold()


def recount() -> int:
    """Compare every stored figure with a recount, and set it right."""
    return folding.recount()
