"""One candidate's life in the room, as the page lives it: link, consent, answers with revisions, heartbeats, exits."""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tools.simulate.journal import Journal
from tools.simulate.scripts import Script, Way
from tools.simulate.wire import Figures, OutOfTimeError, Refusal, UnreachableError, Wire

HEARTBEAT_EVERY, HEARTBEAT_AGAIN, HEARTBEAT_TIMEOUT = 10.0, 3.0, 5.0
ASK_AGAIN = 3.0
EXIT_TIMEOUT = 6.0
# What a page would say of its device: a name that every language writes so.
PLATFORM = "Android"
ENDED = ("completed", "abandoned", "cancelled", "missed")
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A candidate's interview, the token of the link, and what a full answer to each question says: the points that it
    mentions, or its own words.
    """

    interview: int
    token: str
    answers: dict[int, list[str]]
    words: dict[int, str] = field(default_factory=dict)


class Candidate:
    """Lives one script and notes everything that was sent and acknowledged."""

    def __init__(
        self,
        script: Script,
        seat: Seat,
        *,
        base_url: str,
        journal: Journal,
        figures: Figures,
        ends_at: float,
        seed: int,
    ) -> None:
        self.script = script
        self.seat = seat
        self.journal = journal
        self._dice = random.Random(f"{seed} {script.number}")  # noqa: S311 -- pauses, not secrets
        self._browser: Callable[[], Wire] = lambda: Wire(base_url, figures, ends_at=ends_at, dice=self._dice)
        self._wire = self._browser()
        self._epoch = 0
        self._visible = True
        self._state: dict[str, Any] = {}
        self._entering = asyncio.Lock()
        self._last_sign = 0.0
        self._stop = asyncio.Event()
        self._heart: asyncio.Task[None] | None = None
        self._gone = False

    async def live(self) -> None:
        """From the link to the end. Whatever ends it is noted, so that nobody is forgotten."""
        how = "died"
        try:
            await asyncio.sleep(self.script.starts_after)
            how = await self._interview()
        except OutOfTimeError:
            how = "out_of_time"
        except Refusal as refusal:
            how = f"refused {refusal.status} {refusal.code}"
        finally:
            await self._stop_heart()
            self._note("ended", how=how)
            await self._wire.close()

    async def _interview(self) -> str:
        await self._open_link()
        await self._load()
        await self._enter(["ai_evaluation"])
        self._start_heart()
        await self._answer()
        if self._gone:
            if not self.script.returns:
                return "away"
            await self._come_back()
            await self._answer()
        return str(self._state["state"])

    def _note(self, what: str, **facts: Any) -> None:
        self.journal.note(what, self.seat.interview, **facts)

    # ---- the way in -------------------------------------------------------------------------------------------------

    async def _open_link(self) -> None:
        path = f"/i/{self.seat.token}"
        page = await self._wire.patiently("link GET", "GET", path)
        found = _CSRF.search(page.text)
        if not page.is_success or found is None:
            raise Refusal(page.status_code, {"code": "no_form"})
        answer = await self._wire.patiently("link POST", "POST", path, data={"csrfmiddlewaretoken": found[1]})
        if not answer.is_redirect:
            raise Refusal(answer.status_code, {"code": "not_exchanged"})

    async def _load(self) -> None:
        self._state = await self._wire.api("state", "GET", "state")

    async def _enter(self, consents: list[str] | None = None) -> None:
        """Start, resume or take over; one request at a time, whoever asks."""
        before = self._epoch
        async with self._entering:
            if self._epoch != before:
                return
            body: dict[str, Any] = {"device": {"platform": PLATFORM}}
            if consents is not None:
                body["consents"] = consents
            sent = time.time()
            entered = await self._wire.api("enter", "POST", "enter", body=lambda: body)
            self._epoch = entered["epoch"]
            self._last_sign = max(self._last_sign, sent)
            self._note("entered", epoch=self._epoch)
            await self._load()

    # ---- heartbeats -------------------------------------------------------------------------------------------------

    def _start_heart(self) -> None:
        self._stop = asyncio.Event()
        self._heart = asyncio.create_task(self._beat())

    async def _stop_heart(self) -> None:
        """No beat after this; one that is under way is waited for, since a closed page cannot send any more."""
        self._stop.set()
        if self._heart is not None:
            await asyncio.gather(self._heart, return_exceptions=True)
        self._heart = None

    async def _beat(self) -> None:
        pause = self._dice.uniform(9, 11)
        while not await self._stopped_within(pause):
            pause = self._dice.uniform(9, 11)
            used, sent = self._epoch, time.time()
            try:
                await self._wire.api(
                    "heartbeat", "POST", "heartbeat", retries=0, within=HEARTBEAT_TIMEOUT,
                    body=lambda used=used: {"epoch": used, "visible": self._visible},
                )  # fmt: skip
                self._last_sign = max(self._last_sign, sent)
            except UnreachableError:
                pause = HEARTBEAT_AGAIN
            except Refusal as refusal:
                if refusal.code == "interrupted" and used == self._epoch:
                    await self._enter()
                elif used == self._epoch:
                    return
            except OutOfTimeError:
                return

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._stop.wait()
        except TimeoutError:
            return False

    # ---- answering --------------------------------------------------------------------------------------------------

    async def _answer(self) -> None:
        """Stage by stage until all are saved, or until the script says to leave."""
        if self.script.reloads:
            await self._think(0.5)
            await self._reload()
        while (place := self._open_stage()) is not None:
            stage = self._state["stages"][place]
            for number, question in enumerate(stage["questions"]):
                if question["answer"] and question["answer"]["finished_at"]:
                    continue
                here = (place, number) == (self.script.exit_stage, self.script.exit_question)
                leaves = here and self.script.way is not None and not self._gone
                await self._type(question, until=0.5 if leaves else 1.0)
                if leaves:
                    await self._leave()
                    return
                await self._write(
                    "answer finish", "POST", f"answers/{question['id']}/finish", {"segments": []}
                )
                self._note("answer_finished", question=question["id"])
            await self._finish_stage(stage)

    def _open_stage(self) -> int | None:
        """The place of the first stage that is not saved."""
        if self._state["state"] in ENDED:
            return None
        return next(
            (place for place, stage in enumerate(self._state["stages"]) if not stage["saved_at"]), None
        )

    async def _type(self, question: dict[str, Any], *, until: float) -> None:
        """The text grows; each piece is saved under the next revision, and some pieces are saved twice."""
        text = self._text(question["id"])
        known = question["answer"] or {"revision": 0, "text": ""}
        revision = known["revision"]
        for share in (0.25, 0.5, 1.0):
            if share > until:
                break
            await self._think(share if until == 1.0 else share * 2)
            piece = text[: round(len(text) * share)]
            if piece == known["text"]:
                continue
            revision = await self._save(question["id"], revision + 1, piece)
            if self._dice.random() < 0.1:  # noqa: PLR2004 -- a phone that did not hear the answer
                await self._save(question["id"], revision, piece)

    async def _save(self, question: int, revision: int, text: str) -> int:
        """Save one text; the revision under which the server has it."""
        while True:
            self._note("text_sent", question=question, revision=revision, text=text)
            try:
                await self._write(
                    "text", "PUT", f"answers/{question}/text", {"revision": revision, "text": text}
                )
            except Refusal as refusal:
                if refusal.code != "revision_conflict":
                    raise
                # Another text stands under this number: ours is newer, so it takes the next one.
                if refusal.body["text"] != text:
                    revision = refusal.body["revision"] + 1
                    continue
                revision = refusal.body["revision"]
            self._note("text_acknowledged", question=question, revision=revision)
            return revision

    async def _finish_stage(self, stage: dict[str, Any]) -> None:
        self._note("stage_sent", stage=stage["number"])
        await self._write("stage finish", "POST", f"stages/{stage['number']}/finish", {})
        self._note("stage_saved", stage=stage["number"])
        await self._load()

    async def _write(self, name: str, method: str, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """A write with the page's epoch; when the page entered anew meanwhile, again with the new one."""
        used = self._epoch

        def body() -> dict[str, Any]:
            nonlocal used
            used = self._epoch
            return {**content, "epoch": used}

        while True:
            try:
                return await self._wire.api(name, method, path, body=body)
            except Refusal as refusal:
                if refusal.code == "interrupted":
                    await self._enter()
                    continue
                async with self._entering:
                    pass
                if refusal.code != "stale_epoch" or used == self._epoch:
                    raise

    def _text(self, question: int) -> str:
        """The seat's own words, or an answer that no other candidate gives: strong ones mention every point, the others
        every second.
        """
        if words := self.seat.words.get(question):
            return words if self.script.strong else words[: len(words) // 2]
        points = self.seat.answers[question]
        said = points if self.script.strong else points[::2][: max(1, len(points) // 2)]
        opening = f"我是第 {self.script.number} 位候选人，这是第 {question} 题的回答 🙂。"
        return opening + "".join(f"我会说到{point},并举一个自己的例子。" for point in said)

    async def _think(self, share: float) -> None:
        await asyncio.sleep(self.script.seconds_per_question / 2 * share * self._dice.uniform(0.8, 1.2))

    # ---- leaving and coming back ------------------------------------------------------------------------------------

    async def _leave(self) -> None:
        """Go away in the script's way. After this the page sends nothing."""
        way = self.script.way
        await self._stop_heart()
        acknowledged, left_at = False, time.time()
        if way is Way.LEAVE:
            body = {"epoch": self._epoch, "choice": "leave", "cause": self.script.cause, "note": ""}
            self._note("left", way=way, cause=self.script.cause, left_at=left_at, last_sign=self._last_sign)
            try:
                await self._wire.api(
                    "exit", "POST", "exit", body=lambda: body, retries=1, within=EXIT_TIMEOUT
                )
                acknowledged = True
            except UnreachableError:
                pass
        elif way in (Way.CLOSED, Way.HIDDEN):
            acknowledged = await self._beacon("pagehide" if way is Way.CLOSED else "hidden")
            if acknowledged:
                self._last_sign = left_at
        self._gone = True
        self._note(
            "left",
            way=way,
            cause=self.script.cause,
            left_at=left_at,
            last_sign=self._last_sign,
            leave_acknowledged=acknowledged,
        )

    async def _beacon(self, event: str) -> bool:
        content = json.dumps({"epoch": self._epoch, "event": event})
        try:
            await self._wire.once(
                "beacon", "POST", "/room/api/beacon", content=content, headers={"Content-Type": "text/plain"}
            )
        except UnreachableError:
            return False
        return True

    async def _come_back(self) -> None:
        """On the same browser, or by the link on another; once the page says that the interview is broken off."""
        await asyncio.sleep(self.script.away)
        if self.script.other_device:
            await self._wire.close()
            self._wire = self._browser()
            await self._open_link()
        await self._load()
        while self._state["state"] == "in_progress":
            await asyncio.sleep(ASK_AGAIN)
            await self._load()
        await self._enter()
        self._note("returned", lost=self._lost())
        self._start_heart()

    def _lost(self) -> list[int]:
        """The questions whose saved text is not what the page shows on return."""
        told = self.journal.told[self.seat.interview]
        shown = {
            question["id"]: question["answer"]
            for stage in self._state["stages"]
            for question in stage["questions"]
        }
        return [
            question
            for question, revision in told.acknowledged.items()
            if not shown.get(question)
            or shown[question]["revision"] < revision
            or shown[question]["text"] != told.sent[question].get(shown[question]["revision"])
        ]

    async def _reload(self) -> None:
        """Close and open the page within a second: no exit."""
        await self._stop_heart()
        await self._beacon("pagehide")
        await self._load()
        await self._enter()
        self._start_heart()
