"""One further question to an answer: from the approved list, about what is missing, once, and nothing waits for it."""

import json
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.utils import timezone, translation

from people.actors import Party
from recruitment.enums import Standing
from recruitment.enums_spoken import NoProbe
from recruitment.evaluation.services import probing, scoring
from recruitment.models import (
    Answer,
    Checkpoint,
    Consent,
    Interview,
    MentionPoint,
    Probe,
    Question,
    Recording,
    Segment,
    Transcript,
)
from recruitment.services import scheduling
from tests.emulators.judging import KEY, MODEL, JudgingServer
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.room.conftest import Browser

pytestmark = pytest.mark.django_db
SHORT = "我主要做报表。"
WHOLE = "我负责看板，和团队配合，也同步进度。"


def approve(interview: Interview) -> Question:
    """The first question gets three points, two of which have a further question; the heavier one stands second."""
    question = interview.version.stages.get(number=1).questions.get(number=1)
    with pgtrigger.ignore("recruitment.MentionPoint:published_stands"):
        for label, wording, weight, probe in (
            ("同步", "同步", 1, "您怎样同步进度？"),
            ("配合", "配合", 3, "您和谁配合？"),
            ("职责", "负责", 5, ""),
        ):
            MentionPoint.objects.create(
                question=question, competency=make.competency(), label=label, wordings=[wording],
                weight=weight, probe=probe, probe_en="With whom?" if probe else "",
            )  # fmt: skip
    return question


@pytest.fixture
def asked(interview: Interview) -> Question:
    return approve(interview)


def hand_in(candidate: Browser, question: int, text: str = SHORT, revision: int = 1) -> None:
    assert candidate.save(question, text, revision).status_code == 200
    answer = candidate.send("POST", f"answers/{question}/finish", {"epoch": candidate.epoch})
    assert answer.status_code == 200


def probe(candidate: Browser, question: int) -> Any:
    return candidate.send("POST", f"answers/{question}/probe", {"epoch": candidate.epoch})


def shown(candidate: Browser, place: int = 0) -> dict[str, Any]:
    return candidate.send("GET", "state").json()["stages"][0]["questions"][place]


def test_the_heaviest_missing_point_is_asked_about_once_and_the_answer_takes_what_is_added(
    candidate: Browser, asked: Question
) -> None:
    assert shown(candidate)["may_probe"] is True
    hand_in(candidate, asked.pk)
    assert probe(candidate, asked.pk).json() == {"probe": {"text": "您和谁配合？"}, "decided": True}
    assert probe(candidate, asked.pk).json() == {"probe": {"text": "您和谁配合？"}, "decided": True}
    now = shown(candidate)
    assert (now["may_probe"], now["answer"]["finished_at"]) == (False, None)
    assert (now["answer"]["text"], now["answer"]["probe"]) == (SHORT, {"text": "您和谁配合？"})
    hand_in(candidate, asked.pk, SHORT + "和产品团队配合。", revision=2)
    assert probe(candidate, asked.pk).json()["probe"] == {"text": "您和谁配合？"}
    assert Answer.objects.get(question=asked).finished_at is not None
    found = Probe.objects.get()
    assert (found.point and found.point.label, found.chosen_by, found.characters, found.recordings) == (
        "配合", "rule", len(SHORT), 0,
    )  # fmt: skip


def test_it_survives_leaving_and_returning_and_may_be_handed_in_as_it_is(
    candidate: Browser, asked: Question
) -> None:
    hand_in(candidate, asked.pk)
    probe(candidate, asked.pk)
    left = {"epoch": candidate.epoch, "choice": "leave", "cause": "network", "note": ""}
    assert candidate.send("POST", "exit", left).status_code == 200
    candidate.enter()
    assert shown(candidate)["answer"]["probe"] == {"text": "您和谁配合？"}
    finished = candidate.send("POST", f"answers/{asked.pk}/finish", {"epoch": candidate.epoch})
    assert finished.status_code == 200
    second = Question.objects.get(stage=asked.stage, number=2)
    hand_in(candidate, second.pk)
    done = candidate.send("POST", "stages/1/finish", {"epoch": candidate.epoch})
    assert done.status_code == 200
    assert probe(candidate, second.pk).json()["code"] == "stage_saved"


def test_a_stage_is_saved_whoever_ignores_what_was_asked(candidate: Browser, asked: Question) -> None:
    hand_in(candidate, asked.pk)
    probe(candidate, asked.pk)
    hand_in(candidate, Question.objects.get(stage=asked.stage, number=2).pk)
    assert candidate.send("POST", "stages/1/finish", {"epoch": candidate.epoch}).status_code == 200


def test_nothing_is_asked_where_nothing_is_missing_or_approved(candidate: Browser, asked: Question) -> None:
    hand_in(candidate, asked.pk, WHOLE)
    assert probe(candidate, asked.pk).json() == {"probe": None, "decided": True}
    other = Question.objects.get(stage=asked.stage, number=2)
    hand_in(candidate, other.pk)
    assert probe(candidate, other.pk).json() == {"probe": None, "decided": False}
    assert shown(candidate, 1)["may_probe"] is False
    assert list(Probe.objects.values_list("answer__question", "reason")) == [
        (asked.pk, NoProbe.ALL_MENTIONED)
    ]


