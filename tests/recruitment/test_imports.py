"""A table of candidates: checked without a trace, imported as confirmed, taken back where nobody touched it."""

import hashlib
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.errors import DomainError
from core.events.models import Event
from core.exchange.cells import sentence
from core.exchange.models import Import, ImportRow, Matching
from core.exchange.services import imports
from recruitment.models import Application, Candidate
from recruitment.services import applications
from tests.core.exchange.files import workbook
from tests.factories import people, recruitment
from tests.factories.imports import HEADINGS, imported, sent, table
from tests.factories.works import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def taken_back(batch: Import) -> Import:
    imports.undo(import_id=batch.pk, by=batch.owner)
    work_off()
    batch.refresh_from_db()
    return batch


def fates(batch: Import) -> list[tuple[int, str]]:
    return list(batch.rows.values_list("number", "fate"))


def why(batch: Import) -> dict[int, list[tuple[str, str]]]:
    return {
        row.number: [(fault["column"], fault["code"]) for fault in row.faults]
        for row in batch.rows.filter(fate="refused")
    }


def standing() -> list[tuple[str, str, str, str, str, date | None]]:
    return list(
        Application.objects.order_by("pk").values_list(
            "candidate__name",
            "candidate__phone",
            "candidate__email",
            "opening__title",
            "source",
            "planned_start",
        )
    )


def test_nothing_is_written_before_the_yes_and_then_what_was_said() -> None:
    opening = recruitment.opening(title="数据分析师")
    batch = sent(
        ["张三", 13800138000, "ZHANG@example.com", "数据分析师", "校园招聘", None],
        ["李四", "１３９ ００１３ ９０００", None, str(opening.pk), None, "2026年12月14日"],
    )
    assert (batch.state, fates(batch)) == ("checked", [(2, "new"), (3, "new")])
    assert batch.counts() == {"new": 2, "changed": 0, "unchanged": 0, "duplicate": 0, "refused": 0}
    assert (Candidate.objects.count(), Application.objects.count()) == (0, 0)

    imports.confirm(import_id=batch.pk, digest=batch.digest, by=batch.owner)
    work_off()

    batch.refresh_from_db()
    assert (batch.state, batch.digest) == (
        "applied",
        hashlib.sha256(bytes(batch.file.content)).hexdigest(),
    )
    assert standing() == [
        ("张三", "+8613800138000", "zhang@example.com", "数据分析师", "campus", None),
        ("李四", "+8613900139000", "", "数据分析师", "", date(2026, 12, 14)),
    ]
    assert Application.objects.filter(promised_by=date(2026, 11, 27)).count() == 2
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True))[:3] == [
        "import_sent", "import_confirmed", "start_planned",
    ]  # fmt: skip
    # Found by name, as whoever is typed in.
    assert Candidate.objects.filter(name_key="zhang1 san1", search_key__contains="zhangsan").exists()
    assert list(Matching.objects.values_list("kind", flat=True)) == ["candidates"]


def test_the_same_file_again_changes_nothing() -> None:
    recruitment.opening(title="数据分析师")
    rows = [[f"候选{number}", f"1380013{number:04}", None, "数据分析师", "", ""] for number in range(30)]
    first = imported(*rows)
    before = (standing(), Event.objects.exclude(kind__startswith="import_").count())

    again = imported(*rows, by=first.owner)

    assert again.counts() == {"new": 0, "changed": 0, "unchanged": 30, "duplicate": 0, "refused": 0}
    assert (standing(), Event.objects.exclude(kind__startswith="import_").count()) == before
    assert imports.confirm(import_id=again.pk, digest=again.digest, by=again.owner).state == "applied"


