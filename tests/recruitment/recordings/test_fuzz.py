"""Whatever a page sends, in whatever order: no 5xx, no half-written file, no row without its bytes, quotas hold."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recruitment import tasks
from recruitment.models import Answer, Chunk, Recording, Segment
from recruitment.recordings import policy, storage
from recruitment.room import limits
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser, make_interview, question_ids

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PIECES = make.cut(make.sound(1), 4)
ANSWER, INTERVIEW, LINK = 12_000, 20_000, 30_000

bodies = st.sampled_from([*PIECES, b"", b"x", bytes(5000)]) | st.binary(max_size=40)
numbers = st.integers(0, 3) | st.sampled_from(
    ["-1", "99", "100", "999", "1000", "x", "1e1", "%00", "９", "0x1"]
)
epochs = st.integers(0, 6).map(str) | st.sampled_from(["", "-1", "x", "1.0", "9" * 30])
mimes = st.sampled_from(
    ["audio/webm", "video/mp4;codecs=avc1", "text/html", "", "audio/" + "y" * 300, "video/💥"]
)
hashes = st.none() | st.sampled_from(["", "0" * 64, "Z" * 64]) | st.text(max_size=8)
json = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["chunks", "sha256", "number"]), inner)
    ),
    max_leaves=4,
)
named = st.integers(0, 4).map(lambda count: make.named(PIECES[:count])) | json
steps = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 5), numbers, numbers, bodies, epochs, mimes, hashes),
    st.tuples(st.just("put"), st.integers(0, 1), st.integers(0, 1), st.integers(0, 3), bodies, st.none()),
    st.tuples(st.just("finish"), st.integers(0, 5), st.lists(named, max_size=3)),
    st.tuples(st.just("enter"), st.lists(st.sampled_from(["recording", "ai_evaluation"]), max_size=2)),
    st.tuples(st.just("stage"), st.integers(1, 3)),
    st.tuples(st.just("leave")),
    st.tuples(st.just("text"), st.integers(0, 5)),
    st.tuples(st.just("jobs")),
)


def do(browser: Browser, step: tuple[Any, ...]) -> int:
    """One thing that a page, or somebody in its place, may send; the status."""
    questions = [pk for stage in (1, 2, 3) for pk in question_ids(browser.interview, stage)] + [0]
    what, *rest = step
    if what == "put":
        place, segment, seq, body, epoch, mime, sha256 = [*rest, "audio/webm", None][:7]
        headers = {} if sha256 is None else {"X-Chunk-SHA256": sha256}
        headers["X-Epoch"] = str(browser.epoch) if epoch is None else epoch
        answer = make.put(browser, questions[place], body, segment=segment, seq=seq, mime=mime, **headers)
    elif what == "finish":
        answer = make.finish(browser, questions[rest[0]], *rest[1])
    elif what == "enter":
        answer = browser.send("POST", "enter", {"consents": rest[0]})
        browser.epoch = answer.json().get("epoch", browser.epoch)
    elif what == "stage":
        answer = browser.send("POST", f"stages/{rest[0]}/finish", {"epoch": browser.epoch})
    elif what == "leave":
        answer = browser.send("POST", "exit", {"epoch": browser.epoch, "choice": "leave", "cause": "network"})
    elif what == "text":
        answer = browser.save(questions[rest[0]])
    else:
        for answer_id in Answer.objects.values_list("pk", flat=True):
            tasks.assemble_answer(answer_id)
        return 200
    return answer.status_code


def hold(browser: Browser) -> None:
    """What is true after every step."""
    chunks = list(Chunk.objects.select_related("segment"))
    whole = [make.sha256(make.bytes_of(chunk)) for chunk in chunks if chunk.stored_name]
    assert whole == [chunk.sha256 for chunk in chunks if chunk.stored_name]
    names = {chunk.stored_name for chunk in chunks} | set(
        Recording.objects.values_list("stored_name", flat=True)
    )
    assert make.stored_files() == names - {""}
    of_answers = Answer.objects.annotate(total=Sum("segments__chunks__bytes")).values_list("total", flat=True)
    assert max((total or 0 for total in of_answers), default=0) <= ANSWER
    assert sum(chunk.bytes for chunk in chunks) <= INTERVIEW
    assert not Segment.objects.filter(epoch__gt=browser.epoch).exists()
    finished = Segment.objects.filter(listed_chunks__isnull=False)
    for segment in finished:
        listed = segment.chunks.filter(set_aside=False).values_list("seq", flat=True)
        assert sorted(listed) == list(range(segment.listed_chunks or 0))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(steps, min_size=3, max_size=14))
@pytest.mark.timeout(300)
def test_nothing_breaks_and_nothing_is_half_done(
    db: None, monkeypatch: pytest.MonkeyPatch, script: list[tuple[Any, ...]]
) -> None:
    monkeypatch.setattr(policy, "ANSWER_BYTES", ANSWER)
    monkeypatch.setattr(policy, "INTERVIEW_BYTES", INTERVIEW)
    monkeypatch.setattr(policy, "LINK_BYTES", LINK)
    point = transaction.savepoint()
    try:
        browser = Browser(make_interview()).open().enter(consents=["recording", "ai_evaluation"])
        for step in script:
            limits.counter.forget()
            assert do(browser, step) in (200, 201, 400, 404, 409, 413, 422), step
            hold(browser)
    finally:
        for name in make.stored_files():
            storage.delete(name)
        transaction.savepoint_rollback(point)