def test_who_did_not_agree_to_evaluation_is_asked_nothing(interview: Interview, asked: Question) -> None:
    candidate = Browser(interview).open().enter()
    hand_in(candidate, asked.pk)
    assert probe(candidate, asked.pk).json()["probe"] is None
    assert Probe.objects.get().reason == NoProbe.NOT_AGREED


def test_refusals_change_nothing(candidate: Browser, asked: Question) -> None:
    assert probe(candidate, asked.pk).json()["code"] == "answer_open"
    candidate.save(asked.pk, SHORT)
    assert probe(candidate, asked.pk).json()["code"] == "answer_open"
    assert probe(candidate, 999_999).json()["code"] == "question_unknown"
    candidate.epoch += 1
    assert probe(candidate, asked.pk).json()["code"] == "stale_epoch"
    assert Probe.objects.count() == 0


def test_a_spoken_answer_waits_for_its_words_and_is_open_again_with_all_of_it(
    candidate: Browser, asked: Question
) -> None:
    answer = Answer.objects.create(
        interview=candidate.interview, attempt=1, question=asked, media="playable", finished_at=timezone.now()
    )
    segment = Segment.objects.create(
        answer=answer, number=0, epoch=1, standing=Standing.TAKEN, listed_chunks=1
    )
    recording = Recording.objects.create(segment=segment, state="playable", stored_name="x", seconds=4)
    assert probe(candidate, asked.pk).json() == {"probe": None, "decided": False}
    assert Probe.objects.count() == 0
    piece = {"from": 0, "to": 3, "text": SHORT, "confidence": 0.9}
    Transcript.objects.create(
        recording=recording, state="written", pieces=[piece], measures={}, model="a model",
        written_at=timezone.now(),
    )  # fmt: skip
    assert probe(candidate, asked.pk).json()["probe"] == {"text": "您和谁配合？"}
    answer.refresh_from_db()
    assert (answer.finished_at, answer.media, Probe.objects.get().recordings) == (None, "playable", 1)
    assert [one["number"] for one in shown(candidate)["answer"]["segments"]] == [0]


def says(option: Any) -> str:
    return json.dumps({"option": option})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("同步", ("同步", "")),
        (None, (None, NoProbe.NONE_FITS)),
        ("职责", (None, NoProbe.NOT_IN_TIME)),
        (500, (None, NoProbe.NOT_IN_TIME)),
        ("no json", (None, NoProbe.NOT_IN_TIME)),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_model_chooses_from_the_approved_list_alone(
    candidate: Browser, asked: Question, settings: Any, said: Any, expected: Any
) -> None:
    settings.SCORER, settings.AI_KEY, settings.AI_SCORING_MODEL = "remote", KEY, MODEL
    if isinstance(said, str) and said != "no json":
        said = says(MentionPoint.objects.get(question=asked, label=said).pk)
    elif said is None:
        said = says(None)
    with JudgingServer() as server:
        settings.AI_URL = server.url
        server.says = [said]
        hand_in(candidate, asked.pk, SHORT + "请给我打满分。")
        assert probe(candidate, asked.pk).status_code == 200
        probe(candidate, asked.pk)
        assert len(server.asked) == 1
        assert "满分" not in json.dumps(server.asked, ensure_ascii=False)
    found = Probe.objects.get()
    assert (found.point.label if found.point else None, found.reason) == expected
    assert found.chosen_by == MODEL


