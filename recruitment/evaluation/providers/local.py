"""Whisper base on this machine: nothing leaves the house. A process for each recording, bounded in time and memory."""

from importlib.util import find_spec
from pathlib import Path

from core import confined
from recruitment.evaluation.providers import installing, weights
from recruitment.evaluation.providers.protocol import Health, NotNowError, Piece, UnheardError, Word, Written

NEEDED = ("faster_whisper", "opencc")
# Measured at a fifth of real time on one core, 480 MB; bounded at an hour and what a small machine can spare.
BOUNDS = confined.Bounds(processor=3600, patience=3600, memory=4 * 1024**3, largest=16 * 1024**2)


class LocalWhisper:
    """faster-whisper with the packaged weights of Whisper base."""

    name = weights.MODEL
    sends_data_out = False

    def health(self) -> Health:
        """Whether its packages and weights are there: not_installed, weights_missing."""
        if installing.is_under_way():
            return Health(works=False, code="installing")
        missing = [package for package in NEEDED if find_spec(package) is None]
        if missing:
            return Health(works=False, code="not_installed", details={"missing": missing})
        if not weights.are_there():
            return Health(works=False, code="weights_missing")
        return Health(works=True)

    def transcribe(self, recording: Path) -> Written:
        """What is said in it. NotNowError: not_installed, weights_missing, weights_changed, listening_ended.

        UnheardError: no_sound, took_too_long, answer_unreadable.
        """
        health = self.health()
        if not health.works:
            raise NotNowError(health.code)
        try:
            model = weights.folder()
        except weights.WeightsError as error:
            raise NotNowError(str(error)) from None
        answer = _answered(model, recording)
        if "unheard" in answer:
            raise UnheardError(str(answer["unheard"]))
        return Written(
            language=answer["language"],
            model=self.name,
            seconds=answer["seconds"],
            pieces=tuple(
                Piece(
                    piece["start"],
                    piece["end"],
                    piece["text"],
                    piece["confidence"],
                    tuple(Word(*word) for word in piece["words"]),
                )
                for piece in answer["pieces"]
            ),
            speech=tuple((start, end) for start, end in answer["speech"]),
        )


def _answered(model: Path, recording: Path) -> dict:
    try:
        done = confined.run(
            confined.ours("recruitment.evaluation.listening", model, recording),
            BOUNDS,
            surroundings={"HF_HUB_OFFLINE": "1"},
        )
    except confined.TookTooLongError:
        raise UnheardError("took_too_long") from None
    except OSError as error:
        raise NotNowError("listening_ended") from error
    if done.code:
        raise NotNowError("listening_ended")
    try:
        return done.as_json()
    except ValueError:
        raise UnheardError("answer_unreadable") from None
