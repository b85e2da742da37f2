"""What an answer of the WeCom server means for a message: one class per thing the sender has to do about
it.

The numbers are WeCom's own, from the page "WeCom developer documentation, error codes"
(developer.work.weixin.qq.com, 全局错误码) and the pages of the calls that answer them. An error carries the
number and a short code of ours, never WeCom's sentence: that sentence quotes addresses, user ids and
sometimes the request.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

MINUTE = 60


class WeComError(Exception):
    """A call to WeCom did not do what was asked. `code` is stable, fit for a ledger, and holds nothing
    personal.
    """

    def __init__(self, code: str, *, errcode: int | None = None) -> None:
        self.code = code if errcode is None else f"{code}_{errcode}"
        self.errcode = errcode
        super().__init__(self.code)


class Transient(WeComError):
    """It was not taken, for a reason that passes by itself: send the same bytes again later."""


class TokenProblem(Transient):
    """A freshly fetched access token was refused too: passes like any other, and an administrator should
    hear of it.
    """


class Quota(WeComError):
    """It was not taken: this application has called too often and must be silent for `pause_seconds`."""

    def __init__(self, code: str, *, errcode: int | None = None, pause_seconds: int = MINUTE) -> None:
        super().__init__(code, errcode=errcode)
        self.pause_seconds = pause_seconds


class RecipientProblem(WeComError):
    """This person cannot be reached here, now or later: use another channel."""


class WindowClosed(WeComError):
    """The conversation does not take messages until the other side writes again: use another channel."""


class ConfigurationProblem(WeComError):
    """Nobody can be reached here until an administrator changes a setting: pause the application, burn no
    attempt.
    """


class AlreadyDone(WeComError):
    """An earlier call has done it. A success."""


class ContentProblem(WeComError):
    """These bytes will never be taken: our defect, to be seen by a person."""


class Ambiguous(WeComError):
    """It may have been taken: the connection ended after the request went out, or the answer cannot be
    read.
    """


@dataclass(frozen=True)
class Meaning:
    """What one number means: the error it becomes and the sentence an administrator reads."""

    error: type[WeComError]
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
    60020: Meaning(ConfigurationProblem, "address", _ADDRESS),
    50001: Meaning(ConfigurationProblem, "domain", _DOMAIN),
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


def from_errcode(errcode: int) -> WeComError:
    """The error that a non-zero `errcode` stands for, ready to be raised."""
    meaning = MEANINGS.get(errcode, UNKNOWN)
    return meaning.error(meaning.code, errcode=errcode)
