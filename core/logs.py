"""Log lines and jobs' errors without secrets.

A candidate's link is as good as a password, and a database error quotes whole rows.
"""

import logging
import re
from typing import Any

_ROOM_LINK = re.compile(r"/(i|welcome)/(?:[A-Za-z0-9_-]+/)?[A-Za-z0-9_-]{8,}")
# Up to the next error of a chain: a row that is quoted has as many lines as its texts.
LONGEST_LINE = 200
_QUOTED_ROW = re.compile(
    r"^DETAIL: .*?(?=^CONTEXT: |^(?:The above exception|During handling of)|\Z)", re.MULTILINE | re.DOTALL
)


def cleaned(text: str) -> str:
    """The text without room links and without quoted rows."""
    return _QUOTED_ROW.sub("DETAIL: …\n", _ROOM_LINK.sub(r"/\1/…", text)).rstrip("\n")


def clean_result(instance: Any, **_signal: Any) -> None:
    """Before a job's result is stored: an error's text without what a log must not say either."""
    if isinstance(instance.result, str):
        instance.result = cleaned(instance.result)


class Short(logging.Formatter):
    """One line of bounded length, without a traceback: for what anybody outside can cause as often as they like."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        plain = logging.makeLogRecord(
            {**record.__dict__, "exc_info": None, "exc_text": None, "stack_info": None}
        )
        return " ".join(cleaned(super().format(plain)).split())[:LONGEST_LINE]


class Line(logging.Formatter):
    """One entry of the log, its traceback included, without room links and without rows of the database."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole entry, clean."""
        return cleaned(super().format(record))
