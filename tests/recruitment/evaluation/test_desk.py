"""The scoring desk: no names, one answer after another, a second reviewer by sample, levels worded after answers."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import Forbidden, Invalid, NotFound, Refused
from people.models import User
from recruitment.evaluation.services import desk, scoring
from recruitment.models import Interview, Judgement, Opening, Recording, RubricLevel, RubricScore
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.evaluation.scored import in_progress, interrupt, saved
from tests.recruitment.evaluation.test_heard import spoken

pytestmark = pytest.mark.django_db


def scored(*, text: str = "我负责报表。", **opening: Any) -> tuple[Interview, RubricScore]:
    """An interview that broke off after its first stage, and its score of communication."""
    interview = in_progress(**opening)
    saved(interview, 1, text=text)
    interrupt(interview)
    score = RubricScore.objects.get(checkpoint__interview=interview, competency__code="communication")
    return interview, score


def sampled(score: RubricScore, *, of: int = 0) -> RubricScore:
    """The same score under a number that the sample takes (0) or does not (1 to 4)."""
    pk = (RubricScore.objects.latest("pk").pk // desk.SECOND_OF + 2) * desk.SECOND_OF + of
    RubricScore.objects.filter(pk=score.pk).update(id=pk)
    return RubricScore.objects.get(pk=pk)


def judge(score: RubricScore, by: Any, level: int = 4, note: str = "") -> Judgement:
    return desk.judge(score_id=score.pk, level=level, note=note, by=by)


def test_the_first_level_counts_beside_the_methods_score() -> None:
    hr, (_interview, score) = people.recruiter(), scored()
    made = judge(score, hr, 4)
    assert judge(score, hr, 4) == made
    score.refresh_from_db()
    assert (score.value, score.override, score.overridden_by) == (Decimal(100), Decimal(75), hr)
    assert (made.level, made.is_second, Judgement.objects.count()) == (4, False, 1)


def test_a_second_reviewer_by_sample_changes_no_score() -> None:
    first, second, third = people.recruiter(), people.recruiter(), people.lead()
    score = sampled(scored()[1])
    judge(score, first, 4)
    assert judge(score, second, 2, "例子太少").is_second
    score.refresh_from_db()
    assert (score.override, score.overridden_by) == (Decimal(75), first)
    for by, level in ((third, 3), (first, 5), (second, 5)):
        with pytest.raises(Refused) as raised:
            judge(score, by, level)
        assert raised.value.code == "judged_already"


def test_what_the_sample_leaves_out_is_judged_once_and_what_was_reviewed_not_again() -> None:
    first, second = people.recruiter(), people.recruiter()
    score = sampled(scored()[1], of=1)
    judge(score, first)
    other = scored()[1]
    scoring.override(score_id=other.pk, value="60", reason="看过", by=first)
    for row in (score, other):
        with pytest.raises(Refused):
            judge(row, second)
    assert Judgement.objects.count() == 1


def test_wrong_levels_rows_and_people_are_refused() -> None:
    hr, (_interview, score) = people.recruiter(), scored()
    for level in (0, 6):
        with pytest.raises(Invalid):
            judge(score, hr, level)
    with pytest.raises(NotFound):
        desk.judge(score_id=score.pk + 999, level=3, note="", by=hr)
    elsewhere = people.recruiter(department=people.department())
    for by in (people.onboarder(), people.manager(), elsewhere):
        with pytest.raises(Forbidden):
            judge(score, by)
    saved(in_progress(), 1)
    running = RubricScore.objects.latest("pk")
    with pytest.raises(Refused) as raised:
        judge(running, hr)
    assert (raised.value.code, Judgement.objects.exists()) == ("interview_running", False)


def waiting(person: User) -> dict[tuple[int, int], tuple[int, int]]:
    return {(each.stage.pk, each.competency.pk): (each.first, each.second) for each in desk.questions(person)}


def test_the_desk_counts_what_waits_for_this_person() -> None:
    first, second = people.recruiter(), people.recruiter()
    interview, score = scored()
    score = sampled(score)
    key = (score.checkpoint.stage_id, score.competency_id)
    assert (waiting(first)[key], waiting(second)[key]) == ((1, 0), (1, 0))
    judge(score, first)
    assert (waiting(second)[key], key in waiting(first)) == ((0, 1), False)
    assert desk.next_for(second, stage_id=key[0], competency_id=key[1]) == score
    assert desk.next_for(first, stage_id=key[0], competency_id=key[1]) is None
    assert waiting(people.recruiter(department=people.department())) == {}
    RubricScore.objects.update(method="vendor:x")
    assert waiting(second) == {}
    RubricScore.objects.update(method="person")
    Opening.objects.filter(pk=interview.application.opening_id).update(state="closed")
    assert waiting(second) == {}


def test_the_last_judgement_is_changed_or_taken_back_and_what_was_there_stays() -> None:
    hr, (_interview, score) = people.recruiter(), scored()
    score = sampled(score)
    one = {"stage_id": score.checkpoint.stage_id, "competency_id": score.competency_id}
    slip = judge(score, hr, 1)
    mended = desk.change(judgement_id=slip.pk, level=4, note="有例子", by=hr)
    assert desk.change(judgement_id=mended.pk, level=4, note="有例子", by=hr) == mended
    score.refresh_from_db()
    assert (score.value, score.override, score.override_reason) == (Decimal(100), Decimal(75), "有例子")
    desk.take_back(judgement_id=mended.pk, by=hr)
    score.refresh_from_db()
    assert (score.override, score.overridden_by, desk.next_for(hr, **one)) == (None, None, score)
    rows = Judgement.objects.order_by("pk")
    assert [(row.level, row.taken_back_at is None) for row in rows] == [(1, False), (4, False)]
    again = judge(score, hr, 3)
    assert list(desk.judged(hr, **one)) == [again]
    with pytest.raises(Refused) as raised:
        desk.take_back(judgement_id=mended.pk, by=hr)
    assert raised.value.code == "not_your_last"


def test_who_judged_beside_somebody_is_not_left_alone_and_nobody_changes_anothers() -> None:
    first, second = people.recruiter(), people.recruiter()
    score = sampled(scored()[1])
    made = judge(score, first, 5)
    beside = judge(score, second, 1)
    for judgement, by, code in (
        (made, first, "judged_twice"), (made, second, "not_your_last"), (beside, first, "not_your_last"),
    ):  # fmt: skip
        with pytest.raises(Refused) as raised:
            desk.take_back(judgement_id=judgement.pk, by=by)
        assert raised.value.code == code
    desk.change(judgement_id=made.pk, level=4, note="", by=first)
    desk.take_back(judgement_id=beside.pk, by=second)
    score.refresh_from_db()
    assert (score.override, waiting(second)[score.checkpoint.stage_id, score.competency_id]) == (75, (0, 1))
    assert judge(score, second, 4).is_second
    (found,) = [each for each in desk.questions(first) if each.competency == score.competency]
    assert found.agreed.pairs == 1


def test_what_was_scored_on_the_interviews_page_since_is_not_undone_at_the_desk() -> None:
    hr, (_interview, score) = people.recruiter(), scored()
    made = judge(score, hr, 5)
    scoring.override(score_id=score.pk, value="60", reason="看过录像", by=hr)
    for step in (
        lambda: desk.take_back(judgement_id=made.pk, by=hr),
        lambda: desk.change(judgement_id=made.pk, level=1, note="", by=hr),
    ):
        with pytest.raises(Refused) as raised:
            step()
        assert raised.value.code == "scored_since"
    score.refresh_from_db()
    assert (score.override, Judgement.objects.standing().get()) == (60, made)
    with pytest.raises(Invalid):
        desk.change(judgement_id=made.pk, level=6, note="", by=hr)
    with pytest.raises(NotFound):
        desk.change(judgement_id=made.pk + 1, level=2, note="", by=hr)


def test_agreement_says_how_many_were_judged_twice() -> None:
    first, second, score = people.recruiter(), people.recruiter(), scored()[1]
    Judgement.objects.create(score=score, reviewer=first, level=3)
    Judgement.objects.create(score=score, reviewer=second, level=3, is_second=True)
    (found,) = [each for each in desk.questions(first) if each.competency == score.competency]
    assert (found.agreed.pairs, found.agreed.kappa) == (1, None)


def test_a_level_of_the_houses_rubric_is_worded_after_a_judged_answer() -> None:
    hr, (_interview, score) = people.recruiter(), scored()
    made = judge(score, hr, 4)
    for text in ("先说结论。", "先说结论，再举例。"):
        desk.set_anchor(judgement_id=made.pk, text=text, by=hr)
    assert list(RubricLevel.objects.values_list("competency", "version", "level", "anchor")) == [
        (score.competency_id, None, 4, "先说结论，再举例。")
    ]
    for text, code in ((" ", "anchor_missing"), ("长" * 601, "anchor_too_long")):
        with pytest.raises(Invalid) as raised:
            desk.set_anchor(judgement_id=made.pk, text=text, by=hr)
        assert raised.value.code == code
    with pytest.raises(NotFound):
        desk.set_anchor(judgement_id=made.pk + 1, text="x", by=hr)


def test_the_pages_hide_the_name_and_lead_from_one_answer_to_the_next(as_hr: Any) -> None:
    interview, score = scored(text="我负责报表。")
    name = str(interview.application.candidate)
    overview = reverse("admin:recruitment_interviewplan_desk")
    stage, competency = score.checkpoint.stage_id, score.competency_id
    address = reverse("admin:recruitment_interviewplan_desk_question", args=[stage, competency])
    assert address in as_hr.get(overview).content.decode()
    version = score.checkpoint.stage.version
    with make.unfrozen():
        RubricLevel.objects.create(competency=score.competency, version=version, level=3, anchor="有做法")
    page = as_hr.get(address).content.decode()
    assert "我负责报表。" in page
    assert name not in page
    with make.unfrozen():
        version.stages.get(pk=stage).questions.update(text_en="What did you do?")
    assert "What did you do?" in as_hr.get(address, headers={"accept-language": "en"}).content.decode()
    assert "待评分 1 份，待第二人评分 0 份" in page and f'href="{overview}"' in page
    assert [("有做法" in each, "介于相邻两级之间" in each) for each in page.split('name="level"')[1:]] == [
        (level == 3, level != 3) for level in range(1, 6)
    ], "each level stands with what it sounds like"
    assert as_hr.post(address, {"score": score.pk, "level": "9"}).status_code == 422
    assert as_hr.post(address, {"score": score.pk, "level": "4", "note": "有例子"}).status_code == 302
    after = as_hr.get(address).content.decode()
    assert "这道题暂无待您评分的回答" in after
    made = Judgement.objects.get()
    assert as_hr.post(address, {"change": made.pk, "level": "2"}).status_code == 302
    made = Judgement.objects.standing().get()
    assert (made.level, as_hr.post(address, {"change": made.pk, "level": ""}).status_code) == (2, 422)
    page = as_hr.get(reverse("admin:recruitment_interview_change", args=[interview.pk])).content.decode()
    assert page.count("已撤回或修改") == 1 and "李招聘，2 级" in page and "李招聘，4 级" in page
    assert as_hr.post(address, {"judgement": made.pk, "anchor": "先说结论。"}).status_code == 302
    assert RubricLevel.objects.get(version=None).anchor == "先说结论。"
    assert as_hr.post(address, {"judgement": made.pk, "anchor": " "}).status_code == 422
    assert as_hr.post(address, {"change": made.pk, "level": "2", "take_back": "1"}).status_code == 302
    assert not Judgement.objects.standing().exists()
    assert as_hr.get(address.replace(str(stage), "999999")).status_code == 404


def test_the_page_of_a_question_counts_what_waits_for_this_person() -> None:
    first, second = people.recruiter(), people.recruiter()
    score = sampled(scored()[1])
    one = {"stage_id": score.checkpoint.stage_id, "competency_id": score.competency_id}
    other = {**one, "competency_id": score.competency_id + 999}
    assert (desk.waiting_for(first, **one), desk.waiting_for(first, **other)) == ((1, 0), (0, 0))
    judge(score, first)
    assert [desk.waiting_for(by, **one) for by in (first, second)] == [(0, 0), (0, 1)]


def test_the_desk_is_for_who_recruits(client: Any) -> None:
    client.force_login(people.onboarder())
    assert client.get(reverse("admin:recruitment_interviewplan_desk")).status_code == 403


def test_the_desk_reads_as_much_for_many_as_for_few() -> None:
    hr, counts = User.objects.with_grid().get(pk=people.recruiter().pk), set()
    for _time in range(2):
        scored()
        with CaptureQueriesContext(connection) as queries:
            desk.questions(hr)
        counts.add(len(queries))
    assert counts == {4}


def test_a_reviewer_confirms_what_was_scored(as_hr: Any) -> None:
    interview, score = scored()
    step = reverse("admin:recruitment_interview_step", args=[interview.pk, "confirm_score"])
    assert as_hr.post(step, {"score": score.pk}).status_code == 302
    score.refresh_from_db()
    assert (score.value, score.override, score.override_reason) == (100, 100, "已确认")
    assert str(score.overridden_by) == "李招聘"
    RubricScore.objects.filter(pk=score.pk).update(value=None, low=None, high=None, override=None)
    with pytest.raises(Refused) as raised:
        scoring.confirm(score_id=score.pk, by=people.recruiter())
    assert raised.value.code == "nothing_to_confirm"


def test_what_was_recorded_can_be_listened_to(as_hr: Any) -> None:
    interview = in_progress()
    checkpoint = spoken(interview, "我负责报表。")
    scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    interrupt(interview)
    address = reverse(
        "admin:recruitment_interviewplan_desk_question",
        args=[checkpoint.stage_id, checkpoint.scores.earliest("pk").competency_id],
    )
    page = as_hr.get(address).content.decode()
    # On the page itself, and nothing of it is fetched before somebody plays it: each fetch is an access.
    address = f"/recordings/{Recording.objects.get().pk}/"
    assert f'<audio controls preload="none" controlslist="nodownload" src="{address}">' in page
    assert "依据转写草稿" in page and "0、25、50、75 或 100 分" in page
