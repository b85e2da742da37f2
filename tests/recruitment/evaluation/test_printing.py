"""Reports as documents: bars with intervals, quotes that lead to their second, what is not known; the candidate's."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from recruitment.evaluation import printing
from recruitment.evaluation.services import scoring
from recruitment.models import (
    Assessment,
    EarlierScore,
    Interview,
    Opening,
    Recording,
    RubricScore,
    Transcript,
)
from recruitment.recordings.services import writing_down
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.evaluation.scored import complete, in_progress, interrupt, saved
from tests.recruitment.evaluation.test_heard import spoken

pytestmark = pytest.mark.django_db


def report(basis: str) -> Assessment:
    return printing.read(Assessment.objects.get(basis=basis, status="current").pk)


def broken_off() -> Interview:
    """One stage saved, spoken and written down; then the exit: a partial report, and a fallback beside it."""
    interview = in_progress()
    scoring.score_checkpoint(checkpoint_id=spoken(interview, "大家好。", "我负责报表。").pk)
    interrupt(interview)
    return interview


def test_a_partial_report_names_what_is_not_known_and_where_each_quote_is_heard() -> None:
    broken_off()
    said = printing.contents(report("partial"))
    assert (said["estimate"], said["warning"], said["line"]) == (True, "估计，不用于晋级或排名", 80.0)
    rows = {row["name"]: row for row in said["rows"]}
    assert {name: (row["value"], row["low"], row["high"]) for name, row in rows.items()} == {
        "沟通能力": (100, 85, 100), "团队协作": (0, 0, 65),
        "专业技能": (None, None, None), "反应速度": (None, None, None), "情绪管理": (None, None, None),
    }  # fmt: skip
    recording = Recording.objects.get().pk
    assert rows["沟通能力"]["quotes"] == [
        {"quote": "我负责报表", "about": "职责", "said": "依据转写草稿",
         "link": f"http://127.0.0.1:8000/recordings/{recording}/#t=4", "at": "0:04"},
    ]  # fmt: skip
    assert rows["团队协作"]["missing"] == "未提及：团队"
    assert [part["title"] for part in said["parts"]] == ["尚不清楚的部分", "数据来源"]
    assert said["parts"][0]["lines"] == [
        "未完成的环节：专业问题", "未完成的环节：情景模拟",
        "没有得分的能力维度：专业技能", "没有得分的能力维度：反应速度", "没有得分的能力维度：情绪管理",
    ]  # fmt: skip
    assert said["parts"][1]["lines"] == ["自我介绍"]


def test_a_quote_that_speaks_for_two_points_stands_once_with_both() -> None:
    broken_off()
    row = report("partial").competencies.get(competency__name="沟通能力")
    (piece,) = [each for each in row.evidence if each.get("points")]
    (point,) = [each for each in piece["points"] if each["quote"]]
    piece["points"] = [
        point,
        {**point, "point": "结果", "weight": 9},
        {**point, "quote": "按周汇报", "point": "节奏"},
    ]
    row.save()
    assert [(one["quote"], one["about"]) for one in printing.quotes_of(row)] == [
        ("我负责报表", "结果；职责"), ("按周汇报", "节奏"),
    ]  # fmt: skip


def test_a_fallback_says_on_what_it_rests() -> None:
    broken_off()
    said = printing.contents(report("fallback"))
    rows = {row["name"]: row for row in said["rows"]}
    assert [piece["label"] for piece in rows["专业技能"]["evidence"]] == [
        "笔试：Excel 55",
        "项目经历：销售看板 60",
    ]
    assert "按公开的权重" in dict(said["facts"])["评分方法"] or dict(said["facts"])["评分方法"]
    assert rows["反应速度"]["value"] is None


def test_a_full_report_has_nothing_unknown_and_says_what_a_person_reviewed() -> None:
    interview, hr = in_progress(), people.recruiter()
    saved(interview, 1, 2, 3)
    complete(interview)
    score = interview.checkpoints.get(stage__number=2).scores.get(competency__code="expertise")
    scoring.override(score_id=score.pk, value=70, reason="追问后", by=hr)
    said = printing.contents(report("full"))
    assert [part["title"] for part in said["parts"]] == ["数据来源"]
    assert (said["estimate"], said["warning"]) == (False, "")
    row = next(row for row in said["rows"] if row["name"] == "专业技能")
    assert (row["value"], row["evidence"]) == (70, [{"label": "专业问题 70", "by": "人工复核"}])
    assert ["评分方法", "要点覆盖率，未经验证"] in said["facts"]
    for each in RubricScore.objects.filter(checkpoint__interview=interview):
        scoring.override(score_id=each.pk, value=70, reason="人工", by=hr)
    assert ["评分方法", "由人工评分"] in printing.contents(report("full"))["facts"]
    # Whoever wrote it without naming its stages: the interview was whole, and an empty heading says nothing.
    Assessment.objects.filter(basis="full").update(sources=[])
    assert printing.contents(report("full"))["parts"] == []


def test_the_candidates_version_names_no_pass_line_and_no_recording_but_whom_to_ask() -> None:
    interview = broken_off()
    said = printing.contents_for_candidate(report("partial"))
    assert (said["line"], [name for name, _value in said["facts"]]) == (None, ["依据", "出具时间"])
    assert {one["link"] for row in said["rows"] for one in row["quotes"]} == {""}
    meaning = said["parts"][0]
    specialist = make.specialist_of(interview)
    assert meaning["title"] == "如何理解这份报告"
    assert "由人来决定" in meaning["lines"][2]
    assert str(specialist.name) in meaning["lines"][3]


def test_of_an_estimate_the_candidate_reads_from_what_it_was_made() -> None:
    broken_off()
    said = printing.contents_for_candidate(report("fallback"))
    rows = {row["name"]: row["evidence"] for row in said["rows"]}
    assert rows["专业技能"] == [
        {"label": "笔试：Excel 55", "by": ""},
        {"label": "项目经历：销售看板 60", "by": ""},
    ]
    assert "笔试、简历和已完成的环节" in said["parts"][0]["lines"][0]
    other = printing.contents_for_candidate(report("partial"))
    assert {str(row["evidence"]) for row in other["rows"]} == {"[]"}
    assert "完整回答应包含的要点" in other["parts"][0]["lines"][0]


def test_in_english() -> None:
    broken_off()
    Opening.objects.update(title_en="Data analyst")
    with translation.override("en"):
        said = printing.contents(report("partial"))
        for each in (said, printing.contents_for_candidate(report("partial"))):
            assert " · Data analyst" in each["who"]
    assert said["parts"][0]["lines"][0].startswith("Stage not saved: ")
    assert said["rows"][0]["quotes"][0]["said"] == "by the draft transcript"


def test_stages_are_named_as_the_reader_speaks_in_documents_and_on_pages(as_hr: Any) -> None:
    interview = broken_off()
    with make.unfrozen():
        for number, title in ((1, "Introduction"), (2, "Technical questions")):
            interview.version.stages.filter(number=number).update(title_en=title)
    candidate = interview.application.candidate
    type(candidate).objects.filter(pk=candidate.pk).update(language="en")
    with translation.override("en"):
        said = {basis: printing.contents(report(basis)) for basis in ("partial", "fallback")}
        theirs = printing.contents_for_candidate(report("partial"))
        talking, together = (str(make.competency(code)) for code in ("communication", "teamwork"))
    assert said["partial"]["parts"][0]["lines"][:2] == [
        "Stage not saved: Technical questions", "Stage not saved: 情景模拟",
    ]  # fmt: skip
    assert theirs["parts"][1]["lines"][:1] == ["Stage not saved: Technical questions"]
    assert said["partial"]["parts"][1]["lines"] == ["Introduction"]
    assert {f"Introduction ({talking}) 100", f"Introduction ({together}) 0"} <= set(
        said["fallback"]["parts"][-1]["lines"]
    )
    rows = {row["name"]: row["evidence"] for row in said["fallback"]["rows"]}
    assert rows[talking] == [{"label": "Introduction 100", "by": ""}]
    page = reverse("admin:recruitment_interview_change", args=[interview.pk])
    for language, words in (("en", f"Introduction ({talking}) 100"), ("zh-hans", "自我介绍（沟通能力） 100")):
        shown = as_hr.get(page, headers={"accept-language": language}).content.decode()
        assert (words in shown, "自我介绍 100" in shown) == (True, language != "en")


def test_a_report_that_stands_says_by_whose_words_it_scores(as_hr: Any) -> None:
    interview, hr = broken_off(), people.recruiter(name="李文静", username="wenjing")
    transcript = Recording.objects.get().transcript
    address = reverse("admin:recruitment_assessment_change", args=[report("partial").pk])

    def said() -> list[str]:
        found = [line for name, line in printing.contents(report("partial"))["facts"] if name == "录音转写"]
        assert all(line in as_hr.get(address).text for line in found)
        return found

    assert said() == []
    Transcript.objects.update(scored_at=datetime.fromisoformat("2026-11-30T09:00+08:00"))
    with time_machine.travel("2026-11-30T10:00+08:00", tick=False):
        writing_down.correct(
            transcript_id=transcript.pk, texts=["大家好。", "我复杂报表。"], by=hr, is_scored=False
        )
    number = transcript.recording_id
    assert said() == [f"录音 #{number}：仍按 李文静 (wenjing) 于 2026-11-30 10:00 核对之前的文字"]
    assert report("partial").competencies.get(competency__code="communication").value == 100
    scoring.score_again(checkpoint_id=interview.checkpoints.get().pk, by=hr)
    address = reverse("admin:recruitment_assessment_change", args=[report("partial").pk])
    assert said() == [f"录音 #{number}：按 李文静 (wenjing) 于 2026-11-30 10:00 核对后的文字"]
    assert report("partial").competencies.get(competency__code="communication").value == 0
    assert [one.value for one in EarlierScore.objects.filter(score__competency__code="communication")] == [
        100
    ]
    # What was replaced rests on other words than these: nothing is said of it.
    past = Assessment.objects.filter(basis="partial", status="superseded").latest("pk")
    assert printing.wording_of(past) == []


def test_reading_takes_as_many_queries_for_any_number_of_competencies(
    django_assert_num_queries: Any,
) -> None:
    broken_off()
    pk = report("partial").pk
    with django_assert_num_queries(4):
        printing.contents(printing.read(pk))


def test_both_documents_are_made_and_only_for_who_may_see_the_report(as_hr: Any, client: Any) -> None:
    interview = broken_off()
    found = report("partial")
    page = as_hr.get(reverse("admin:recruitment_assessment_change", args=[found.pk])).content.decode()
    for name in ("recruitment_assessment_pdf", "recruitment_assessment_pdf_for_candidate"):
        address = reverse(f"admin:{name}", args=[found.pk])
        assert address in page
        answer = as_hr.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        assert "no-store" in answer["Cache-Control"]
        assert as_hr.post(address).status_code == 405
        assert as_hr.get(reverse(f"admin:{name}", args=[found.pk + 999])).status_code == 404
    assert f"/recordings/{Recording.objects.get().pk}/#t=4" in page
    client.force_login(people.manager(of=interview.application.opening.department))
    assert client.get(reverse("admin:recruitment_assessment_pdf", args=[found.pk])).status_code != 200
