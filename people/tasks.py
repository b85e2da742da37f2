"""What people's jobs call."""

from people.services import password_links, second_factor, sessions, signing_in, tokens


def forget_tries() -> int:
    """Wrong passwords of more than a quarter of an hour ago."""
    return signing_in.forget_old()


def forget_keys() -> int:
    """API keys that ran out more than a month ago."""
    return tokens.forget_old()


def forget_sessions() -> int:
    """What is noted of sessions and trusted devices that are over."""
    return sessions.forget_old() + second_factor.forget_old()


def send_password_link(user_id: int, kind: str) -> bool:
    """Mail a link to choose a password by; nothing for nobody."""
    return password_links.send(user_id=user_id, kind=kind)