def test_each_row_says_its_fate() -> None:
    opening = recruitment.opening(title="数据分析师", title_en="Data analyst")
    recruitment.opening(title="设计师", state="closed")
    for _number in range(2):
        recruitment.opening(title="销售")
    known = recruitment.candidate(name="王五", phone="13700137000", email="")
    applications.apply(candidate_id=known.pk, opening_id=opening.pk, by=people.recruiter())
    gone = recruitment.candidate(name="赵六", phone="13600136000", email="zhao@example.com")
    ended = applications.apply(candidate_id=gone.pk, opening_id=opening.pk, by=people.recruiter())
    applications.take_step(application_id=ended.pk, step="reject", by=people.recruiter(), reason="不合适")
    job = "数据分析师"
    batch = sent(
        ["张三", "13800138000", "", job, "", ""],
        ["张三", "138-0013-8000", "", job, "", ""],
        ["王五", "13700137000", "wang@example.com", job, "", ""],
        ["王 五", "13700137000", "", job, "", ""],
        ["赵六", "13600136000", "", job, "", ""],
        ["", "13800138001", "", job, "", ""],
        ["孙七", "", "", job, "", ""],
        ["周八", "1.38E+10", "zhou", job, "", ""],
        ["吴九", "13700137000", "", job, "", ""],
        ["郑十", "13700137000", "zhao@example.com", job, "", ""],
        ["冯一", "13800138002", "", "没有的岗位", "", ""],
        ["陈二", "13800138003", "", "设计师", "", ""],
        ["褚三", "13800138004", "", "销售", "", ""],
        ["卫四", "13800138005", "", job, "", "2026-12-13"],
        ["蒋五", "13800138006", "", job, "", "2026年2月30日"],
        ["沈六", "13800138000", "", job, "", ""],
        ["王五", "13800138007", "", "Data analyst", "", ""],
    )
    assert dict(fates(batch)) == {
        2: "new", 3: "duplicate", 4: "changed", 5: "duplicate", 6: "duplicate", 7: "refused", 8: "refused",
        9: "refused", 10: "refused", 11: "refused", 12: "refused", 13: "refused", 14: "refused", 15: "refused",
        16: "refused", 17: "refused", 18: "new",
    }  # fmt: skip
    assert why(batch) == {
        7: [("name", "missing")],
        8: [("phone", "no_way_to_reach")],
        9: [("phone", "number_rounded"), ("email", "email_unknown")],
        10: [("phone", "rows_disagree")],
        11: [("phone", "rows_disagree")],
        12: [("opening", "opening_unknown")],
        13: [("opening", "opening_closed")],
        14: [("opening", "opening_ambiguous")],
        15: [("planned_start", "start_not_a_working_day")],
        16: [("planned_start", "date_unknown")],
        17: [("phone", "rows_disagree")],
    }
    row = {each.number: each for each in batch.rows.all()}
    assert (row[3].of_row, row[4].changes) == (
        2,
        [{"of": "candidate", "field": "email", "before": "", "after": "wang@example.com"}],
    )
    assert [sentence(hint) for hint in row[6].hints] == ["赵六此前应聘过该招聘需求，且该应聘已结束。"]
    assert [hint["code"] for hint in row[18].hints] == ["namesake"]


def test_a_number_that_is_somebody_elses_is_refused_and_says_whose() -> None:
    recruitment.opening(title="数据分析师")
    recruitment.candidate(name="王五", phone="13700137000", email="wang@example.com")
    recruitment.candidate(name="赵六", phone="13600136000", email="zhao@example.com")
    batch = sent(
        ["吴九", "13700137000", "", "数据分析师", "", ""],
        ["郑十", "13800138000", "zhao@example.com", "数据分析师", "", ""],
        ["赵六", "13600136000", "wang@example.com", "数据分析师", "", ""],
    )
    assert why(batch) == {
        2: [("phone", "candidate_known")],
        3: [("email", "candidate_known")],
        4: [("phone", "two_people")],
    }
    (first,) = batch.rows.filter(number=2)
    assert sentence(first.faults[0]) == "该号码或邮箱属于候选人王五。"


