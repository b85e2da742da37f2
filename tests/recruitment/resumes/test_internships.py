"""Internships that a résumé speaks of: which are proposed, on which words, and what becomes of a click."""

import pytest

from recruitment.evaluation.services.evidence import evidence_of
from recruitment.models import ResumeFact
from recruitment.resumes.internships import internships
from recruitment.resumes.services import confirming
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.resumes import files
from tests.recruitment.resumes.conftest import added

CHINESE = [
    "张三",
    "求职意向：数据分析实习生",
    "教育背景",
    "2019.9-2023.6 浙江大学 统计学 本科",
    "实习经历",
    "2022.06-2022.09 字节跳动 数据分析实习生",
    "• 2022.07-2022.08 参与看板搭建",
    "2021年7月 - 8月 腾讯科技（深圳）有限公司 产品运营",
    "项目经历",
    "2021.3-2021.6 校园二手平台 负责人",
]
ENGLISH = [
    "San Zhang",
    "Seeking an internship, 2024.01 - 2024.06",
    "EDUCATION",
    "Zhejiang University, Bachelor, 9/2019-6/2023",
    "INTERNSHIP EXPERIENCE",
    "ByteDance, Data Intern, Jun 2022 - Sep 2022",
    "Tencent",
    "07/2021 - 08/2021",
    "WORK EXPERIENCE",
    "International Sales, Acme, 1/2024 - present",
]


@pytest.mark.django_db
@pytest.mark.parametrize("made", [files.pdf, files.docx])
def test_a_chinese_resume_proposes_its_internships_with_their_words(made):
    row = added(make.application(make.opening()), made(CHINESE))
    found = row.proposals.filter(kind="internship").values_list("value", "months", "passage")
    assert list(found) == [
        ("字节跳动 · 数据分析实习生", 3, CHINESE[5]),
        ("腾讯科技（深圳）有限公司 · 产品运营", 1, CHINESE[7]),
    ]
    assert [row.text[each.start :][:4] for each in row.proposals.filter(kind="internship")] == [
        "2022",
        "2021",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("made", [files.pdf, files.docx])
def test_an_english_resume_does_too(made):
    row = added(make.application(make.opening()), made(ENGLISH))
    assert list(row.proposals.filter(kind="internship").values_list("value", "months", "passage")) == [
        ("ByteDance, Data Intern", 3, ENGLISH[5]),
        ("Tencent", 1, f"{ENGLISH[6]} {ENGLISH[7]}"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        # What calls itself one needs no heading; its part may stand on the next line, its span on a line of its own.
        ("2022.6-至今 联想集团\n前端开发实习生", [("联想集团 · 前端开发实习生", None)]),
        ("美团 | 运营实习生\n2021.07 - 2021.09", [("美团 · 运营实习生", 2)]),
        ("实习经历：2021.12-2022.02 无锡市人民医院 护理", [("无锡市人民医院 · 护理", 2)]),
        ("可口可乐（2020.7-2020.8）市场实习生", [("可口可乐 · 市场实习生", 1)]),
        ("希望小学 2023/3~2023/5 实习教师", [("希望小学 · 实习教师", 2)]),
        ("Product Management Intern | Acme | June–September 2023", [("Product Management Intern · Acme", 3)]),
        # Told in a sentence.
        ("大三时曾在招商银行实习3个月。", [("招商银行 · 实习", 3)]),
        ("I interned at Goldman Sachs for 3 months.", [("Goldman Sachs · Intern", 3)]),
        # Wished for, led, denied, or something else altogether.
        ("希望在贵公司实习，可立即实习", []),
        ("无实习经历\n没有实习经验", []),
        ("在校期间实习表现良好", []),
        ("2015.01-2020.02 阿里巴巴 主管，指导实习生5人", []),
        ("2015.01-2020.02 阿里巴巴 主管\n带领3名实习生", []),
        ("Seeking an internship, Jan 2024 - Jun 2024", []),
        ("Managed 3 interns, Jan 2020 - Feb 2022; internal tools, 2021.1-2021.3", []),
        ("2019.9-2023.6 浙江大学 本科", []),
        # Below the heading of something else, or of both, only what says so.
        ("工作与实习经历\n2020.1-2022.3 某公司 会计", []),
        ("实习经历\n2020.1-2020.3 某公司 出纳\n工作经历\n2021.1-2022.3 某厂 会计", [("某公司 · 出纳", 2)]),
        # Months that are none are no length.
        ("2022.13-2022.15 某公司 实习生", [("某公司 · 实习生", None)]),
        ("2022.9-2022.6 某厂 实习生", [("某厂 · 实习生", None)]),
    ],
)  # fmt: skip
def test_nothing_else_is_an_internship(text, found):
    assert [(each.value, each.months) for each in internships(text)] == found
    assert all(text[each.start : each.end].strip() for each in internships(text))


def test_a_text_that_means_harm_is_read_in_no_time():
    for piece in ("实习 ", " ", "2022.1-", "在", "\t|", "希望在"):
        assert list(internships(piece * 200_000)) == []


@pytest.mark.django_db
def test_a_click_makes_it_a_fact_that_an_estimate_stands_on_as_what_it_is():
    application, hr = make.application(make.opening()), people.recruiter()
    row = added(application, files.docx(CHINESE))
    first, second = row.proposals.filter(kind="internship")
    confirming.confirm(resume_id=row.pk, proposal_id=first.pk, level=4, by=hr)
    confirming.dismiss(resume_id=row.pk, proposal_id=second.pk, by=hr)
    facts = ResumeFact.objects.values_list(
        "application", "kind", "title", "detail", "level", "months", "degree"
    )
    assert list(facts) == [
        (application.pk, "internship", "字节跳动 · 数据分析实习生", CHINESE[5], 4, 3, None)
    ]
    [piece] = evidence_of(application.pk)
    assert (piece.source, piece.label, piece.value, str(piece.base_weight)) == (
        "internship", "字节跳动 · 数据分析实习生", 80, "0.4",
    )  # fmt: skip
