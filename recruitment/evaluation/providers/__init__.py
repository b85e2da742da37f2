"""Models that listen: behind one protocol, on this machine or at an OpenAI-compatible address, as the settings say."""

from recruitment.evaluation.providers.chosen import transcriber
from recruitment.evaluation.providers.protocol import (
    NotNowError,
    Piece,
    Transcriber,
    UnheardError,
    Word,
    Written,
)

__all__ = ["NotNowError", "Piece", "Transcriber", "UnheardError", "Word", "Written", "transcriber"]
