"""A ZIP of résumés: each file judged with the words it stands on, brought in once, and taken back."""

from typing import Any

import pytest

from core.exchange.cells import sentence
from core.exchange.models import Import
from core.exchange.services import imports
from recruitment.models import Application, Candidate, Resume, ResumeAccess
from recruitment.resumes import naming
from tests.core.exchange.test_archives import packed
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.works import work_off
from tests.recruitment.resumes import files
from tests.recruitment.resumes.conftest import stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def cv(name: str, phone: str) -> bytes:
    return files.pdf([f"姓名：{name}", f"电话：{phone}", "5年工作经验"])


def sent(content: dict[str, bytes], by: Any = None) -> Import:
    batch = imports.send(
        kind="resumes", name="简历.zip", content=packed(content), by=by or people.recruiter()
    )
    return worked(batch)


def worked(batch: Import) -> Import:
    work_off()
    batch.refresh_from_db()
    return batch


def confirmed(batch: Import) -> Import:
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=batch.owner)
    return worked(batch)


def rows(batch: Import) -> dict[str, tuple[str, list[str]]]:
    return {
        row.values["file"]: (row.fate, [fault["code"] for fault in row.faults])
        for row in batch.rows.order_by("number")
    }


def test_files_are_judged_with_their_words_brought_in_and_taken_back() -> None:
    opening = make.opening(title="数据分析师")
    one = cv("张三", "13800138000")
    batch = sent({
        "数据分析师/甲.pdf": one,
        "数据分析师/甲（副本）.pdf": one,
        "数据分析师/张三第二份.pdf": cv("张三", "138 0013 8000") + b"\n",
        "数据分析师/李四-简历.docx": files.docx(["电话：13900139000"]),
        "数据分析师/无名.pdf": files.pdf(["电话：13700137000"]),
        "数据分析师/王五.pdf": files.pdf(["姓名：王五"]),
        "数据分析师/赵六.pdf": b"MZ not a document",
        "没有的岗位/孙七.pdf": cv("孙七", "13600136000"),
        "周八.pdf": cv("周八", "13500135000"),
    })  # fmt: skip
    assert (batch.state, Candidate.objects.count(), stored()) == ("checked", 0, set())
    assert rows(batch) == {
        "甲.pdf": ("new", []),
        "甲（副本）.pdf": ("duplicate", []),
        "张三第二份.pdf": ("duplicate", []),
        "李四-简历.docx": ("new", []),
        "无名.pdf": ("refused", ["name_unknown"]),
        "王五.pdf": ("refused", ["no_way_to_reach"]),
        "赵六.pdf": ("refused", ["kind_unknown"]),
        "孙七.pdf": ("refused", ["opening_unknown"]),
        "周八.pdf": ("refused", ["missing"]),
    }
    first = batch.rows.order_by("number").first()
    assert [sentence(hint) for hint in first.hints] == [
        "张三，依据原文「姓名：张三」。",
        "+8613800138000，依据原文「电话：13800138000」。",
    ]
    assert confirmed(batch).state == "applied"
    made = Resume.objects.order_by("pk").values_list(
        "candidate__name", "candidate__phone", "name", "application__opening", "application__stage"
    )
    assert list(made) == [
        ("张三", "+8613800138000", "甲.pdf", opening.pk, "applied"),
        ("李四", "+8613900139000", "李四-简历.docx", opening.pk, "applied"),
    ]
    assert len(stored()) == 2
    imports.undo(import_id=batch.pk, by=batch.owner)
    assert worked(batch).state == "undone"
    assert (Candidate.objects.count(), Application.objects.count(), Resume.objects.count()) == (0, 0, 0)


def test_the_same_archive_again_changes_nothing_and_a_known_person_gets_the_file() -> None:
    opening = make.opening(title="数据分析师")
    known = make.application(opening, candidate=make.candidate("张三", phone="13800138000"))
    content = {f"{opening.pk}/张三.pdf": cv("张三", "13800138000")}
    batch = confirmed(sent(content))
    assert rows(batch) == {"张三.pdf": ("changed", [])}
    assert Resume.objects.get().application == known
    again = sent(content, by=batch.owner)
    assert rows(again) == {"张三.pdf": ("unchanged", [])}


def test_what_somebody_opened_since_stays_and_says_so() -> None:
    make.opening(title="数据分析师")
    batch = confirmed(sent({"数据分析师/张三.pdf": cv("张三", "13800138000")}))
    ResumeAccess.objects.create(resume=Resume.objects.get(), who="李文")
    imports.undo(import_id=batch.pk, by=batch.owner)
    worked(batch)
    assert (Candidate.objects.count(), Application.objects.count(), Resume.objects.count()) == (1, 1, 1)
    assert sentence(batch.rows.get().left) == "已有人处理过这份简历，保留不动。"


@pytest.mark.parametrize(
    ("text", "file", "name"),
    [
        ("姓 名：欧阳娜娜  女", "a.pdf", "欧阳娜娜"),
        ("Name: John Smith\nPhone", "a.pdf", "John Smith"),
        ("", "数据分析师_张三_5年.pdf", "张三"),
        ("", "产品经理-李小明-本科.pdf", "李小明"),
        ("", "张三的个人简历.pdf", "张三"),
        ("", "校招/诸葛小亮简历.docx", "诸葛小亮"),
        ("", "Li_Wen-CV.pdf", "Li Wen"),
        ("", "简历2026.pdf", None),
        ("个人信息", "scan0001.pdf", None),
    ],
)
def test_whose_it_is(text: str, file: str, name: str | None) -> None:
    found = naming.whose(text, file)
    assert (found.name if found else None) == name
