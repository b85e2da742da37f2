"""Figures of faces: by policy and consent alone, once for each answer, shown where the plan says so, gone with the
recording; and nothing that judges reads them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, transaction

from core.errors import Forbidden, Invalid, NotFound, Refused
from core.history.models import Change
from core.persons import Person, records_of
from people.actors import Party
from recruitment.enums_faces import Faces, NotMeasured
from recruitment.models import Answer, Candidate, Consent, FaceFigures, PlanVersion, Segment
from recruitment.privacy import copying
from recruitment.recordings import facelib, facewords
from recruitment.recordings.services import faces, keeping
from recruitment.services import plan_changes, plans, ready_plans
from tests.factories import faces as make
from tests.factories import people, recordings
from tests.recruitment.room.conftest import Browser, everything, question_ids

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
PIECES = recordings.cut(recordings.sound(), 2)


@pytest.fixture(autouse=True)
def _own_place(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FACES_ROOT = tmp_path / "faces"
    recordings.empty_storage()
    yield
    recordings.empty_storage()


@pytest.fixture
def seen(interview: Any) -> Browser:
    """A candidate who agreed to everything, in an interview whose plan notes faces; one answer is recorded."""
    make.put_in()
    make.ask(interview.version, "show")
    browser = Browser(interview).open().enter(consents=["recording", "ai_evaluation", "faces"])
    question = question_ids(interview, 1)[0]
    recordings.finish(browser, question, recordings.record(browser, question, PIECES))
    return browser


def say(browser: Browser, **more: Any) -> Any:
    question = question_ids(browser.interview, 1)[0]
    body = {"epoch": browser.epoch, **(more or make.COUNTED)}
    return browser.send("PUT", f"answers/{question}/faces", body)


def kept() -> list[tuple[Any, ...]]:
    return list(FaceFigures.objects.values_list("seconds", "frames", "absent", "away", "several", "reason"))


def test_what_a_page_counted_is_kept_once(seen: Browser) -> None:
    assert [say(seen).status_code for _again in range(2)] == [204, 204]
    assert kept() == [(20.0, 10, 2, 3, 1, "")]
    assert say(seen, **{**make.COUNTED, "frames": 11, "seconds": 22}).status_code == 204
    assert kept() == [(22.0, 11, 2, 3, 1, "")]
    assert say(seen, reason="slow").status_code == 204
    assert kept() == [(None, None, None, None, None, "slow")], "what was not measured is nothing, never zero"


WRONG: list[dict[str, Any]] = [
    {},
    {"reason": "tired"},
    {"reason": "slow", **make.COUNTED},
    {**make.COUNTED, "emotion": "happy"},
    {**make.COUNTED, "frames": 0},
    {**make.COUNTED, "frames": 22},
    {**make.COUNTED, "frames": True},
    {**make.COUNTED, "absent": 11},
    {**make.COUNTED, "away": 9},
    {**make.COUNTED, "several": 9},
    {**make.COUNTED, "several": -1},
    {**make.COUNTED, "away": 1.5},
    {**make.COUNTED, "seconds": 1201},
    {**make.COUNTED, "seconds": "20"},
    {**make.COUNTED, "seconds": float("nan")},
    {name: value for name, value in make.COUNTED.items() if name != "away"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_right_is_refused(seen: Browser, wrong: dict[str, Any]) -> None:
    question = question_ids(seen.interview, 1)[0]
    answer = seen.send("PUT", f"answers/{question}/faces", {"epoch": seen.epoch, **wrong})
    assert (answer.status_code, answer.json()["code"], kept()) == (422, "faces_invalid", [])


def test_it_takes_plan_consent_recording_and_the_page_that_lives(seen: Browser) -> None:
    def refused() -> tuple[int, str]:
        before = everything(seen.interview)
        answer = say(seen)
        assert (kept(), everything(seen.interview)) == ([], before)
        return answer.status_code, answer.json()["code"]

    make.ask(seen.interview.version, "off")
    assert refused() == (409, "faces_off")
    make.ask(seen.interview.version, "collect")
    Segment.objects.update(deletion_reason="by_hr")
    assert refused() == (409, "faces_without_recording")
    Segment.objects.update(deletion_reason="")
    seen.epoch -= 1
    assert refused() == (409, "stale_epoch")
    seen.epoch += 1
    assert seen.send("PUT", "answers/0/faces", {"epoch": seen.epoch, **make.COUNTED}).json()["code"] == (
        "question_unknown"
    )
    assert seen.send("POST", "faces/withdraw").json() == {"deleted": 0}
    assert refused() == (409, "faces_not_agreed")


def test_it_may_come_after_the_last_answer_and_never_after_an_exit(seen: Browser) -> None:
    for stage in (1, 2, 3):
        for question in question_ids(seen.interview, stage)[1 if stage == 1 else 0 :]:
            seen.save(question)
        seen.send("POST", f"stages/{stage}/finish", {"epoch": seen.epoch})
    assert everything(seen.interview)["interview"][0] == "completed"
    assert (say(seen).status_code, len(kept())) == (204, 1)
    seen.epoch += 1
    assert say(seen, reason="slow").json()["code"] == "ended"


def test_without_the_plan_a_consent_to_it_is_no_consent(interview: Any) -> None:
    Browser(interview).open().enter(consents=["recording", "faces"])
    assert set(Consent.objects.values_list("kind", "given")) == {
        ("recording", True),
        ("ai_evaluation", False),
    }


def test_the_consent_is_taken_back_at_once_and_nothing_else_changes(seen: Browser) -> None:
    say(seen)
    before = everything(seen.interview)
    assert [seen.send("POST", "faces/withdraw").json() for _again in range(2)] == [
        {"deleted": 1},
        {"deleted": 0},
    ]
    after = everything(seen.interview)
    assert {name for name in before if before[name] != after[name]} == {"Consent"}
    assert list(Consent.objects.filter(kind="faces").values_list("given", flat=True)) == [True, False]
    assert "faces" not in seen.send("GET", "state").json()["consents"]
    assert not Change.objects.filter(model="recruitment.facefigures").exists(), "no history outlives it"


def test_hr_notes_a_consent_taken_back_on_the_phone_and_nothing_else_changes(seen: Browser) -> None:
    say(seen)
    recruiter, stranger = people.recruiter(username="phoned"), people.manager()
    before = everything(seen.interview)
    for outsider in (stranger, people.trainer(username="trains")):
        with pytest.raises((Forbidden, NotFound)):
            faces.withdraw(interview_id=seen.interview.pk, by=outsider)
    assert (everything(seen.interview), len(kept())) == (before, 1)
    assert faces.withdraw(interview_id=seen.interview.pk, by=recruiter) == 1
    after = everything(seen.interview)
    assert {name for name in before if before[name] != after[name]} == {"Consent"}
    rows = Consent.objects.filter(kind="faces").order_by("pk").values_list("attempt", "given")
    assert (list(rows), kept()) == ([(1, True), (1, False)], [])
    assert say(seen).json()["code"] == "faces_not_agreed", "the page that is still open counts in vain"
    assert "faces" not in seen.send("GET", "state").json()["consents"]
    with pytest.raises(Refused) as refused:
        faces.withdraw(interview_id=seen.interview.pk, by=recruiter)
    assert (refused.value.code, everything(seen.interview)) == ("faces_not_agreed", after)


def test_they_go_with_the_recording(seen: Browser) -> None:
    say(seen)
    keeping.delete_now(segment_id=Segment.objects.get().pk, by=Party.SYSTEM)
    assert kept() == []


def test_they_go_when_recording_is_not_agreed_to_any_more(seen: Browser) -> None:
    say(seen)
    keeping.withdraw_consent(interview_id=seen.interview.pk, by=Party.CANDIDATE)
    assert kept() == []
    assert not faces.has_agreed(seen.interview.pk, 1)


def test_colleagues_see_them_where_the_plan_shows_them(seen: Browser) -> None:
    say(seen)
    hr = people.recruiter(username="shown")
    opening = seen.interview.application.opening
    manager = people.manager(department=opening.department)

    def visible() -> list[int]:
        return [FaceFigures.objects.visible_to(one).count() for one in (hr, manager)]

    assert visible() == [1, 0], "a manager as far as the recording may be played"
    type(opening).objects.update(managers_see_recordings=True)
    assert visible() == [1, 1]
    make.ask(seen.interview.version, "collect")
    assert visible() == [0, 0]


def test_the_candidate_has_them_on_the_own_page_and_in_the_copy(seen: Browser) -> None:
    say(seen)
    page = seen.client.get("/room/data")
    words = facewords.words_of(FaceFigures.objects.get())
    assert words in page.content.decode()
    candidate = seen.interview.application.candidate
    [table] = [
        one
        for one in copying._tables(Person(Candidate, records_of(candidate)))
        if one["table"] == "recruitment.facefigures"
    ]
    assert [10 in row.values() for row in table["rows"]] == [True]
    form = {"faces": "withdraw", "csrfmiddlewaretoken": page.context["csrf_token"]}
    assert seen.client.post("/room/data", form).status_code == 302
    assert (kept(), words in seen.client.get("/room/data").content.decode()) == ([], False)


def test_the_database_takes_no_zero_for_what_was_not_measured(seen: Browser) -> None:
    answer = Answer.objects.get()
    for wrong in ({"frames": 0}, {"absent": None}, {"reason": "slow", "frames": 0}, {"absent": 8, "away": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.figures(answer.pk, **wrong)
    assert {make.figures(answer.pk, reason=why).delete()[0] for why in NotMeasured.values} == {1}


def test_who_decides_for_hr_switches_it_and_only_with_the_library(interview: Any) -> None:
    draft = plans.edit(plan_id=interview.version.plan_id, by=Party.SYSTEM)
    lead = people.lead(username="decides")
    with pytest.raises(Forbidden):
        faces.switch(version_id=draft.pk, faces="show", by=people.recruiter(username="recruits"))
    with pytest.raises(Invalid, match=r"faces_unknown|three|choose"):
        faces.switch(version_id=draft.pk, faces="score", by=lead)
    with pytest.raises(Refused) as refused:
        faces.switch(version_id=draft.pk, faces="collect", by=lead)
    assert (refused.value.code, "install_faces" in str(refused.value.message)) == (
        "faces_not_installed",
        True,
    )
    make.put_in()
    faces.switch(version_id=draft.pk, faces="collect", by=lead)
    assert [
        str(one.what) for one in plan_changes.between(interview.version, PlanVersion.objects.get(pk=draft.pk))
    ]
    with pytest.raises(Refused) as refused:
        faces.switch(version_id=interview.version_id, faces="off", by=lead)
    assert refused.value.code == "version_published"
    facelib.remove()
    assert faces.switch(version_id=draft.pk, faces="off", by=lead).faces == "off", "off is always possible"


def test_a_later_version_keeps_it_and_a_copied_plan_does_not(interview: Any) -> None:
    make.ask(interview.version, "show")
    draft = plans.edit(plan_id=interview.version.plan_id, by=Party.SYSTEM)
    copy = ready_plans.copy_plan(plan_id=interview.version.plan_id, name="另一个方案", by=Party.SYSTEM)
    assert (draft.faces, copy.faces) == ("show", "off")


def test_nothing_that_judges_counts_or_lists_reads_them() -> None:
    """The whole set of modules that name them: no scorer, rule, report, export, API or message is among them."""
    found = set()
    for app in (
        "core",
        "people",
        "messaging",
        "recruitment",
        "onboarding",
        "training",
        "notifications",
        "reports",
    ):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts and "FaceFigures" in path.read_text(encoding="utf-8"):
                found.add(str(path.relative_to(ROOT)))
    assert found == {
        "recruitment/erasing.py", "recruitment/models/__init__.py", "recruitment/models/faces.py",
        "recruitment/recorded.py", "recruitment/recordings/admin/consent.py",
        "recruitment/recordings/admin/playback.py", "recruitment/recordings/facewords.py",
        "recruitment/recordings/retention.py", "recruitment/recordings/services/faces.py",
    }  # fmt: skip
    with pytest.raises(FieldDoesNotExist):
        Answer._meta.get_field("emotion")
    assert set(Faces.values) == {"off", "collect", "show"}, "there is no score of it"
    columns = {field.name for field in FaceFigures._meta.get_fields()}
    assert columns == {
        "id", "answer", "seconds", "frames", "absent", "away", "several", "reason", "degrees", "method", "noted_at",
    }  # fmt: skip
