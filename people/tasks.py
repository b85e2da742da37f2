"""What people's jobs call."""

from people.services import signing_in, tokens


def forget_tries() -> int:
    """Wrong passwords of more than a quarter of an hour ago."""
    return signing_in.forget_old()


def forget_keys() -> int:
    """API keys that ran out more than a month ago."""
    return tokens.forget_old()
