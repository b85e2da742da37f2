"""A kept résumé is read: its text, its pages as pictures, the words that it is found by, and what it proposes."""

import io
import os
from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import Forbidden, NotFound
from recruitment.models import Candidate, Resume
from recruitment.recordings import storage
from recruitment.resumes import child, kinds, proposing
from recruitment.resumes.services import adding, looking, reading
from recruitment.services import merging
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.resumes import files
from tests.recruitment.resumes.conftest import added, stored

pytestmark = pytest.mark.django_db


def test_a_pdf_is_read_drawn_and_searched(application):
    row = added(application, files.pdf(pages=2))
    assert (row.state, row.note, row.pages, len(row.page_names)) == ("read", "", 2, 2)
    assert "浙江大学 统计学 本科" in row.text and "Zhang.San@Example.com" in row.text
    assert stored() == {row.stored_name, *row.page_names}
    with storage.opened(row.page_names[0]) as picture:
        head = picture.read(12)
    assert (head[:4], head[8:]) == (b"RIFF", b"WEBP")
    with storage.opened(row.stored_name) as content:
        assert content.read() == files.pdf(pages=2) or row.sha256
    found = {
        word: [each.pk for each in looking.holding(Resume.objects.all(), word)]
        for word in (
            "数据分析",
            "经营数据分析报表",
            "浙江",
            "excel",
            "EXC",
            "浙江 sql",
            "浙",
            "。",
            "浙江 java",
            "析据",
            "",
        )
    }
    assert found == {
        "数据分析": [row.pk], "经营数据分析报表": [row.pk], "浙江": [row.pk], "excel": [row.pk], "EXC": [row.pk],
        "浙江 sql": [row.pk], "浙": [row.pk], "。": [], "浙江 java": [], "析据": [], "": [],
    }  # fmt: skip


def test_a_word_file_is_read_whole_and_once(application):
    more = {
        "word/header1.xml": f'<w:hdr xmlns:w="{files.W}"><w:p><w:r><w:t>页眉 13900139000</w:t></w:r></w:p></w:hdr>',
        "word/document.xml": f'<w:document xmlns:w="{files.W}" xmlns:mc="http://schemas.openxmlformats.org/'
        'markup-compatibility/2006"><w:body><w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>'
        "<w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl><mc:AlternateContent><mc:Choice>"
        "<w:p><w:r><w:t>框中的字</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>框中的字</w:t></w:r></w:p>"
        "</mc:Fallback></mc:AlternateContent><w:p><w:r><w:instrText>HYPERLINK</w:instrText></w:r></w:p></w:body>"
        "</w:document>",
    }
    row = added(application, files.docx(more=more))
    assert (row.kind, row.state, row.pages, row.page_names) == ("docx", "read", None, [])
    assert row.text.split() == ["页眉", "13900139000", "甲", "乙", "框中的字"]


def test_what_holds_no_text_says_so_and_is_shown_all_the_same(application):
    row = added(application, files.pdf([]))
    assert (row.state, row.note, len(row.page_names), row.text) == ("unreadable", "no_text", 1, "")
    assert list(row.proposals.all()) == []


def test_the_same_file_again_is_the_row_that_is_there(application):
    row = added(application)
    assert added(application) == row
    assert (Resume.objects.count(), len(stored())) == (1, 2)
    other = make.application(make.opening(), candidate=make.candidate("李四"))
    assert added(other).pk != row.pk


def test_reading_twice_changes_nothing_and_a_lost_job_is_made_up_for(application):
    row = added(application, read=False)
    assert row.state == "reading" and reading.read_waiting() == 0
    Resume.objects.update(changed_at=timezone.now() - timedelta(minutes=3))
    assert reading.read_waiting() == 1
    before = stored()
    assert not reading.read(resume_id=row.pk) and not reading.read(resume_id=0)
    assert stored() == before
    row.refresh_from_db()
    assert (row.state, row.proposals.count(), row.tries) == ("read", 6, 1)


