"""How a personal value is shown to whom it is enough to know it again by: 138****1234, z***@example.com."""

_FIRST, _LAST = 3, 4


def phone(plain: str) -> str:
    """The first three digits and the last four; of a short one the last two."""
    digits = plain.partition(";")[0].removeprefix("+86").removeprefix("+")
    if len(digits) <= _FIRST + _LAST:
        return "*" * max(len(digits) - 2, 0) + digits[-2:] if digits else ""
    return f"{digits[:_FIRST]}{'*' * (len(digits) - _FIRST - _LAST)}{digits[-_LAST:]}"


def email(plain: str) -> str:
    """The first letter and the domain."""
    local, at, domain = plain.partition("@")
    return f"{local[:1]}***{at}{domain}" if plain else ""


def text(plain: str) -> str:
    """Nothing of it."""
    return "•••" if plain else ""


def reach(*, phone_number: str, address: str) -> str:
    """How a person is reached, as far as it takes to know them again: the number, else the address; "" for neither."""
    return phone(phone_number) or email(address)
