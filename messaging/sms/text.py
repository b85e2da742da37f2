"""The words of a text message: the variables of an approved text, its length in segments, and what that costs."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings

# Providers in mainland China count letters, Chinese or not, the signature with its brackets included.
ONE_SEGMENT, EACH_SEGMENT = 70, 67
VARIABLES = ("name", "subject", "link", "code")
# Longer values are refused by the providers, but for links.
LONGEST_VALUE = 35
_VARIABLE = re.compile(r"\$\{([a-z]+)\}")
_LINK = re.compile(r"https?://[^\s,。;)、]+")
_SIGNED = re.compile(r"^【[^】]*】")


def variables(text: str) -> list[str]:
    """The names that stand in `text`, each once, in the order of their first place."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with every variable's value; a name without one stays as it is."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def values_of(*, name: str, subject: str, body: str) -> dict[str, str]:
    """What a message has to fill in: `link` is the first address in its body, `code` that address's last part.

    The company's name in front of the subject is left out: the signature says it. A value that the message does not
    have is left out.
    """
    found = {"name": name, "subject": _SIGNED.sub("", subject.removeprefix(f"{settings.COMPANY_NAME}: "))}
    if link := _LINK.search(body):
        found |= {"link": link[0], "code": link[0].rstrip("/").rpartition("/")[2]}
    return {key: value if key in ("link", "code") else _short(value) for key, value in found.items() if value}


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"


def whole(signature: str, text: str) -> str:
    """As the phone shows it, and as it is counted."""
    return f"【{signature}】{text}"


def segments(shown: str) -> int:
    """In how many pieces the provider sends, and charges for, what the phone shows."""
    length = len(shown)
    return 1 if length <= ONE_SEGMENT else -(-length // EACH_SEGMENT)


def cost(shown: str, price: Decimal) -> Decimal:
    """In yuan, at `price` for one segment."""
    return segments(shown) * price
