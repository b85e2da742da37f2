"""A candidate's room: an interview of three stages, its link, and a browser's client that went through it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from people.actors import Party
from recruitment.models import (
    Answer,
    Checkpoint,
    Chunk,
    Consent,
    FollowUp,
    Interview,
    InterviewExit,
    InterviewPlan,
    Lease,
    PlanVersion,
    PresenceNote,
    Question,
    Recording,
    RoomSession,
    Segment,
    Stage,
)
from recruitment.room import limits
from recruitment.services import links
from tests.factories import people, recordings, recruitment

PLAN = {
    "自我介绍": ["请用一分钟介绍您自己。", "您为什么想加入我们？"],
    "专业问题": ["请讲一个您做过的数据分析项目。", "您怎样保证数据的质量？"],
    "情景模拟": ["业务部门临时要求改口径，您会怎样处理？"],
}


def make_interview(*, name: str = "林晓", language: str = "zh-hans", plan_notes: str = "") -> Interview:
    """A scheduled interview whose window is open: three stages, five questions."""
    plan = InterviewPlan.objects.create(name=f"{name}的面试方案")
    version = PlanVersion.objects.create(plan=plan, number=1, notes=plan_notes)
    stages = Stage.objects.bulk_create(
        Stage(version=version, number=number, title=title, title_en=f"Stage {number}")
        for number, title in enumerate(PLAN, start=1)
    )
    Question.objects.bulk_create(
        Question(stage=stage, number=number, text=text, text_en=f"English {text}")
        for stage in stages
        for number, text in enumerate(PLAN[stage.title], start=1)
    )
    recruitment.publish(version)
    opening = recruitment.opening(
        title="数据分析师",
        interview_plan=plan,
        specialist=people.recruiter(name="李静", phone="021-5555-0101"),
    )
    candidate = recruitment.candidate(name, language=language)
    return recruitment.interview(recruitment.application(opening, candidate=candidate))


def question_ids(interview: Interview, stage: int) -> list[int]:
    """The stage's questions in order."""
    return list(
        Question.objects.filter(stage__version=interview.version, stage__number=stage).values_list(
            "pk", flat=True
        )
    )


class Browser:
    """One browser of one candidate: a test client with the cookie, and the epoch it entered with."""

    def __init__(self, interview: Interview) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.interview = interview
        self.epoch = 0
        self.token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)

    def open(self) -> "Browser":
        """Go through the confirm page as a person does."""
        page = self.client.get(f"/i/{self.token}")
        self.client.post(f"/i/{self.token}", {"csrfmiddlewaretoken": page.context["csrf_token"]})
        return self

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call of the API; the body as JSON unless it is bytes."""
        data = body if isinstance(body, bytes) else json.dumps(body or {})
        return self.client.generic(
            method, f"/room/api/{path}", data, content_type="application/json", headers=headers
        )

    def enter(self, **body: Any) -> "Browser":
        """Start, resume or take over."""
        answer = self.send("POST", "enter", body)
        assert answer.status_code == 200, answer.content
        self.epoch = answer.json()["epoch"]
        return self

    def save(self, question: int, text: str = "一个完整的回答", revision: int = 1) -> Any:
        """Save a text."""
        body = {"epoch": self.epoch, "revision": revision, "text": text}
        return self.send("PUT", f"answers/{question}/text", body)

    def finish_stage(self, number: int) -> Any:
        """Answer every question of a stage and finish it."""
        for question in question_ids(self.interview, number):
            assert self.save(question).status_code == 200
            assert self.send("POST", f"answers/{question}/finish", {"epoch": self.epoch}).status_code == 200
        return self.send("POST", f"stages/{number}/finish", {"epoch": self.epoch})


def everything(interview: Interview) -> dict[str, Any]:
    """All that a candidate's call could change, to compare before and after a refusal."""
    interview = Interview.objects.get(pk=interview.pk)
    tables = [Answer, Checkpoint, Consent, FollowUp, InterviewExit, PresenceNote]
    rows = {
        table.__name__: sorted(table.objects.filter(interview=interview).values_list()) for table in tables
    }
    return {
        **rows,
        "interview": (interview.state, interview.attempt, interview.resume_until, interview.announced_exits),
        "application": interview.application.stage,
        "lease": Lease.objects.filter(interview=interview).values_list().get(),
        "segments": sorted(Segment.objects.filter(answer__interview=interview).values_list()),
        "chunks": sorted(Chunk.objects.filter(segment__answer__interview=interview).values_list()),
        "recordings": sorted(Recording.objects.filter(segment__answer__interview=interview).values_list()),
        "stored": recordings.stored_files(),
        "sessions": RoomSession.objects.filter(interview=interview).count(),
    }


@pytest.fixture
def interview(db: None) -> Interview:
    return make_interview()


@pytest.fixture
def browser_of(db: None) -> Any:
    """Makes a browser for an interview; it has opened the link but not entered."""
    return lambda interview: Browser(interview).open()


@pytest.fixture
def candidate(interview: Interview) -> Browser:
    """A browser in the room, interview under way."""
    return Browser(interview).open().enter(consents=["ai_evaluation"])


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    limits.counter.forget()
    yield
    limits.counter.forget()
