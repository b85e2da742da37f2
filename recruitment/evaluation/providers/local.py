"""Whisper base on this machine: nothing leaves the house. A process for each recording, bounded in time and memory."""

import json
import os
import resource
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from recruitment.evaluation.providers import installing, weights
from recruitment.evaluation.providers.protocol import Health, NotNowError, Piece, UnheardError, Word, Written

ROOT = Path(__file__).resolve().parents[3]
NEEDED = ("faster_whisper", "opencc")
# Measured at a fifth of real time on one core, 480 MB; bounded at an hour and what a small machine can spare.
SECONDS, MEMORY = 3600, 4 * 1024**3
LARGEST_ANSWER = 16 * 1024**2


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
    command = [sys.executable, "-m", "recruitment.evaluation.providers.listening", str(model), str(recording)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            # No address and no key of ours: what takes the process over finds nothing there.
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1"},
            preexec_fn=_limit,
        )
    except subprocess.TimeoutExpired:
        raise UnheardError("took_too_long") from None
    except OSError as error:
        raise NotNowError("listening_ended") from error
    if done.returncode == -signal.SIGXCPU:
        raise UnheardError("took_too_long")
    if done.returncode:
        raise NotNowError("listening_ended")
    try:
        return dict(json.loads(done.stdout[:LARGEST_ANSWER]))
    except ValueError:
        raise UnheardError("answer_unreadable") from None


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
