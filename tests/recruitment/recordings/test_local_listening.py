"""Whisper on this machine, through the whole way: recorded, made playable, written down, measured."""

import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from recruitment.evaluation.providers import weights
from recruitment.evaluation.providers.local import LocalWhisper
from recruitment.models import Answer, Transcript
from recruitment.recordings import assembly
from recruitment.recordings.services import writing_down
from tests.factories.recordings import cut, finish, record, sound
from tests.recruitment.room.conftest import Browser, question_ids

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SPOKEN = Path(__file__).parent / "spoken"
SAID = {
    "data": "我在上一家公司负责数据整理，每周用数据透视表汇总销售数据，再做成图表给经理看。",
    "complaint": "客户投诉的时候，我先听他说完，记下问题，然后当天给他答复。",
}
# Of a synthetic voice, and of few words: it shows that it works, not how well.
MOST_WRONG = 0.15


def letters(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each)[0] in "LN")


def errors(said: str, heard: str) -> float:
    """The share of characters that are wrong, missing or too many (Levenshtein's distance)."""
    row = list(range(len(heard) + 1))
    for place, one in enumerate(said, start=1):
        before, row = row, [place]
        for other, (left, above) in enumerate(pairwise(before), start=1):
            row.append(min(row[other - 1] + 1, above + 1, left + (one != heard[other - 1])))
    return row[-1] / len(said)


def test_mandarin_from_the_room_to_words_and_measures(
    speaker: Browser, settings: Any, tmp_path: Path
) -> None:
    settings.TRANSCRIBER, settings.WHISPER = "local", ""
    first, second = question_ids(speaker.interview, 1)[:2]
    contents = {first: (SPOKEN / "data.webm").read_bytes(), second: sound(3)}
    for question, content in contents.items():
        assert finish(speaker, question, record(speaker, question, cut(content, 3))).status_code == 200
        assembly.assemble_answer(answer_id=Answer.objects.get(question=question).pk)
    assert writing_down.write_owed() == 2
    words = Transcript.objects.get(recording__segment__answer__question=first)
    assert (words.state, words.language, words.model) == ("written", "zh", "whisper-base")
    assert errors(letters(SAID["data"]), letters(words.text)) <= MOST_WRONG
    times = [word[0] for piece in words.pieces or [] for word in piece["words"]]
    assert times == sorted(times)
    assert times[-1] < 8
    measures = words.measures or {}
    assert 150 < measures["characters_per_minute"] < 350
    assert measures["speech_share"] > 0.9
    # A tone is no voice: nothing is made up.
    tone = Transcript.objects.get(recording__segment__answer__question=second)
    assert (tone.state, tone.pieces, tone.measures) == ("written", [], {})


def test_the_same_recording_gives_the_same_words() -> None:
    heard = [LocalWhisper().transcribe(SPOKEN / "complaint.webm").text for _time in range(2)]
    assert heard[0] == heard[1]
    assert errors(letters(SAID["complaint"]), letters(heard[0])) <= MOST_WRONG


def test_weights_that_are_not_those_are_not_used(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME, settings.WHISPER = tmp_path, ""
    monkeypatch.setitem(weights.SHA256, "model.bin", "0" * 64)
    with pytest.raises(weights.WeightsError, match="weights_changed"):
        weights.folder()
    assert list((tmp_path / "models").iterdir()) == []