def test_a_machine_that_gives_out_is_tried_again_and_then_given_up(application, monkeypatch):
    def gives_out(*_words):
        raise child.NotNowError("no process")

    row = added(application, read=False)
    with monkeypatch.context() as patched:
        patched.setattr(child, "read", gives_out)
        assert [reading.read(resume_id=row.pk) for _ in range(3)] == [False, False, True]
    row.refresh_from_db()
    assert (row.state, row.note, row.tries) == ("unreadable", "too_much", 3)
    assert stored() == {row.stored_name}
    # What the reader refuses is no fault of the machine's.
    other = added(make.application(make.opening()), read=False)
    monkeypatch.setattr(child, "read", lambda *_words: (_ for _ in ()).throw(kinds.refusal("broken")))
    assert reading.read(resume_id=other.pk)
    other.refresh_from_db()
    assert (other.state, other.note, other.tries) == ("unreadable", "broken", 1)


def test_each_proposal_stands_on_its_passage(application):
    row = added(application)
    found = {(each.kind, each.value, each.months): each.passage for each in row.proposals.all()}
    assert found == {
        ("phone", "+8613800138000", None): files.LINES[1],
        ("email", "zhang.san@example.com", None): files.LINES[1],
        ("education", "浙江大学 · 本科", None): files.LINES[2],
        ("experience", "5", 60): files.LINES[3],
        ("skill", "Excel", None): files.LINES[3],
        ("skill", "SQL", None): files.LINES[3],
    }  # fmt: skip
    assert all(row.text[each.start :].strip() for each in row.proposals.all())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        ("我喜欢大学生活。订单 20231138001380 号", []),
        ("Zhejiang University, Master of Science\n8+ years of work experience", [
            "Zhejiang University · Master", "8",
        ]),
        ("硕士 北京大学 2015\n学士 四川大学", ["北京大学 · 硕士", "四川大学 · 学士"]),
        ("工作年限：3年 0年经验 99年经验", ["3"]),
        ("Excellent, MySQLish", []),
        ("a@b", []),
    ],
)  # fmt: skip
def test_nothing_is_proposed_that_is_not_said(text, values):
    skills = [make.skill("sql", "SQL"), make.skill("excel", "Excel")]
    assert [each.value for each in proposing.proposals(text, skills)] == values


def test_a_skill_is_known_by_the_program_in_its_name():
    skills = [
        make.skill("query", "SQL 查询"),
        make.skill("office", "Excel 与办公软件"),
        make.skill("talk", "汇报"),
    ]
    said = proposing.proposals("熟练使用 SQL、Excel；了解 MySQL", skills)
    assert [each.value for each in said] == ["SQL 查询", "Excel 与办公软件"]


def test_removing_takes_the_bytes_and_merging_brings_the_file_along(
    application, django_capture_on_commit_callbacks
):
    row, hr = added(application), people.recruiter()
    gone = make.application(make.opening(), candidate=make.candidate("张三"))
    theirs = added(gone, files.docx())
    merging.merge(keep_id=application.candidate_id, gone_id=gone.candidate_id, by=hr)
    assert set(Resume.objects.values_list("pk", "candidate")) == {
        (row.pk, application.candidate_id), (theirs.pk, application.candidate_id),
    }  # fmt: skip
    with pytest.raises(Forbidden):
        adding.remove(resume_id=row.pk, by=people.trainer())
    with django_capture_on_commit_callbacks(execute=True):
        adding.remove(resume_id=row.pk, by=hr)
    with pytest.raises(NotFound, match="resume_unknown"):
        adding.remove(resume_id=row.pk, by=hr)
    assert stored() == {theirs.stored_name}


def test_the_sweep_takes_what_no_row_speaks_of(application):
    row = added(application)
    left = storage.new_name(adding.FOLDER, ".pdf")
    with storage.opened(row.stored_name) as content:
        storage.put(content, name=left)
    assert reading.sweep(everything=True) == 0, "a request may be writing its row"
    for name in stored():
        os.utime(storage.recordings().path(name), (0, 0))
    assert reading.sweep(everything=True) == 1
    assert stored() == {row.stored_name, *row.page_names}
    # With the candidate the files go.
    Candidate.objects.filter(pk=make.candidate("王五").pk).delete()
    Resume.objects.all().delete()
    assert reading.sweep(everything=True) == 2 and stored() == set()


def test_nobody_else_adds(application):
    for person in (people.trainer(), people.onboarder(), people.manager()):
        with pytest.raises(Forbidden):
            added(application, by=person)
    looked, somebody = adding.look(io.BytesIO(files.pdf()), "x"), make.candidate()
    with pytest.raises(NotFound, match="application_unknown"):
        adding.add(
            looked=looked, candidate_id=somebody.pk, application_id=application.pk, by=people.recruiter()
        )
    assert Resume.objects.count() == 0
