"""What every transcriber takes and gives, and how it says that it cannot."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol


class NotNowError(Exception):
    """The machine or the service gave out: this says nothing of the recording. The message is a code, no sentence."""


class UnheardError(Exception):
    """This recording cannot be written down, now or later. The message is a code, no sentence."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, in seconds from the beginning of the recording."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words said in one go; `confidence` from 0 to 1, None where the model says none."""

    start: float
    end: float
    text: str
    confidence: float | None = None
    words: tuple[Word, ...] = ()

    def as_stored(self) -> dict[str, Any]:
        """As it is kept and answered: hundredths of seconds are finer than anybody speaks."""
        kept: dict[str, Any] = {
            "from": round(self.start, 2),
            "to": round(self.end, 2),
            "text": self.text,
            "confidence": None if self.confidence is None else round(self.confidence, 2),
        }
        if self.words:
            kept["words"] = [[round(word.start, 2), round(word.end, 2), word.text] for word in self.words]
        return kept


@dataclass(frozen=True, slots=True)
class Written:
    """What a transcriber heard. `speech`: the stretches with a voice, None where it does not tell them from silence."""

    language: str
    model: str
    seconds: float
    pieces: tuple[Piece, ...]
    speech: tuple[tuple[float, float], ...] | None = None

    @property
    def text(self) -> str:
        """All of it, a line for each piece."""
        return "\n".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a provider could work now; `code` says why not, `details` what a person may need to know of it."""

    works: bool
    code: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def as_answered(self) -> dict[str, Any]:
        """For a page or a program."""
        return asdict(self)


class Transcriber(Protocol):
    """Writes down what is said in a recording. Slow: seconds to minutes, never within a transaction."""

    name: str
    sends_data_out: bool

    def health(self) -> Health:
        """Whether it could begin now; cheap, and asks nobody outside."""

    def transcribe(self, recording: Path) -> Written:
        """What is said in this file. NotNowError and UnheardError with their codes."""


class UnreadableError(Exception):
    """What came back are not the vectors that were asked for. The message is a code, no sentence."""


class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how alike they are, among themselves only: no figure of one text, or
    of another model, says anything. Takes a second, never within a transaction."""

    name: str
    sends_data_out: bool

    def health(self) -> Health:
        """Whether it could begin now; cheap, and asks nobody outside."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector of length 1 for each text, in their order. NotNowError and UnreadableError with their codes."""


class UnspokenError(Exception):
    """These words cannot be spoken, now or later. The message is a code, no sentence."""


class Speaker(Protocol):
    """Speaks the words of a question. Slow: seconds, never within a transaction, and never while anybody waits."""

    name: str
    sends_data_out: bool

    def health(self) -> Health:
        """Whether it could begin now; cheap, and asks nobody outside."""

    def speak(self, words: str) -> bytes:
        """A recording of these words, in a format that is yet to be looked at. NotNowError and UnspokenError."""
