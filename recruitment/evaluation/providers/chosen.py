"""Which transcriber, scorer, embedder and speaker the settings name."""

from django.conf import settings

from recruitment.evaluation.providers.chat import RemoteScorer
from recruitment.evaluation.providers.choosing import Chooser, RemoteChooser
from recruitment.evaluation.providers.embedders import LocalEmbedder, RemoteEmbedder
from recruitment.evaluation.providers.local import LocalWhisper
from recruitment.evaluation.providers.protocol import Embedder, Speaker, Transcriber
from recruitment.evaluation.providers.remote import RemoteWhisper
from recruitment.evaluation.providers.scorers import CompetencyScorer, RubricCoverage
from recruitment.evaluation.providers.speaking import RemoteSpeaker

# A stage is answered in ten seconds or so; what takes longer is tried again.
SCORING_SECONDS = 90.0
OFF, LOCAL, REMOTE = "off", "local", "remote"


def scorer() -> CompetencyScorer:
    """The one that HRSUITE_SCORER names."""
    if settings.SCORER == REMOTE:
        return RemoteScorer(
            url=settings.AI_URL, key=settings.AI_KEY, model=settings.AI_SCORING_MODEL, seconds=SCORING_SECONDS
        )
    return RubricCoverage()


def chooser() -> Chooser | None:
    """The model that chooses further questions, where a model scores; None where the rule does."""
    if settings.SCORER == REMOTE:
        return RemoteChooser(url=settings.AI_URL, key=settings.AI_KEY, model=settings.AI_SCORING_MODEL)
    return None


def transcriber() -> Transcriber | None:
    """The one that HRSUITE_TRANSCRIBER names; None when nobody is to listen."""
    if settings.TRANSCRIBER == REMOTE:
        return RemoteWhisper(url=settings.AI_URL, key=settings.AI_KEY, model=settings.AI_TRANSCRIPTION_MODEL)
    return LocalWhisper() if settings.TRANSCRIBER == LOCAL else None


def embedder() -> Embedder | None:
    """The one that HRSUITE_EMBEDDER names; None when nothing is compared."""
    if settings.EMBEDDER == REMOTE:
        return RemoteEmbedder(url=settings.AI_URL, key=settings.AI_KEY, model=settings.AI_EMBEDDING_MODEL)
    return LocalEmbedder() if settings.EMBEDDER == LOCAL else None


def speaker() -> Speaker | None:
    """The one that HRSUITE_SPEAKER names; None when questions are heard in recordings of ours alone."""
    if settings.SPEAKER == REMOTE:
        return RemoteSpeaker(
            url=settings.AI_URL,
            key=settings.AI_KEY,
            model=settings.AI_SPEECH_MODEL,
            voice=settings.AI_SPEECH_VOICE,
        )
    return None