def test_what_is_written_stays_and_what_nobody_wrote_is_filled_in() -> None:
    opening = recruitment.opening(title="数据分析师")
    known = recruitment.candidate(name="王五", phone="13700137000", email="old@example.com")
    applications.apply(candidate_id=known.pk, opening_id=opening.pk, by=people.recruiter())
    batch = imported(["王五", "13700137000", "new@example.com", "数据分析师", "内部推荐", "2026-12-14"])
    assert batch.counts()["changed"] == 1
    assert standing() == [
        ("王五", "+8613700137000", "old@example.com", "数据分析师", "referral", date(2026, 12, 14))
    ]
    (row,) = batch.rows.all()
    assert [(hint["column"], hint["code"]) for hint in row.hints] == [("email", "kept")]

    taken_back(batch)

    assert standing() == [("王五", "+8613700137000", "old@example.com", "数据分析师", "", None)]


def test_one_person_for_two_openings_is_one_person() -> None:
    for title in ("数据分析师", "销售"):
        recruitment.opening(title=title)
    batch = imported(
        ["张三", "13800138000", "", "数据分析师", "", ""],
        ["张三", "13800138000", "z@example.com", "销售", "", ""],
    )
    assert batch.counts()["new"] == 2
    assert Candidate.objects.values_list("name", "email").get() == ("张三", "z@example.com")
    assert Application.objects.count() == 2
    taken_back(batch)
    assert (Candidate.objects.count(), Application.objects.count()) == (0, 0)


def test_taken_back_is_what_nobody_has_touched() -> None:
    recruitment.opening(title="数据分析师")
    batch = imported(
        *[
            [f"候选{n}", f"1380013000{n}", "", "数据分析师", "", "2026-12-14" if n == 3 else ""]
            for n in range(4)
        ]
    )
    moved = Application.objects.get(candidate__name="候选1")
    applications.take_step(application_id=moved.pk, step="screen", by=batch.owner)

    taken_back(batch)

    assert batch.state == "undone"
    assert set(Candidate.objects.values_list("name", flat=True)) == {"候选1", "候选3"}
    assert {row.number: row.left and row.left["code"] for row in batch.rows.all()} == {
        2: None, 3: "touched", 4: None, 5: "touched",
    }  # fmt: skip
    assert imports.undo(import_id=batch.pk, by=batch.owner).state == "undone"


def test_a_row_that_cannot_be_done_any_more_holds_up_no_other() -> None:
    recruitment.opening(title="数据分析师")
    batch = sent(*[[f"候选{n}", f"1380013000{n}", "", "数据分析师", "", ""] for n in range(3)])
    recruitment.candidate(name="别人", phone="13800130001", email="")
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=batch.owner)
    work_off()
    assert fates(batch) == [(2, "new"), (3, "refused"), (4, "new")]
    assert why(batch) == {3: [("phone", "candidate_known")]}
    assert Application.objects.count() == 2


def test_who_may_and_whose_it_is() -> None:
    recruitment.opening(title="数据分析师")
    row = ["张三", "13800138000", "", "数据分析师", "", ""]
    for other in (people.onboarder(), people.trainer(), people.manager(), people.user()):
        with pytest.raises(DomainError, match="not_permitted"):
            imports.send(kind="candidates", name="x.xlsx", content=table(row), by=other)
    batch = sent(row)
    for other, code in ((people.recruiter(), "import_unknown"), (people.trainer(), "import_unknown")):
        with pytest.raises(DomainError, match=code):
            imports.confirm(import_id=batch.pk, digest=batch.digest, by=other)
    with pytest.raises(DomainError, match="digest_differs"):
        imports.confirm(import_id=batch.pk, digest="0" * 64, by=batch.owner)
    with pytest.raises(DomainError, match="import_not_applied"):
        imports.undo(import_id=batch.pk, by=batch.owner)
    assert imports.confirm(import_id=batch.pk, digest=batch.digest, by=people.lead()).state == "applying"


def test_a_specialist_imports_for_the_own_department_only() -> None:
    mine = recruitment.opening(title="数据分析师")
    recruitment.opening(people.department("销售部"), title="销售")
    by = people.recruiter(department=mine.department)
    batch = sent(
        ["张三", "13800138000", "", "数据分析师", "", ""], ["李四", "13800138001", "", "销售", "", ""], by=by
    )
    assert (fates(batch), why(batch)) == ([(2, "new"), (3, "refused")], {3: [("opening", "opening_unknown")]})