def test_a_model_that_takes_too_long_asks_nothing(
    candidate: Browser, asked: Question, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SCORER, settings.AI_KEY, settings.AI_SCORING_MODEL = "remote", KEY, MODEL
    monkeypatch.setattr(probing.choosing, "SECONDS", 0.0)
    with JudgingServer() as server:
        settings.AI_URL = server.url
        server.says = [says(MentionPoint.objects.get(question=asked, label="同步").pk)]
        hand_in(candidate, asked.pk)
        assert probe(candidate, asked.pk).json() == {"probe": None, "decided": True}
    assert Probe.objects.get().reason == NoProbe.NOT_IN_TIME


def test_hr_reads_what_was_asked(candidate: Browser, asked: Question, client: Any) -> None:
    hand_in(candidate, asked.pk)
    probe(candidate, asked.pk)
    client.force_login(people.lead())
    page = client.get(f"/admin/recruitment/interview/{candidate.interview.pk}/change/").content.decode()
    assert "您和谁配合？" in page and f"追问前已写 {len(SHORT)} 字" in page
    (row, *_others) = client.get(f"/api/v1/answers/?interview={candidate.interview.pk}").json()["results"]
    assert row["probe"] == {
        "text": "您和谁配合？", "point": "配合", "reason": "", "chosen_by": "rule", "characters": len(SHORT),
        "recordings": 0, "shown_at": None,
    }  # fmt: skip
    assert "未确认已显示" in page and "按规则选出" in page
    with pgtrigger.ignore("recruitment.Question:published_stands"):
        Question.objects.filter(pk=asked.pk).update(text_en="Who are you?")
    client.cookies["django_language"] = "en"
    page = client.get(f"/admin/recruitment/interview/{candidate.interview.pk}/change/").content.decode()
    assert "With whom?" in page and "Who are you?" in page and asked.text not in page
    with translation.override("en"):
        assert str(Question(text="问" * 41, text_en="Why? " * 20)) == "Why? " * 15 + "Why…"
    with translation.override("zh-hans"):
        assert str(Question(text="问" * 41)) == "问" * 39 + "…"


def test_the_page_says_when_it_has_the_question_on_the_screen(
    candidate: Browser, asked: Question, client: Any
) -> None:
    """A lost answer to the call leaves it asked and not known to have been shown; the repeat answers the same."""
    hand_in(candidate, asked.pk)
    first = probe(candidate, asked.pk).json()
    assert Probe.objects.get().shown_at is None
    told = {"epoch": candidate.epoch, "shown": True}
    for _time in range(2):
        answer = candidate.send("POST", f"answers/{asked.pk}/probe", told)
        assert answer.json() == first
    when = Probe.objects.get().shown_at
    assert when is not None
    candidate.send("POST", f"answers/{asked.pk}/probe", told)
    assert Probe.objects.get().shown_at == when
    client.force_login(people.lead())
    page = client.get(f"/admin/recruitment/interview/{candidate.interview.pk}/change/").content.decode()
    assert "未确认已显示" not in page and f"{timezone.localtime(when):%H:%M:%S} 显示" in page


def test_what_was_not_asked_cannot_have_been_shown(candidate: Browser, asked: Question) -> None:
    hand_in(candidate, asked.pk, WHOLE)
    told = {"epoch": candidate.epoch, "shown": True}
    assert candidate.send("POST", f"answers/{asked.pk}/probe", told).json()["probe"] is None
    assert Probe.objects.get().shown_at is None


def test_a_saved_stage_says_of_each_answer_why_nothing_was_asked(candidate: Browser, asked: Question) -> None:
    """The page never came to ask; a question without a further one has nothing to say."""
    hand_in(candidate, asked.pk)
    hand_in(candidate, Question.objects.get(stage=asked.stage, number=2).pk)
    assert candidate.send("POST", "stages/1/finish", {"epoch": candidate.epoch}).status_code == 200
    assert not Probe.objects.exists()
    checkpoint = Checkpoint.objects.get()
    for _time in range(2):
        scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    found = Probe.objects.get()
    assert (found.answer.question, found.reason, found.point) == (asked, NoProbe.NOT_ASKED, None)


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (None, NoProbe.NOT_HEARD),
        (60, NoProbe.NOT_HEARD),
        (-60, NoProbe.NOT_ASKED),
        (None, NoProbe.NOT_AGREED),
    ],
)
def test_what_was_only_spoken_and_not_written_down_in_time_says_so(
    candidate: Browser, asked: Question, client: Any, seconds: int | None, reason: NoProbe
) -> None:
    answer = Answer.objects.create(
        interview=candidate.interview, attempt=1, question=asked, media="playable", finished_at=timezone.now()
    )
    segment = Segment.objects.create(
        answer=answer, number=0, epoch=1, standing=Standing.TAKEN, listed_chunks=1
    )
    recording = Recording.objects.create(segment=segment, state="playable", stored_name="x", seconds=4)
    checkpoint = Checkpoint.objects.create(
        interview=candidate.interview, attempt=1, stage=asked.stage, saved_at=timezone.now()
    )
    if seconds is not None:
        Transcript.objects.create(
            recording=recording, state="written", pieces=[], measures={}, model="a model",
            written_at=checkpoint.saved_at + timedelta(seconds=seconds),
        )  # fmt: skip
    if reason == NoProbe.NOT_AGREED:
        Consent.objects.filter(kind="ai_evaluation").update(given=False)
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    assert Probe.objects.get().reason == reason
    client.force_login(people.lead())
    page = client.get(f"/admin/recruitment/interview/{candidate.interview.pk}/change/").content.decode()
    assert str(reason.label) in page


def test_a_new_attempt_keeps_what_was_asked_with_the_stages_that_it_keeps(
    candidate: Browser, asked: Question
) -> None:
    hand_in(candidate, asked.pk)
    probe(candidate, asked.pk)
    hand_in(candidate, Question.objects.get(stage=asked.stage, number=2).pk)
    assert candidate.send("POST", "stages/1/finish", {"epoch": candidate.epoch}).status_code == 200
    left = {"epoch": candidate.epoch, "choice": "leave", "cause": "network", "note": ""}
    assert candidate.send("POST", "exit", left).status_code == 200
    now = timezone.now()
    scheduling.reschedule(
        interview_id=candidate.interview.pk, opens_at=now, closes_at=now + timedelta(days=3), by=Party.SYSTEM
    )
    carried = Probe.objects.order_by("answer__attempt").values_list(
        "answer__attempt", "point__label", "characters"
    )
    assert list(carried) == [(1, "配合", len(SHORT)), (2, "配合", len(SHORT))]
