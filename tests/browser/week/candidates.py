"""The candidates' side over real HTTP, as their phones speak it; and the table that they are imported from."""

import re
from typing import Any

import httpx

from people.actors import Party
from recruitment.models import Application, Interview, Question
from recruitment.services import links
from tests.core.exchange.files import workbook

OPENING = "校园招聘·数据分析师"
GOOD, BAD, TWICE = 92, 5, 3


def table() -> bytes:
    """A hundred rows: five that cannot be taken, three that stand twice."""
    good = [[f"候选{n:03}", f"138001{n:05}", f"c{n:03}@example.com", OPENING] for n in range(GOOD)]
    bad = [
        ["没有岗位", "13900000001", "", "没有这个岗位"],
        ["号码不对", "12345", "", OPENING],
        ["", "13900000003", "", OPENING],
        ["邮箱不对", "", "不是邮箱", OPENING],
        ["没有联系方式", "", "", OPENING],
    ]
    return workbook([["姓名", "手机", "邮箱", "应聘岗位"], *good, *bad, *good[:TWICE]])


class Phone:
    """One candidate's browser in the room."""

    def __init__(self, base: str, application: Application) -> None:
        self.interview = Interview.objects.filter(application=application, kind="room").latest("pk")
        self.http = httpx.Client(base_url=base, follow_redirects=True, timeout=20)
        self.epoch = 0
        link = f"/i/{links.mint(interview_id=self.interview.pk, by=Party.SYSTEM)}"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.http.get(link).text)
        assert token is not None
        self.http.post(link, data={"csrfmiddlewaretoken": token[1]}, headers={"Referer": f"{base}{link}"})

    def send(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """One call of the room's API."""
        answer = self.http.request(method, f"/room/api/{path}", json=body)
        assert answer.status_code == 200, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    def enter(self) -> "Phone":
        """Begin, or come back."""
        self.epoch = self.send("POST", "enter", consents=["ai_evaluation"])["epoch"]
        return self

    def take(self, *, well: bool, stages: int = 9, after: int = 0) -> "Phone":
        """Answer stages in order, from the one behind `after`, well or badly."""
        version = self.interview.version
        for stage in version.stages.order_by("number")[after:stages]:
            for question in stage.questions.order_by("number"):
                said = "；".join(point.wordings[0] for point in question.mention_points.all())
                self._answer(question, said if well else "没有想好")
            self.send("POST", f"stages/{stage.number}/finish", epoch=self.epoch)
        return self

    def _answer(self, question: Question, said: str) -> None:
        self.send("PUT", f"answers/{question.pk}/text", epoch=self.epoch, revision=1, text=said)
        self.send("POST", f"answers/{question.pk}/finish", epoch=self.epoch)

    def leave(self, cause: str) -> None:
        """With a word why."""
        self.send("POST", "exit", epoch=self.epoch, choice="leave", cause=cause, note="")
