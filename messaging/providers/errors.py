"""What the answer of a provider's server means for a message: one class per thing the sender has to do about it.

An error carries a short code of ours, and the provider's number where it has one, never the provider's sentence: that
sentence quotes addresses, user ids and sometimes the request.
"""

MINUTE = 60


class ProviderError(Exception):
    """A call to a provider did not do what was asked. `code` is stable, fit for a ledger, and holds nothing
    personal.
    """

    def __init__(self, code: str, *, errcode: int | None = None) -> None:
        self.code = code if errcode is None else f"{code}_{errcode}"
        self.errcode = errcode
        super().__init__(self.code)


class Transient(ProviderError):
    """It was not taken, for a reason that passes by itself: send the same bytes again later."""


class TokenProblem(Transient):
    """A freshly fetched access token was refused too: passes like any other, and an administrator should
    hear of it.
    """


class Quota(ProviderError):
    """It was not taken: this application has called too often and must be silent for `pause_seconds`."""

    def __init__(self, code: str, *, errcode: int | None = None, pause_seconds: int = MINUTE) -> None:
        super().__init__(code, errcode=errcode)
        self.pause_seconds = pause_seconds


class RecipientProblem(ProviderError):
    """This person cannot be reached here, now or later: use another channel."""


class WindowClosed(ProviderError):
    """The conversation does not take messages until the other side writes again: use another channel."""


class ConfigurationProblem(ProviderError):
    """Nobody can be reached here until an administrator changes a setting: pause the application, burn no
    attempt.
    """


class AlreadyDone(ProviderError):
    """An earlier call has done it. A success."""


class ContentProblem(ProviderError):
    """These bytes will never be taken: our defect, to be seen by a person."""


class Ambiguous(ProviderError):
    """It may have been taken: the connection ended after the request went out, or the answer cannot be
    read.
    """
