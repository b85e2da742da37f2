"""What people's jobs call."""

from people.services import signing_in


def forget_tries() -> int:
    """Wrong passwords of more than a quarter of an hour ago."""
    return signing_in.forget_old()
