"""The errors a person can cause: each has a code, a status and a sentence. Raised by services, answered at the edge.

The API and the room answer them as ``{"code", "message", …extra}`` with the class's status; the admin shows the
sentence. A service raises before it writes, or inside the transaction that rolls back: nothing is half done.
"""

from typing import Any


class DomainError(Exception):
    """Something a person asked for cannot be done. `code` is for programs, `message` for people."""

    status = 400

    def __init__(self, code: str, message: Any = "", **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code
        self.extra = extra

    def headers(self) -> dict[str, str]:
        """What the answer says beside its body."""
        return {}

    def body(self) -> dict[str, Any]:
        """The JSON answer: code, message, and what else the caller needs to go on."""
        return {"code": self.code, "message": str(self.message), **self.extra}


class Forbidden(DomainError):
    """The person may see the record but not take this step."""

    status = 403


class NotFound(DomainError):
    """There is no such thing, or it is not this person's: the two are not told apart."""

    status = 404


class Refused(DomainError):
    """The record's present state does not allow it."""

    status = 409


class TooLarge(DomainError):
    """More bytes than the limit."""

    status = 413


class CutOff(DomainError):
    """The connection broke while the body was on its way."""

    status = 400


class TooMany(DomainError):
    """More tries than anybody in good faith makes; again after `retry_after` seconds."""

    status = 429

    def __init__(self, code: str, message: Any = "", *, retry_after: int = 60, **extra: Any) -> None:
        super().__init__(code, message, **extra)
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        """After how many seconds it is worth trying again."""
        return {"Retry-After": str(self.retry_after)}


class Invalid(DomainError):
    """The content is wrong: a missing field, an impossible date, a hash that does not match."""

    status = 422