def test_columns_are_matched_by_hand_once_and_known_the_next_time() -> None:
    recruitment.opening(title="数据分析师")
    by, headings = people.recruiter(), ["谁", "怎么找到", "做什么"]
    row = ["张三", "13800138000", "数据分析师"]
    with pytest.raises(DomainError) as caught:
        imports.send(kind="candidates", name="x.xlsx", content=table(row, headings=headings), by=by)
    assert (caught.value.code, caught.value.extra["headings"]) == ("headings_unknown", headings)
    batch = imports.send(
        kind="candidates", name="x.xlsx", content=table(row, headings=headings), by=by, is_matched_later=True
    )
    assert (batch.state, batch.error and batch.error["code"]) == ("failed", "headings_unknown")
    with pytest.raises(DomainError, match="columns_missing"):
        imports.match(import_id=batch.pk, mapping={"name": "谁"}, by=by)
    with pytest.raises(DomainError, match="mapping_unknown"):
        imports.match(import_id=batch.pk, mapping={"name": "没有"}, by=by)
    imports.match(import_id=batch.pk, mapping={"name": "谁", "phone": "怎么找到", "opening": "做什么"}, by=by)
    work_off()
    batch.refresh_from_db()
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=by)
    work_off()
    assert standing() == [("张三", "+8613800138000", "", "数据分析师", "", None)]

    again = sent(row, by=by, headings=headings)

    assert again.counts()["unchanged"] == 1


def test_a_heading_below_a_title_is_found_and_an_empty_table_is_none() -> None:
    recruitment.opening(title="数据分析师")
    content = workbook([["2026届校园招聘"], [], HEADINGS, ["张三", "13800138000", "", "数据分析师", "", ""]])
    batch = imports.send(kind="candidates", name="x.xlsx", content=content, by=people.recruiter())
    work_off()
    assert fates(batch) == [(4, "new")]
    with pytest.raises(DomainError, match="empty_file"):
        imports.send(kind="candidates", name="x.xlsx", content=b"", by=people.recruiter())
    with pytest.raises(DomainError, match="kind_unknown"):
        imports.send(kind="horses", name="x.xlsx", content=content, by=people.recruiter())


def test_checking_and_importing_ask_as_often_for_many_as_for_one() -> None:
    recruitment.opening(title="数据分析师")
    asked = []
    for first, count in ((0, 3), (1_000, 150)):
        numbers = range(first, first + count)
        rows = [[f"候选{n}", f"1380013{n:04}", f"c{n}@example.com", "数据分析师", "", ""] for n in numbers]
        batch = imports.send(kind="candidates", name="x.xlsx", content=table(*rows), by=people.recruiter())
        with CaptureQueriesContext(connection) as checking:
            work_off()
        imports.confirm(import_id=batch.pk, digest=batch.digest, by=batch.owner)
        with CaptureQueriesContext(connection) as importing:
            work_off()
        asked.append((len(checking), len(importing)))
    assert asked[0] == asked[1]
    assert Application.objects.count() == 153


def test_a_set_is_written_with_how_far_the_work_is_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken off in the middle of a set, the next process goes on behind the last whole one."""
    from dataclasses import replace

    from core.exchange import works as declared
    from core.jobs import works

    recruitment.opening(title="数据分析师")
    batch = sent(*[[f"候选{n}", f"1380013000{n}", "", "数据分析师", "", ""] for n in range(6)])
    monkeypatch.setattr(declared, "WORKS", [replace(kind, at_once=2) for kind in declared.WORKS])
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=batch.owner)
    seen = []
    for _turn in range(3):
        works.run_due(works.SLOW)
        seen.append(Application.objects.count())
    assert seen == [0, 2, 4]
    with transaction.atomic():
        works.run_due(works.SLOW)
        assert Application.objects.count() == 6
        transaction.set_rollback(True)
    assert (Application.objects.count(), ImportRow.objects.filter(applied_at__isnull=False).count()) == (4, 4)
    work_off()
    batch.refresh_from_db()
    assert (batch.state, Application.objects.count(), Candidate.objects.count()) == ("applied", 6, 6)
