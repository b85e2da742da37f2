"""Whatever a change comes through, the history has it, with who, from where and why; and nothing that is secret."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.history import recording, triggers
from core.history.context import acting, because
from core.history.models import Change
from people.models import Department
from recruitment.models import Answer, Candidate, Opening
from tests.core.admin.pages import saved
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
MANY = 5000


def changes(row: Any) -> list[tuple[Any, ...]]:
    found = Change.objects.filter(model=row._meta.label_lower, object_id=str(row.pk)).order_by("id")
    return [(one.did, one.before, one.after, one.source, one.by_id, one.party, one.why) for one in found]


@pytest.fixture
def department() -> Department:
    row = people.department()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE history_change")
    return row


def test_five_thousand_rows_each_way_are_all_there_with_their_context() -> None:
    with acting(source="job:tests.fill", by=7), because("a new year"):
        rows = Department.objects.bulk_create(
            Department(name=f"部门 {n}", name_en=f"D{n}", path=f"x{n}/") for n in range(MANY)
        )
    keys = [row.pk for row in rows]
    with acting(source="job:tests.rename"), because("renamed"):
        assert Department.objects.filter(pk__in=keys).update(name_en="New") == MANY
    with acting(source="command:mend"), connection.cursor() as cursor:
        cursor.execute("UPDATE people_department SET name_en = 'raw %%''' WHERE id = ANY (%s)", [keys])
    with acting(source="command:drop", by=9):
        Department.objects.filter(pk__in=keys).delete()

    found: dict[tuple[Any, ...], int] = {}
    for one in Change.objects.filter(model="people.department", object_id__in=map(str, keys)):
        key = (one.did, one.source, one.by_id, one.why, str(one.after))
        found[key] = found.get(key, 0) + 1
    assert found == {
        ("C", "job:tests.fill", 7, "a new year", "None"): MANY,
        ("U", "job:tests.rename", None, "renamed", "{'name_en': 'New'}"): MANY,
        ("U", "command:mend", None, "", "{'name_en': \"raw %'\"}"): MANY,
        ("D", "command:drop", 9, "", "None"): MANY,
    }
    gone = Change.objects.filter(did="D", object_id=str(keys[3])).get()
    assert gone.before["name"] == "部门 3" and "path" not in gone.before


def test_a_page_of_the_back_office_says_who_and_from_which_page(
    department: Department, client: Client
) -> None:
    lead = people.lead()
    client.force_login(lead)
    saved(client, department, name="研发中心")
    source = f"page:{reverse('admin:people_department_change', args=[department.pk])}"
    assert changes(department) == [
        ("U", {"name": changes(department)[0][1]["name"]}, {"name": "研发中心"}, source, lead.pk, "", "")
    ]


def test_a_save_that_changes_nothing_and_one_of_what_follows_is_no_change(department: Department) -> None:
    department.save()
    Department.objects.filter(pk=department.pk).update(path="elsewhere/")
    assert changes(department) == []


def test_context_costs_no_statement_and_is_told_again_after_a_savepoint_was_taken_back(
    department: Department,
) -> None:
    rows = Department.objects.filter(pk=department.pk)
    with (
        acting(source="job:a"),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        rows.update(name="a")
        rows.update(name="b")
    assert len(asked) == 2
    with acting(source="job:b"):
        with transaction.atomic():
            rows.update(name="c")
            transaction.set_rollback(True)
        rows.update(name="d")
    rows.update(name="e")
    assert [(after, source) for _did, _before, after, source, *_rest in changes(department)][:3] == [
        ({"name": "a"}, "job:a"),
        ({"name": "b"}, "job:a"),
        ({"name": "d"}, "job:b"),
    ]
    assert changes(department)[3][3] != "job:b"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_each_write_is_told_and_the_next_one_on_the_connection_is_not() -> None:
    row = people.department()
    with acting(source="job:alone", why="because of 100% 'quotes' \\ and \"those\""):
        Department.objects.filter(pk=row.pk).update(name="a")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('hrsuite.history', true)")
        assert not cursor.fetchone()[0]
    made, alone = changes(row)
    assert made[0] == "C"
    assert alone[3:] == ("job:alone", None, "", "because of 100% 'quotes' \\ and \"those\"")


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_begins_prepared_is_told_as_well() -> None:
    from core import prepared

    row = people.department()
    for name in ("a", "b"):
        with acting(source="job:same"), transaction.atomic():
            prepared.execute("SELECT id FROM people_department WHERE id = %s", [row.pk])
            Department.objects.filter(pk=row.pk).update(name=name)
    assert [source for _did, _b, _a, source, *_rest in changes(row)][1:] == ["job:same", "job:same"]


def test_secrets_and_peoples_texts_are_said_to_have_changed_and_are_not_kept() -> None:
    person = people.user()
    person.set_password("a-new-Password-9")
    person.save()
    candidate = make.candidate()
    Candidate.objects.filter(pk=candidate.pk).update(other_contacts="me@old.example", phone="+8613900000001")
    by = {
        label: Change.objects.filter(model=label, did="U").latest("id")
        for label in ("people.user", "recruitment.candidate")
    }
    assert (by["people.user"].before, by["people.user"].after, by["people.user"].unseen) == (
        None,
        None,
        ["password"],
    )
    assert by["recruitment.candidate"].unseen == ["other_contacts"]
    [(column, sealed)] = by["recruitment.candidate"].after.items()
    assert (column, Candidate._meta.get_field("phone").unseal(sealed)) == ("phone", "+8613900000001")
    person.delete()
    gone = Change.objects.filter(model="people.user", did="D").latest("id")
    assert "password" not in gone.before and gone.before["username"] == person.username


def test_no_column_of_a_recorded_table_that_holds_a_secret_is_kept() -> None:
    """The list of today, so that a new one is looked at."""
    kept_apart = {
        f"{label}.{column}"
        for label, one in recording.recorded().items()
        for column in one.unseen
        if recording.SECRET.search(column)
    }
    assert kept_apart == {
        # No secret, and of no use there.
        "exchange.import.digest",
        "messaging.smsconnection.secret_sealed",
        "messaging.wecomconnection.callback_sealed",
        "messaging.wecomconnection.secret_sealed",
        "people.user.password",
        "people.apitoken.digest",
        "people.trusteddevice.digest",
        "recruitment.calendarlink.token_hash",
        "recruitment.mailbox.secret_sealed",
        "recruitment.outsidecalendar.secret_address",
        "recruitment.personrequest.key_hash",
        "recruitment.roomlink.token_hash",
        # A hash of what was asked, and what it cost in a model's tokens.
        "recruitment.scoring.digest",
        "recruitment.voice.digest",
        "recruitment.scoring.tokens_in",
        "recruitment.scoring.tokens_out",
        "recruitment.vendor.secret_sealed",
    }


def test_an_answer_that_is_being_typed_is_a_draft_until_it_is_finished() -> None:
    interview = make.interview()
    make.saved_stage(interview, 1)
    answer = Answer.objects.filter(interview=interview).earliest("pk")
    rows = Answer.objects.filter(pk=answer.pk)
    rows.update(finished_at=None)
    before = len(changes(answer))
    rows.update(text="half a sentence", revision=3)
    assert len(changes(answer)) == before
    rows.update(finished_at="2026-11-24T10:00:00+08:00", text="a sentence", revision=4)
    rows.update(text="rewritten by somebody")
    finished, rewritten = Change.objects.filter(
        model="recruitment.answer", object_id=str(answer.pk)
    ).order_by("id")[before:]
    assert set(finished.after) == {"finished_at", "revision"} and finished.unseen == ["text"]
    assert (rewritten.after, rewritten.unseen) == (None, ["text"])


def test_what_happened_is_not_rewritten(department: Department) -> None:
    Department.objects.filter(pk=department.pk).update(name="x")
    for write in (lambda: Change.objects.update(source=""), lambda: Change.objects.all().delete()):
        with pytest.raises(DatabaseError, match="not rewritten"), transaction.atomic():
            write()
    assert len(changes(department)) == 1


def test_every_business_table_keeps_a_history_or_is_an_exception_with_its_reason() -> None:
    models = {model._meta.label_lower for model in recording.business_models()}
    assert set(recording.recorded()) | set(recording.not_recorded()) == models
    assert set(recording.not_recorded()) <= models
    assert {label for label, reason in recording.not_recorded().items() if len(reason) < 10} == set()
    # The whole list, so that adding to it is looked at.
    assert set(recording.not_recorded()) == {
        "checks.check", "checks.healthreport", "checks.size",
        "core.backuprun", "core.jobscluster", "core.keeprule", "core.longwork", "core.manyrow", "core.manyrun",
        "core.takenjob", "core.trouble", "core.wallclock",
        "events.event", "events.pulse", "events.reaction",
        "exchange.export", "exchange.importfile", "exchange.importrow",
        "history.change", "history.look", "history.seal",
        "messaging.approval", "messaging.attempt", "messaging.callback", "messaging.card", "messaging.channelpause",
        "messaging.conversation", "messaging.conversationcursor", "messaging.conversationlink",
        "messaging.delivery", "messaging.message",
        "people.opensession", "people.signintries",
        "recruitment.busytime", "recruitment.chunk", "recruitment.exposure", "recruitment.facefigures",
        "recruitment.groupanswer",
        "recruitment.handovercode", "recruitment.lease", "recruitment.presencenote", "recruitment.recordingaccess",
        "recruitment.resumeaccess", "recruitment.roomentry", "recruitment.receivedmail", "recruitment.roomsession",
        "recruitment.enquiry", "recruitment.stagepassage", "recruitment.vendorevent",
        "reports.fold", "reports.kepttable", "reports.monthofopening", "reports.weekofopening",
        "sealed.sealedtable",
    }  # fmt: skip


def test_a_table_whose_trigger_is_gone_or_off_is_named_and_gets_it_again() -> None:
    assert triggers.missing() == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER history_u ON people_department")
        cursor.execute("ALTER TABLE recruitment_opening DISABLE TRIGGER history_d")
    assert triggers.missing() == ["people_department: history_u", "recruitment_opening: history_d"]
    triggers.keep()
    assert triggers.missing() == []
    opening = make.opening()
    Opening.objects.filter(pk=opening.pk).update(title="y")
    assert changes(opening)[-1][2] == {"title": "y"}
