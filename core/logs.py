"""Log lines and jobs' errors without secrets, each with the id of the request that it belongs to.

A candidate's link is as good as a password, and a database error quotes whole rows.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from core import request_ids

_ROOM_LINK = re.compile(r"/(i|welcome|feeds)/(?:[A-Za-z0-9_-]+/)?[A-Za-z0-9_-]{8,}")
# Up to the next error of a chain: a row that is quoted has as many lines as its texts.
LONGEST_LINE = 200
_QUOTED_ROW = re.compile(
    r"^DETAIL: .*?(?=^CONTEXT: |^(?:The above exception|During handling of)|\Z)", re.MULTILINE | re.DOTALL
)
FORMAT = "%(asctime)s %(levelname)s [%(request_id)s] %(name)s %(message)s"
NOBODY = "-"
# By HRSUITE_LOG_FORMAT; the first stands where nothing is set.
FORMATTERS: dict[str, dict[str, dict[str, str]]] = {
    "plain": {"line": {"()": "core.logs.Line"}, "short": {"()": "core.logs.Short"}},
    "json": {"line": {"()": "core.logs.Json"}, "short": {"()": "core.logs.ShortJson"}},
}


def cleaned(text: str) -> str:
    """The text without room links and without quoted rows."""
    return _QUOTED_ROW.sub("DETAIL: …\n", _ROOM_LINK.sub(r"/\1/…", text)).rstrip("\n")


def clean_result(instance: Any, **_signal: Any) -> None:
    """Before a job's result is stored: an error's text without what a log must not say either."""
    if isinstance(instance.result, str):
        instance.result = cleaned(instance.result)


class Line(logging.Formatter):
    """One entry of the log, its traceback included, without room links and without rows of the database."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """The whole entry, clean."""
        record.request_id = request_ids.current() or NOBODY
        return cleaned(super().format(record))


class Short(Line):
    """One line of bounded length, without a traceback: for what anybody outside can cause as often as they like."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return _on_one_line(super().format(_without_traceback(record)))


class Json(logging.Formatter):
    """The same entry as one JSON object on one line: at (UTC), level, process, pid, request, logger, message, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The object; `request` is null where there is none, `trace` is there with an exception only."""
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": program(),
            "pid": record.process,
            "request": request_ids.current() or None,
            "logger": record.name,
            "message": self.told(record),
        }
        if record.exc_info:
            entry["trace"] = cleaned(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)

    def told(self, record: logging.LogRecord) -> str:
        """The sentence, clean."""
        return cleaned(record.getMessage())


class ShortJson(Json):
    """Of bounded length, without a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The object."""
        return super().format(_without_traceback(record))

    def told(self, record: logging.LogRecord) -> str:
        """The beginning of the sentence."""
        return _on_one_line(super().told(record))


@cache
def program() -> str:
    """Which of the suite's processes this is: web, pump, qcluster, or the command's name."""
    name, *words = [Path(sys.argv[0]).name if sys.argv else "python", *sys.argv[1:2]]
    if name == "manage.py" and words:
        return words[0]
    return "web" if "gunicorn" in sys.modules else name


def _without_traceback(record: logging.LogRecord) -> logging.LogRecord:
    return logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None, "stack_info": None})


def _on_one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_LINE]
