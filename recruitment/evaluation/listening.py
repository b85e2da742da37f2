"""The local transcriber's own process: one recording, JSON on standard output, gone with all its memory.

It runs confined, by `main(MODEL, RECORDING)`, and knows no database and no settings. Whisper mixes traditional and
simplified characters: Chinese is made simplified. Voice detection comes first: without it silence is filled with
invented words, and pauses are smeared over.
"""

import json
import math
import os
from itertools import pairwise
from typing import Any

RATE = 16_000
THREADS = 1
# Only a model that is very sure of a third language is followed: short answers are often taken for one.
SPOKEN, SURE = ("zh", "en"), 0.8
# Makes the model write punctuation and simplified characters; it is no part of what was said.
PROMPTS = {"zh": "以下是普通话的句子。", "en": ""}
# The model writes Chinese with the stops of English.
FULL_WIDTH = str.maketrans(",?!;:", "，？！；：")
# One pass, without chance. The others draw lots, up to five times, where a text repeats itself: whoever says a thing
# three times loses two of them, and other words each time.
TEMPERATURE = 0.0
# Heard as a break by people; shorter ones belong to speaking.
SILENCE_MS = 400


def main(model: str, recording: str) -> None:
    """Write the answer: {"language", "seconds", "pieces", "speech"}, or {"unheard": code}."""
    os.nice(19)
    print(json.dumps(_listen(model, recording), ensure_ascii=False))


def _listen(folder: str, recording: str) -> dict[str, Any]:
    import av  # noqa: PLC0415 -- heavy, and only here
    from faster_whisper import WhisperModel, decode_audio  # noqa: PLC0415 -- likewise
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415 -- likewise

    try:
        sound = decode_audio(recording, sampling_rate=RATE)
    except (av.FFmpegError, IndexError, ValueError):
        return {"unheard": "no_sound"}
    seconds = len(sound) / RATE
    options = VadOptions(min_silence_duration_ms=SILENCE_MS, speech_pad_ms=100)
    stretches = get_speech_timestamps(sound, vad_options=options, sampling_rate=RATE)
    voiced = [(each["start"] / RATE, each["end"] / RATE) for each in stretches]
    if not voiced:
        return {"language": "", "seconds": seconds, "pieces": [], "speech": []}
    model = WhisperModel(
        folder, device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True
    )
    _encode_once(model)
    language = _language(model, sound, stretches)
    found, _about = model.transcribe(
        sound,
        language=language,
        initial_prompt=PROMPTS.get(language) or None,
        vad_filter=True,
        vad_parameters=options,
        word_timestamps=True,
        temperature=TEMPERATURE,
        condition_on_previous_text=False,
    )
    simplified = _simplifier(language)
    pieces = [
        {
            "start": piece.start,
            "end": piece.end,
            "text": simplified(piece.text.strip()),
            "confidence": min(1.0, math.exp(piece.avg_logprob)),
            "words": [(word.start, word.end, simplified(word.word)) for word in piece.words or []],
        }
        for piece in found
        if piece.text.strip()
    ]
    return {"language": language, "seconds": seconds, "pieces": _in_order(pieces), "speech": voiced}


def _encode_once(model: Any) -> None:
    """A window that was encoded just now is not encoded again: of a short answer that is half of all the work, since
    the language is told from the same half minute that is written down first, and a window is 30 s however short."""
    from numpy import array_equal  # noqa: PLC0415 -- heavy, and only here

    encode = model.encode
    last: list[Any] = []

    def once(features: Any) -> Any:
        if not (last and array_equal(last[0], features)):
            last[:] = features, encode(features)
        return last[1]

    model.encode = once


def _language(model: Any, sound: Any, stretches: list[Any]) -> str:
    """Of what has a voice in it, cut as the model cuts it when it writes down: the same window."""
    from faster_whisper.vad import collect_chunks  # noqa: PLC0415 -- heavy, and only here
    from numpy import concatenate  # noqa: PLC0415 -- likewise

    features = model.feature_extractor(concatenate(collect_chunks(sound, stretches)[0]))[..., :-1]
    first, sure, every = model.detect_language(features=features)
    if first in SPOKEN or sure >= SURE:
        return str(first)
    return max((each for each in every if each[0] in SPOKEN), key=lambda each: each[1])[0]


def _simplifier(language: str) -> Any:
    if language != "zh":
        return str
    from opencc import OpenCC  # noqa: PLC0415 -- only for Chinese

    convert = OpenCC("t2s").convert
    return lambda text: convert(text).translate(FULL_WIDTH)


def _in_order(pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """No piece ends behind the beginning of the next: a click plays what it stands on."""
    for one, following in pairwise(pieces):
        one["end"] = min(one["end"], following["start"])
    return pieces
