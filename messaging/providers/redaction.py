"""Keeps secrets and people out of the logs: the HTTP library prints whole addresses. WeCom's carry the secret, Aliyun's
the number and all that the text says, with the candidate's link.
"""

import logging
import re

_SECRETS = re.compile(
    r"(?i)\b(corpsecret|access_token|code|msg_signature|phonenumbers?|templateparam)=[^&\s\"']+"
)


def redact(text: str) -> str:
    """`text` with the value of every query parameter replaced that nobody may read."""
    return _SECRETS.sub(r"\1=[redacted]", text)


class RedactSecrets(logging.Filter):
    """Rewrites a record before any handler sees it; the record itself always passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        clean = redact(message)
        if clean != message:
            record.msg, record.args = clean, None
        return True


def install() -> None:
    """Put the filter on the loggers that print addresses. Repeating it changes nothing."""
    for name in ("urllib3.connectionpool", "urllib3.util.retry", "wechatpy.client.base"):
        logger = logging.getLogger(name)
        if not any(isinstance(one, RedactSecrets) for one in logger.filters):
            logger.addFilter(RedactSecrets())
