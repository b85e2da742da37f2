"""Somebody is erased: no table and no file names them any more, and every figure counts as before."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.backups import erased
from core.errors import DomainError
from core.history import seals
from core.history.models import Change
from core.persons import ANONYMOUS, parts
from people.models import User
from recruitment.models import Candidate, Erasure, GroupAnswer, Interview
from recruitment.privacy.services import erasing, holding
from recruitment.recordings import storage
from recruitment.services import groups, notes
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.privacy import whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november", "own_files")]


@pytest.fixture
def lead() -> User:
    return people.lead()


def gone(candidate_id: int, by: User) -> Erasure:
    """Decided and done."""
    row = erasing.decide(candidate_id=candidate_id, reason=f"{whole.NAME} 本人要求", by=by)
    Erasure.objects.filter(pk=row.pk).update(begins_at=timezone.now())
    erasing.go_on()
    row.refresh_from_db()
    return row


def refused(call: Any, **given: Any) -> str:
    with pytest.raises(DomainError) as error:
        call(**given)
    return error.value.code


def test_no_table_and_no_file_names_the_person(lead: User) -> None:
    interview = whole.somebody(lead)
    groups.say(
        candidate_id=interview.application.candidate_id, gender="female", age_band="25_34", agreed=True
    )
    before = whole.traces()
    assert {
        "recruitment_candidate.name", "history_change.before", "events_event.facts", "recruitment_candidate.phone",
        "recruitment_answer.text", "recruitment_transcript.pieces", "messaging_message.body",
    } <= set(before)  # fmt: skip
    assert whole.files()

    row = gone(interview.application.candidate_id, lead)

    assert (row.state, row.failing, set(row.done)) == ("done", "", {part.code for part in parts()})
    assert whole.traces() == {}
    assert whole.files() == set()
    assert Candidate.objects.get(pk=interview.application.candidate_id).name == ANONYMOUS
    assert not GroupAnswer.objects.exists()


@pytest.mark.parametrize("namesake", [False, True])
def test_a_note_about_somebody_else_names_the_person_no_more(lead: User, namesake: bool) -> None:
    """By number and address in any case; by name where it can mean nobody else, also in what stood there before."""
    interview = whole.somebody(lead)
    other, bystander = make.candidate("路人甲"), make.candidate("路人乙")
    if namesake:
        make.candidate(whole.NAME)
    note = notes.write(candidate_id=other.pk, text="先不约", by=lead)
    notes.edit(
        note_id=note.pk, text=f"与{whole.NAME}是同学，{whole.PHONE}，{whole.MAIL}", was="先不约", by=lead
    )
    kept = notes.write(candidate_id=bystander.pk, text="下周再联系", by=lead)

    gone(interview.application.candidate_id, lead)

    note.refresh_from_db()
    kept.refresh_from_db()
    name = whole.NAME if namesake else ANONYMOUS
    assert (note.text, kept.text) == (f"与{name}是同学，{ANONYMOUS}，{ANONYMOUS}", "下周再联系")
    changes = Change.objects.filter(model="recruitment.candidatenote", object_id=str(note.pk))
    assert changes.count() == 3 and all(
        "text" not in {**(row.before or {}), **(row.after or {})} for row in changes
    )
    assert seals.check().broken == []


FIGURES = (
    "reports/weekly/", "reports/exits/", "reports/efficiency/", "headcount-plan/", "interviews/?ordering=id",
)  # fmt: skip


def test_every_figure_counts_as_before(lead: User, client: Any) -> None:
    interview = whole.somebody(lead)
    client.force_login(lead)
    names = ("as_of", "candidate")

    def read() -> list[Any]:
        answers = [client.get(f"/api/v1/{path}") for path in FIGURES]
        assert {answer.status_code for answer in answers} == {200}
        return [_without(answer.json(), names) for answer in answers]

    before = read()
    gone(interview.application.candidate_id, lead)
    assert read() == before


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _without(each, names) for key, each in value.items() if key not in (*names, "evidence")}
    return [_without(each, names) for each in value] if isinstance(value, list) else value


def test_the_chain_of_sealed_days_holds(lead: User) -> None:
    interview = whole.somebody(lead)
    changes = Change.objects.count()
    gone(interview.application.candidate_id, lead)
    assert Change.objects.filter(erased__isnull=False).exists()
    assert Change.objects.count() > changes  # nothing of what happened was taken out
    assert seals.check().broken == []


def test_states_times_and_scores_stay(lead: User) -> None:
    interview = whole.somebody(lead)
    before = (
        whole.counted(),
        Interview.objects.filter(pk=interview.pk).values_list("state", "attempt", "of_opening"),
    )
    scores = list(interview.assessments.values_list("basis", "value", "low", "high", "status"))
    state = list(before[1])
    gone(interview.application.candidate_id, lead)
    after = whole.counted()
    went = {name: before[0][name] - count for name, count in after.items() if count < before[0][name]}
    assert set(went) == {
        "exchange.importfile", "history.look", "recruitment.resume", "recruitment.resumeproposal",
        "recruitment.roomlink", "recruitment.scoring", "recruitment.transcript", "recruitment.vendorinterview",
    }  # fmt: skip
    assert (
        list(Interview.objects.filter(pk=interview.pk).values_list("state", "attempt", "of_opening")) == state
    )
    assert list(interview.assessments.values_list("basis", "value", "low", "high", "status")) == scores


def test_nobody_else_loses_anything(lead: User) -> None:
    interview = whole.somebody(lead)
    other = make.candidate(whole.NAME, phone="13700001111", email="other@example.com")
    theirs = make.saved_stage(
        make.interview(make.application(candidate=other), state="in_progress"), 1, text="别人"
    )
    gone(interview.application.candidate_id, lead)
    other.refresh_from_db()
    assert (other.name, other.phone, other.email, other.erased_at) == (
        whole.NAME, "+8613700001111", "other@example.com", None
    )  # fmt: skip
    assert set(theirs.interview.answers.exclude(text="").values_list("text", flat=True)) == {"别人"}


def test_killed_between_two_parts_it_goes_on(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    interview = whole.somebody(lead)
    delete, calls = storage.delete, []

    def dies(name: str) -> None:
        calls.append(name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        delete(name)

    monkeypatch.setattr(storage, "delete", dies)
    with pytest.raises(KeyboardInterrupt):
        gone(interview.application.candidate_id, lead)
    row = Erasure.objects.get()
    assert row.done_at is None and Candidate.objects.get(pk=row.candidate_id).name == whole.NAME
    monkeypatch.setattr(storage, "delete", delete)
    erasing.go_on()
    row.refresh_from_db()
    assert row.state == "done" and whole.traces() == {} and whole.files() == set()
    assert erasing.go_on() == 0


def test_what_comes_meanwhile_goes_too(lead: User) -> None:
    interview = whole.somebody(lead)
    erasing.decide(candidate_id=interview.application.candidate_id, reason="本人要求", by=lead)
    Erasure.objects.update(begins_at=timezone.now())
    row = Erasure.objects.get()
    assert erasing._next_part(row.pk)
    make.written_test(interview.application, code="sql")
    make.project(interview.application, title=whole.SAYS)
    erasing.go_on()
    assert whole.traces() == {}


@pytest.mark.parametrize("stage", ["interviewing", "hired"])
def test_who_goes_on_or_was_hired_is_not_erased(lead: User, stage: str) -> None:
    row = make.application(stage=stage)
    code = {"interviewing": "goes_on", "hired": "hired"}[stage]
    assert refused(erasing.decide, candidate_id=row.candidate_id, reason="要求", by=lead) == code
    assert not Erasure.objects.exists()


def test_only_the_lead_decides_once_and_may_call_it_off(lead: User) -> None:
    row = make.candidate()
    given = {"candidate_id": row.pk, "reason": "要求"}
    assert refused(erasing.decide, **given, by=people.recruiter()) == "not_permitted"
    assert refused(erasing.decide, candidate_id=row.pk, reason=" ", by=lead) == "reason_missing"
    assert refused(erasing.decide, candidate_id=0, reason="要求", by=lead) == "candidate_unknown"
    first = erasing.decide(**given, by=lead)
    assert refused(erasing.decide, **given, by=lead) == "being_erased"
    assert erasing.go_on() == 0  # an hour is left to call it off
    erasing.call_off(erasure_id=first.pk, by=lead)
    assert refused(erasing.call_off, erasure_id=first.pk, by=lead) == "begun"
    assert gone(row.pk, lead).state == "done"
    assert refused(erasing.decide, **given, by=lead) == "erased_already"
    assert refused(holding.hold, **given, by=lead) == "erased_already"


def test_a_held_record_is_not_erased_until_it_is_lifted(lead: User) -> None:
    row = make.candidate()
    waits = erasing.decide(candidate_id=row.pk, reason="要求", by=lead)
    hold = holding.hold(candidate_id=row.pk, reason="仲裁", by=lead)
    Erasure.objects.update(begins_at=timezone.now() - timedelta(minutes=1))
    assert erasing.go_on() == 0
    waits.refresh_from_db()
    assert (waits.state, waits.failing) == ("waiting", "held")
    holding.lift(hold_id=hold.pk, reason="已和解", by=lead)
    erasing.go_on()
    waits.refresh_from_db()
    assert (waits.state, waits.failing) == ("done", "")


def test_a_backup_brought_back_erases_again(lead: User) -> None:
    row, other = make.candidate("李回来"), make.candidate("王新来", phone="13700001111")
    gone(row.pk, lead)
    erased.note(other.pk, "2020-01-01T00:00:00+00:00")  # a number that was another person's before
    # As the backup had it:
    Erasure.objects.all().delete()
    Candidate.objects.filter(pk=row.pk).update(name="李回来", phone="+8613800138000", erased_at=None)
    assert erasing.again() == 1
    assert erasing.again() == 0
    erasing.go_on()
    row.refresh_from_db(), other.refresh_from_db()
    assert (row.name, row.phone, other.name) == (ANONYMOUS, "", "王新来")
