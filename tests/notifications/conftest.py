"""What the tests of sentences share with those of the mechanism."""

from tests.messaging.conftest import mail, wecom

__all__ = ["mail", "wecom"]
