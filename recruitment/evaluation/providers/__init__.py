"""Models that listen and speak: behind protocols, on this machine or at an OpenAI-compatible address."""

from recruitment.evaluation.providers.chosen import speaker, transcriber
from recruitment.evaluation.providers.protocol import (
    NotNowError,
    Piece,
    Speaker,
    Transcriber,
    UnheardError,
    UnspokenError,
    Word,
    Written,
)

__all__ = [
    "NotNowError",
    "Piece",
    "Speaker",
    "Transcriber",
    "UnheardError",
    "UnspokenError",
    "Word",
    "Written",
    "speaker",
    "transcriber",
]
