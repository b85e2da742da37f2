"""Whisper on this machine, through the whole way: recorded, made playable, written down, measured."""

import io
import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
from django.utils import translation

from people.actors import Party
from recruitment.evaluation import listening, printing
from recruitment.evaluation.providers import weights
from recruitment.evaluation.providers.local import LocalWhisper
from recruitment.evaluation.services import scoring
from recruitment.models import Answer, MentionPoint, RubricScore, Transcript
from recruitment.recordings import assembly
from recruitment.recordings.services import writing_down
from recruitment.services import interviews
from tests.factories import recruitment as make
from tests.factories.recordings import RATE, cut, finish, record, sound
from tests.recruitment.room.conftest import Browser, question_ids

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SPOKEN = Path(__file__).parent / "spoken"
SAID = {
    "data": "我在上一家公司负责数据整理，每周用数据透视表汇总销售数据，再做成图表给经理看。",
    "complaint": "客户投诉的时候，我先听他说完，记下问题，然后当天给他答复。",
    "report": (
        "At my last company I was responsible for the weekly sales report. I worked with two colleagues, and we used"
        " pivot tables to find out why returns went up."
    ),
    "novel": (
        "And Mr John Dashwood had then leisure to consider how much there might be prudently in his power to do for"
        " them."
    ),
}
# Of few words, and but for the novel of synthetic voices: it shows that it works, not how well.
MOST_WRONG = 0.15


def letters(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each)[0] in "LN")


def words(text: str) -> list[str]:
    """The words of an English text, hyphens apart."""
    return re.findall(r"[a-z0-9']+", text.lower())


def errors(said: Sequence[str], heard: Sequence[str]) -> float:
    """The share of characters, or words, that are wrong, missing or too many (Levenshtein's distance)."""
    row = list(range(len(heard) + 1))
    for place, one in enumerate(said, start=1):
        before, row = row, [place]
        for other, (left, above) in enumerate(pairwise(before), start=1):
            row.append(min(row[other - 1] + 1, above + 1, left + (one != heard[other - 1])))
    return row[-1] / len(said)


def tell(capsys: pytest.CaptureFixture[str], figure: str) -> None:
    with capsys.disabled():
        print(f"\n{figure}")


