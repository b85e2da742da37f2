"""Log lines without secrets: a candidate's link is as good as a password, and a database error quotes whole rows."""

import logging
import re

_ROOM_LINK = re.compile(r"/i/[A-Za-z0-9_-]{8,}")
# Up to the next error of a chain: a row that is quoted has as many lines as its texts.
_QUOTED_ROW = re.compile(
    r"^DETAIL: .*?(?=^CONTEXT: |^(?:The above exception|During handling of)|\Z)", re.MULTILINE | re.DOTALL
)


class Line(logging.Formatter):
    """One entry of the log, its traceback included, without room links and without rows of the database."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole entry, clean."""
        return _QUOTED_ROW.sub("DETAIL: …\n", _ROOM_LINK.sub("/i/…", super().format(record))).rstrip("\n")
