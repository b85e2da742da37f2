"""What the numbers of the WeCom server mean for a message.

The numbers are WeCom's own, from the page "WeCom developer documentation, error codes"
(developer.work.weixin.qq.com, 全局错误码) and the pages of the calls that answer them.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from messaging.providers.errors import (
    AlreadyDone,
    Ambiguous,
    ConfigurationProblem,
    ContentProblem,
    ProviderError,
    Quota,
    RecipientProblem,
    TokenProblem,
    Transient,
    WindowClosed,
)

__all__ = [
    "MEANINGS",
    "TOKEN_CODES",
    "AlreadyDone",
    "Ambiguous",
    "ConfigurationProblem",
    "ContentProblem",
    "Meaning",
    "ProviderError",
    "Quota",
    "RecipientProblem",
    "TokenProblem",
    "Transient",
    "WindowClosed",
    "from_errcode",
]


@dataclass(frozen=True)
class Meaning:
    """What one number means: the error it becomes and the sentence an administrator reads."""

    error: type[ProviderError]
    code: str
    sentence: Any


_BUSY = _("WeCom is busy.")
_CONCURRENT = _("WeCom takes no more calls at the same time.")
_TOKEN = _("WeCom refused the access token.")
_QUOTA = _("The application has reached WeCom's limit of calls.")
_RECIPIENT = _("WeCom does not know this person, or the application may not write to them.")
_EXTERNAL = _("This outside contact cannot be reached.")
_WINDOW = _("The conversation is closed until the other side writes again.")
_SECRET = _("The application's secret is wrong.")
_CORP = _("The company ID is wrong.")
_AGENT = _("The application's AgentId is wrong, or does not belong to this secret.")
_FORBIDDEN = _("The application has no right to this call.")
_ADDRESS = _("This server's address is not on the application's list of trusted IP addresses.")
_DOMAIN = _("The domain is not a trusted domain of the application.")
_CONTENT = _("WeCom refuses the content of the message.")
_DONE = _("WeCom has this message already.")

MEANINGS: dict[int, Meaning] = {
    -1: Meaning(Transient, "busy", _BUSY),
    6000: Meaning(Transient, "busy", _BUSY),
    45033: Meaning(Transient, "concurrent", _CONCURRENT),
    301057: Meaning(Transient, "busy", _BUSY),
    301070: Meaning(Transient, "busy", _BUSY),
    40014: Meaning(TokenProblem, "token", _TOKEN),
    41001: Meaning(TokenProblem, "token", _TOKEN),
    42001: Meaning(TokenProblem, "token", _TOKEN),
    45009: Meaning(Quota, "quota", _QUOTA),
    41048: Meaning(Quota, "quota", _QUOTA),
    40003: Meaning(RecipientProblem, "recipient", _RECIPIENT),
    43004: Meaning(RecipientProblem, "recipient", _RECIPIENT),
    60111: Meaning(RecipientProblem, "recipient", _RECIPIENT),
    81013: Meaning(RecipientProblem, "recipient", _RECIPIENT),
    40096: Meaning(RecipientProblem, "recipient", _EXTERNAL),
    84061: Meaning(RecipientProblem, "recipient", _EXTERNAL),
    95018: Meaning(WindowClosed, "window", _WINDOW),
    40001: Meaning(ConfigurationProblem, "secret", _SECRET),
    40013: Meaning(ConfigurationProblem, "corp", _CORP),
    40056: Meaning(ConfigurationProblem, "agent", _AGENT),
    301002: Meaning(ConfigurationProblem, "agent", _AGENT),
    48002: Meaning(ConfigurationProblem, "forbidden", _FORBIDDEN),
    60011: Meaning(ConfigurationProblem, "forbidden", _FORBIDDEN),
    301055: Meaning(ConfigurationProblem, "forbidden", _FORBIDDEN),
    301056: Meaning(ConfigurationProblem, "forbidden", _FORBIDDEN),
    301025: Meaning(ContentProblem, "content", _CONTENT),
    60020: Meaning(ConfigurationProblem, "address", _ADDRESS),
    50001: Meaning(ConfigurationProblem, "domain", _DOMAIN),
    40029: Meaning(ContentProblem, "content", _CONTENT),
    41050: Meaning(ContentProblem, "content", _CONTENT),
    41096: Meaning(Transient, "concurrent", _CONCURRENT),
    40007: Meaning(ContentProblem, "content", _CONTENT),
    41051: Meaning(AlreadyDone, "done", _DONE),
    42014: Meaning(AlreadyDone, "done", _DONE),
    40008: Meaning(ContentProblem, "content", _CONTENT),
    40058: Meaning(ContentProblem, "content", _CONTENT),
    45002: Meaning(ContentProblem, "content", _CONTENT),
}
# An unknown number is a refusal, so nothing was sent; trying again is bounded by the delivery's attempts
# and loses nothing, whereas giving up at once would.
UNKNOWN = Meaning(Transient, "refused", _("WeCom refused the call with a code we do not know."))

TOKEN_CODES = frozenset(number for number, meaning in MEANINGS.items() if meaning.error is TokenProblem)


def from_errcode(errcode: int) -> ProviderError:
    """The error that a non-zero `errcode` stands for, ready to be raised."""
    meaning = MEANINGS.get(errcode, UNKNOWN)
    return meaning.error(meaning.code, errcode=errcode)
