"""Questions read aloud: HR's own recordings by content, synthetic ones once by a job, heard where the plan says so."""

import io
import math
import struct
import wave
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
import time_machine
from django.utils import timezone

from core.errors import Forbidden, Invalid, TooLarge
from people.actors import Party
from recruitment import tasks
from recruitment.models import PlanVersion, Question, Voice
from recruitment.recordings.services import voices
from recruitment.services import plans
from tests.emulators.speaking import KEY, MODEL, SpeakingServer
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.room.conftest import Browser, make_interview

pytestmark = pytest.mark.django_db


def tone(seconds: int = 1) -> bytes:
    """A WAV that every decoder reads."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        second = b"".join(struct.pack("<h", int(9000 * math.sin(at / 6))) for at in range(16_000))
        file.writeframes(second * seconds)
    return content.getvalue()


def keep(
    question: Question, content: bytes = b"", language: str = "zh-hans", by: Any = Party.SYSTEM
) -> Voice:
    return voices.keep_reading(
        question_id=question.pk, language=language, content=io.BytesIO(content or tone()), by=by
    )


def read_aloud(version: PlanVersion, how: str) -> None:
    with pgtrigger.ignore("recruitment.PlanVersion:published_stands"):
        PlanVersion.objects.filter(pk=version.pk).update(read_aloud=how)


def first_of(version: PlanVersion) -> Question:
    return version.stages.get(number=1).questions.get(number=1)


def heard_in(candidate: Browser) -> list[Any]:
    stages = candidate.send("GET", "state").json()["stages"]
    return [question["voice"] for stage in stages for question in stage["questions"]]


def test_what_is_kept_is_sound_alone_written_anew() -> None:
    question = first_of(make.plan().newest())
    voice = keep(question)
    sound = bytes(Voice.objects.get().sound or b"")
    assert (voice.kind, voice.seconds) == ("own", pytest.approx(1.0, abs=0.1))
    assert sound[:3] in (
        b"ID3",
        *(bytes((0xFF, each, each2)) for each in (0xF3, 0xF2) for each2 in sound[2:3]),
    )
    assert b"RIFF" not in sound
    assert len(sound) < 20_000
    assert keep(question, tone(2)).pk == voice.pk
    assert Voice.objects.get().seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    ("content", "language", "error"),
    [
        (b"<script>alert(1)</script>", "zh-hans", "voice_unreadable"),
        (b"#EXTM3U\nhttp://example.com/a.mp3\n", "zh-hans", "voice_unreadable"),
        (tone(181), "zh-hans", "voice_too_long"),
        (tone(), "en", "no_words"),
        (b"0" * (voices.MOST_BYTES + 1), "zh-hans", "voice_too_large"),
    ],
)
def test_what_is_no_reading_of_these_words_is_refused(content: bytes, language: str, error: str) -> None:
    with pytest.raises((Invalid, TooLarge)) as refused:
        keep(first_of(make.plan().newest()), content, language)
    assert (refused.value.code, Voice.objects.count()) == (error, 0)


def test_a_manager_may_not_add_one() -> None:
    with pytest.raises(Forbidden):
        keep(first_of(make.plan().newest()), by=people.manager())
    assert Voice.objects.count() == 0


def test_the_room_hears_what_the_plan_lets_it_and_nothing_else() -> None:
    interview = make_interview()
    version = interview.version
    question, other = version.stages.get(number=1).questions.order_by("number")
    own = keep(question)
    elsewhere = keep(version.stages.get(number=2).questions.first())
    candidate = Browser(interview).open().enter()
    assert heard_in(candidate) == [None, None]
    assert candidate.send("GET", f"voices/{own.pk}").status_code == 404
    read_aloud(version, "own")
    Voice.objects.create(
        digest=voices.digest_of(other.text), kind="synthetic", sound=b"x", seconds=1, made_at=timezone.now()
    )
    assert heard_in(candidate) == [{"id": own.pk, "kind": "own", "seconds": own.seconds}, None]
    read_aloud(version, "any")
    assert [each["kind"] for each in heard_in(candidate)] == ["own", "synthetic"]
    answer = candidate.client.get(f"/room/api/voices/{own.pk}", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer["Content-Type"], len(answer.content)) == (206, "audio/mpeg", 10)
    # Of a stage that is not open yet, of no session, of no voice.
    assert candidate.send("GET", f"voices/{elsewhere.pk}").json()["code"] == "voice_unknown"
    assert candidate.send("GET", "voices/999999").status_code == 404
    assert candidate.send("POST", f"voices/{own.pk}").status_code == 405


def test_reworded_is_not_heard_and_a_new_draft_begins_with_what_was_chosen() -> None:
    plan = make.plan()
    read_aloud(plan.newest(), "own")
    keep(first_of(plan.newest()))
    draft = plans.edit(plan_id=plan.pk, by=Party.SYSTEM)
    question = first_of(draft)
    assert (draft.read_aloud, list(voices.heard("own", [question.text]))) == ("own", [question.text])
    Question.objects.filter(pk=question.pk).update(text="换一种问法。")
    assert voices.heard("own", ["换一种问法。"]) == {}


@pytest.fixture
def service(settings: Any) -> Any:
    settings.SPEAKER, settings.AI_KEY, settings.AI_SPEECH_MODEL = "remote", KEY, MODEL
    with SpeakingServer(tone()) as server:
        settings.AI_URL = server.url
        yield server


def test_each_text_is_spoken_once_and_not_where_somebody_has_read_it(service: SpeakingServer) -> None:
    plan = make.plan()
    assert tasks.speak_questions() == 0
    read_aloud(plan.newest(), "any")
    questions = list(Question.objects.filter(stage__version=plan.newest()))
    keep(questions[0])
    assert tasks.speak_questions() == len(questions) - 1
    assert tasks.speak_questions() == 0
    assert sorted(each["input"] for each in service.asked) == sorted(each.text for each in questions[1:])
    made = Voice.objects.filter(kind="synthetic", sound__isnull=False)
    assert set(made.values_list("model", "reason")) == {(MODEL, "")}


@pytest.mark.parametrize(
    ("says", "reason"),
    [(500, "service_failed"), (429, "busy"), (400, "words_refused"), (b"no sound", "voice_unreadable")],
)
def test_a_service_that_gives_out_is_asked_later_and_six_times_at_most(
    service: SpeakingServer, says: Any, reason: str
) -> None:
    plan = make.plan()
    read_aloud(plan.newest(), "any")
    service.says = [says]
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _turn in range(40):
            assert tasks.speak_questions() == 0
            clock.shift(timedelta(minutes=35))
    texts = Question.objects.filter(stage__version=plan.newest()).count()
    assert len(service.asked) == 6 * texts
    assert set(Voice.objects.values_list("reason", "tries", "sound")) == {(reason, 6, None)}


def test_without_a_service_nothing_is_asked(settings: Any) -> None:
    settings.SPEAKER = "off"
    read_aloud(make.plan().newest(), "any")
    assert (tasks.speak_questions(), Voice.objects.count()) == (0, 0)
