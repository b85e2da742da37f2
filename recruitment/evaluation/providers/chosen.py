"""Which transcriber the settings name."""

from django.conf import settings

from recruitment.evaluation.providers.local import LocalWhisper
from recruitment.evaluation.providers.protocol import Transcriber
from recruitment.evaluation.providers.remote import RemoteWhisper

OFF, LOCAL, REMOTE = "off", "local", "remote"


def transcriber() -> Transcriber | None:
    """The one that HRSUITE_TRANSCRIBER names; None when nobody is to listen."""
    if settings.TRANSCRIBER == REMOTE:
        return RemoteWhisper(url=settings.AI_URL, key=settings.AI_KEY, model=settings.AI_TRANSCRIPTION_MODEL)
    return LocalWhisper() if settings.TRANSCRIBER == LOCAL else None
