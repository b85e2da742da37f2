"""A row's number as somebody typed it or an address carries it: bounded before it is read, and before a query."""

HIGHEST_ID = 2**63 - 1


def row_number(typed: str | None) -> int | None:
    """The number, where a row may have it; None for anything else: nothing, letters, other scripts, more digits."""
    if not typed or not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(HIGHEST_ID))):
        return None
    number = int(typed)
    return number if 0 < number <= HIGHEST_ID else None
