"""Django's SMTP backend, made to say whether a lost connection may have left a message behind."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoEmailBackend


class MaybeTaken(smtplib.SMTPException):
    """The connection ended while the server had the text or was about to: it may have accepted the
    message.
    """


class _SaysMaybeTaken(smtplib.SMTP):
    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over the text. A connection lost from here on is MaybeTaken; before it nothing was given away."""
        try:
            return super().data(msg)
        except smtplib.SMTPServerDisconnected as error:
            raise MaybeTaken from error


class _PlainConnection(_SaysMaybeTaken, smtplib.SMTP):
    pass


class _EncryptedConnection(_SaysMaybeTaken, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoEmailBackend):
    """The backend of Django with the connections above."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The connection for the security chosen in the settings."""
        return _EncryptedConnection if self.use_ssl else _PlainConnection