def test_mandarin_from_the_room_to_words_and_measures(
    speaker: Browser, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TRANSCRIBER, settings.WHISPER = "local", ""
    first, second = question_ids(speaker.interview, 1)[:2]
    contents = {first: (SPOKEN / "data.webm").read_bytes(), second: sound(3)}
    for question, content in contents.items():
        assert finish(speaker, question, record(speaker, question, cut(content, 3))).status_code == 200
        assembly.assemble_answer(answer_id=Answer.objects.get(question=question).pk)
    assert writing_down.write_owed() == 2
    found = Transcript.objects.get(recording__segment__answer__question=first)
    assert (found.state, found.language, found.model) == ("written", "zh", "whisper-base")
    wrong = errors(letters(SAID["data"]), letters(found.text))
    assert wrong <= MOST_WRONG
    tell(capsys, f"Mandarin by a synthetic voice: {wrong:.0%} of the characters wrong")
    times = [word[0] for piece in found.pieces or [] for word in piece["words"]]
    assert times == sorted(times)
    assert times[-1] < 8
    measures = found.measures or {}
    assert 150 < measures["characters_per_minute"] < 350
    assert measures["speech_share"] > 0.9
    # A tone is no voice: nothing is made up.
    tone = Transcript.objects.get(recording__segment__answer__question=second)
    assert (tone.state, tone.pieces, tone.measures) == ("written", [], {})


def test_english_from_the_room_to_scores_with_their_quotes_and_the_report(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TRANSCRIBER, settings.WHISPER = "local", ""
    interview = make.interview(make.application(make.opening()))
    with make.unfrozen():
        for code, wording in (
            ("communication", "responsible for"),
            ("teamwork", "worked with two colleagues"),
        ):
            points = MentionPoint.objects.filter(
                question__stage__version=interview.version, competency__code=code
            )
            points.update(wordings=[wording])
    speaker = Browser(interview).open().enter(consents=["recording", "ai_evaluation"])
    (question,) = question_ids(interview, 1)
    content = (SPOKEN / "report.webm").read_bytes()
    assert finish(speaker, question, record(speaker, question, cut(content, 3))).status_code == 200
    assert speaker.send("POST", "stages/1/finish", {"epoch": speaker.epoch}).status_code == 200
    assembly.assemble_answer(answer_id=Answer.objects.get(question=question).pk)
    assert writing_down.write_owed() == 1

    transcript = Transcript.objects.get()
    wrong = errors(words(SAID["report"]), words(transcript.text))
    assert (transcript.state, transcript.language) == ("written", "en")
    assert wrong <= MOST_WRONG
    measures = transcript.measures or {}
    assert 120 < measures["words_per_minute"] < 240
    assert measures["speech_share"] > 0.8

    scoring.score_checkpoint(checkpoint_id=interview.checkpoints.get().pk)
    scores = {row.competency.code: row for row in RubricScore.objects.select_related("competency")}
    assert {code: (row.value, row.low, row.method) for code, row in scores.items()} == {
        "communication": (100, 85, "rubric-coverage/1"),
        "teamwork": (100, 85, "rubric-coverage/1"),
    }
    for row in scores.values():
        (point,) = row.evidence
        assert point["quote"] in transcript.text
        assert (point["said"], point["recording"]) == ("draft", transcript.recording_id)

    interviews.interrupt(interview_id=interview.pk, cause="network", evidence={}, by=Party.SYSTEM)
    report = printing.read(interview.assessments.get(basis="partial", status="current").pk)
    with translation.override("en"):
        quoted = [quote for row in printing.contents(report)["rows"] for quote in row["quotes"]]
        assert printing.document(report).content[:5] == b"%PDF-"
    assert [quote["said"] for quote in quoted] == ["by the draft transcript"] * 2
    tell(capsys, f"English by a synthetic voice: {wrong:.0%} of the words wrong")


def test_a_person_reading_english(capsys: pytest.CaptureFixture[str]) -> None:
    heard = LocalWhisper().transcribe(SPOKEN / "novel.webm")
    wrong = errors(words(SAID["novel"]), words(heard.text))
    assert (heard.language, wrong <= MOST_WRONG) == ("en", True)
    tell(capsys, f"English by a person: {wrong:.0%} of the words wrong")


def test_the_same_recording_gives_the_same_words() -> None:
    heard = [LocalWhisper().transcribe(SPOKEN / "complaint.webm").text for _time in range(2)]
    assert heard[0] == heard[1]


def test_of_both_mandarin_recordings_together_few_characters_are_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Which characters of a short one are wrong differs between processors, which round differently."""
    names = ("data", "complaint")
    heard = "".join(LocalWhisper().transcribe(SPOKEN / f"{name}.webm").text for name in names)
    wrong = errors(letters("".join(SAID[name] for name in names)), letters(heard))
    assert wrong <= MOST_WRONG
    tell(capsys, f"Mandarin by a synthetic voice, both: {wrong:.0%} of the characters wrong")


@pytest.mark.parametrize(("name", "language"), [("data", "zh"), ("novel", "en")])
def test_the_half_minute_that_tells_the_language_is_encoded_once(
    monkeypatch: pytest.MonkeyPatch, name: str, language: str
) -> None:
    model = pytest.importorskip("faster_whisper").WhisperModel
    encode, windows = model.encode, []

    def counted(own: Any, features: Any) -> Any:
        windows.append(features.shape)
        return encode(own, features)

    monkeypatch.setattr(model, "encode", counted)
    heard = listening._listen(str(weights.folder()), str(SPOKEN / f"{name}.webm"))
    assert (heard["language"], len(windows)) == (language, 1)
    text = "".join(piece["text"] for piece in heard["pieces"])
    assert errors(letters(SAID[name]).lower(), letters(text).lower()) <= MOST_WRONG


def test_what_is_said_three_times_is_written_down_three_times(tmp_path: Path) -> None:
    recording = tmp_path / "thrice.webm"
    recording.write_bytes(said_again(SPOKEN / "data.webm", times=3))
    heard = LocalWhisper().transcribe(recording)
    assert errors(letters(SAID["data"] * 3), letters(heard.text)) <= MOST_WRONG


def said_again(recording: Path, *, times: int) -> bytes:
    """The recording so many times over, in one."""
    output, at = io.BytesIO(), 0
    with av.open(output, "w", format="webm") as file:
        stream = file.add_stream("libopus", rate=RATE, layout="mono")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for _time in range(times):
            with av.open(str(recording)) as voice:
                for frame in (each for one in voice.decode(audio=0) for each in resampler.resample(one)):
                    frame.pts, frame.time_base = at, Fraction(1, RATE)
                    at += frame.samples
                    file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return output.getvalue()


def test_weights_that_are_not_those_are_not_used(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME, settings.WHISPER = tmp_path, ""
    monkeypatch.setitem(weights.SHA256, "model.bin", "0" * 64)
    with pytest.raises(weights.WeightsError, match="weights_changed"):
        weights.folder()
    assert list((tmp_path / "models").iterdir()) == []
