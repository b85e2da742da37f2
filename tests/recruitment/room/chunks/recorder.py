"""Pieces of a recording, how a recorder's refused call is looked at, and what is then stored."""

from typing import Any

from recruitment.models import (
    Chunk,
)
from recruitment.services import links
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser, everything, question_ids

PIECES = make.cut(make.sound(), 4)


def first(browser: Browser, stage: int = 1) -> int:
    return question_ids(browser.interview, stage)[0]


def refused(
    browser: Browser, question: int | str, content: bytes = PIECES[0], **more: Any
) -> tuple[int, str]:
    before = everything(browser.interview)
    answer = make.put(browser, question, content, **more)
    assert everything(browser.interview) == before
    body = answer.json()
    assert body["message"]
    return answer.status_code, body["code"]


def rows(browser: Browser) -> list[tuple[Any, ...]]:
    chunks = Chunk.objects.filter(segment__answer__interview=browser.interview)
    return list(
        chunks.order_by("segment__number", "seq").values_list(
            "segment__number", "segment__epoch", "segment__standing", "seq", "sha256", "set_aside"
        )
    )


def discard(browser: Browser, question: int, numbers: Any, **more: Any) -> Any:
    body = {"epoch": browser.epoch, "segments": numbers, **more}
    return browser.send("POST", f"answers/{question}/segments/discard", body)


def left(browser: Browser) -> int:
    return int(browser.client.get("/room/api/state").json()["media"]["left_bytes"])


def _token_hash(browser: Browser) -> str:
    return links.digest(browser.client.cookies["room"].value)
