"""A change of the advance rule, tried before it is made: whom it would have moved, and that it moves nobody."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from core.errors import DomainError, Forbidden
from recruitment.models import AdvanceRule, Assessment, AssessmentScore, Decision, Opening, RuleVersion
from recruitment.services import rule_trials
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def reported(
    opening: Opening, name: str, value: int, *, expertise: int | None = 90, **fields: Any
) -> Assessment:
    """A report on somebody's interview, with a score of expertise."""
    interview = make.interview(make.application(opening, candidate=make.candidate(name)), state="completed")
    report = Assessment.objects.create(
        interview=interview, attempt=1, value=value, low=max(value - 8, 0), high=min(value + 8, 100),
        **{"basis": "full", "method": "test"} | fields,
    )  # fmt: skip
    AssessmentScore.objects.create(
        assessment=report, competency=make.competency(), value=expertise, low=expertise, high=expertise
    )
    return report


def names(reports: list[Assessment]) -> set[str]:
    return {report.interview.application.candidate.name for report in reports}


@pytest.fixture
def opening(db: None) -> Opening:
    row = make.opening(threshold=80)
    reported(row, "九十", 90)
    reported(row, "八十五偏科", 85, expertise=40)
    reported(row, "八十缺项", 80, expertise=None)
    reported(row, "七十五", 75)
    reported(row, "估计", 95, basis="partial")
    reported(row, "旧报告", 95, status="superseded")
    reported(make.opening(threshold=80), "别处", 95)
    return row


def test_whom_a_lower_and_a_higher_line_would_have_moved(opening: Opening) -> None:
    lower = rule_trials.try_rule(opening, threshold=Decimal(75), least={})
    assert (lower.tried, lower.pass_now, lower.pass_then) == (4, 3, 4)
    assert (names(lower.gained), names(lower.lost)) == ({"七十五"}, set())
    higher = rule_trials.try_rule(opening, threshold=Decimal("85.01"), least={})
    assert (names(higher.gained), names(higher.lost)) == (set(), {"八十五偏科", "八十缺项"})


def test_a_competency_that_is_too_low_or_not_known_does_not_pass(opening: Opening) -> None:
    found = rule_trials.try_rule(opening, threshold=Decimal(75), least={make.competency().pk: Decimal(60)})
    assert (names(found.gained), names(found.lost)) == ({"七十五"}, {"八十五偏科", "八十缺项"})


def test_without_a_rule_everybody_who_would_pass_is_new(opening: Opening) -> None:
    AdvanceRule.objects.filter(opening=opening).delete()
    fresh = Opening.objects.get(pk=opening.pk)
    found = rule_trials.try_rule(fresh, threshold=Decimal(85), least={})
    assert (found.pass_now, names(found.gained)) == (0, {"九十", "八十五偏科"})


def test_three_queries_however_many(opening: Opening, django_assert_num_queries: Any) -> None:
    fresh = Opening.objects.select_related("advance_rule").get(pk=opening.pk)
    with django_assert_num_queries(3):
        rule_trials.try_rule(fresh, threshold=Decimal(75), least={1: Decimal(60)})


def test_the_page_tries_and_changes_nothing(opening: Opening, as_hr: Any, client: Any) -> None:
    address = reverse("admin:recruitment_opening_rule", args=[opening.pk])
    assert (
        address in as_hr.get(reverse("admin:recruitment_opening_change", args=[opening.pk])).content.decode()
    )
    assert as_hr.get(address).status_code == 200
    page = as_hr.get(address, {"threshold": "75", f"least_{make.competency().pk}": "60"}).content.decode()
    assert "七十五" in page
    assert "八十五偏科" in page
    assert "九十" not in page
    for typed in ("", "0", "101", "nan", "x"):
        assert as_hr.get(address, {"threshold": typed}).status_code == 422
    assert as_hr.get(reverse("admin:recruitment_opening_rule", args=[opening.pk + 999])).status_code == 404
    assert (AdvanceRule.objects.get(opening=opening).threshold, Decision.objects.count()) == (80, 0)
    for person in (people.trainer(), people.recruiter(department=people.department())):
        client.force_login(person)
        assert client.get(address).status_code == 404


def words_of(opening: Opening) -> list[str]:
    return [version.words for version in RuleVersion.objects.filter(opening=opening).order_by("number")]


def test_the_present_rules_conditions_count_on_both_sides(opening: Opening) -> None:
    rule_trials.take(
        opening_id=opening.pk,
        threshold=Decimal(75),
        least={make.competency().pk: Decimal(60)},
        by=people.recruiter(),
    )
    found = rule_trials.try_rule(Opening.objects.get(pk=opening.pk), threshold=Decimal(80), least={})
    assert (found.pass_now, found.pass_then) == (2, 3)
    assert (names(found.gained), names(found.lost)) == ({"八十五偏科", "八十缺项"}, {"七十五"})


def test_every_change_is_a_version_that_never_changes(opening: Opening) -> None:
    hr, key = people.recruiter(), make.competency().pk
    rule_trials.take(opening_id=opening.pk, threshold=Decimal(75), least={key: Decimal(70)}, by=hr)
    rule = AdvanceRule.objects.get(opening=opening)
    rule.second_round_within = 5
    rule.save()
    rule.threshold = Decimal("72.5")
    rule.save()
    assert words_of(opening) == [
        "规则第 1 版：总分 ≥ 80",
        f"规则第 2 版：总分 ≥ 75，且{make.competency()} ≥ 70",
        f"规则第 3 版：总分 ≥ 72.5，且{make.competency()} ≥ 70",
    ]
    assert list(RuleVersion.objects.filter(opening=opening).order_by("number").values_list("made_by", flat=True)) == [
        None, hr.pk, None,
    ]  # fmt: skip
    for change in ({"threshold": 1}, {"number": 9}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            RuleVersion.objects.filter(opening=opening).update(**change)
    rule.delete()
    AdvanceRule.objects.create(opening=opening, threshold=Decimal(80))
    rule_trials.take(opening_id=opening.pk, threshold=Decimal(81), least={}, by=hr)
    assert words_of(opening)[3:] == ["规则第 4 版：总分 ≥ 80", "规则第 5 版：总分 ≥ 81"]


@pytest.mark.parametrize(
    ("threshold", "least", "code"),
    [("80", {}, "rule_unchanged"), ("0.8", {}, "figure_out_of_range"), ("101", {}, "figure_out_of_range"),
     ("80", {"expertise": "0"}, "figure_out_of_range"), ("80", {"elsewhere": "70"}, "competency_not_measured")],
)  # fmt: skip
def test_a_rule_without_sense_changes_nothing(
    opening: Opening, threshold: str, least: dict[str, str], code: str
) -> None:
    conditions = {make.competency(name).pk: Decimal(figure) for name, figure in least.items()}
    with pytest.raises(DomainError) as raised:
        rule_trials.take(
            opening_id=opening.pk, threshold=Decimal(threshold), least=conditions, by=people.recruiter()
        )
    assert (raised.value.code, words_of(opening)) == (code, ["规则第 1 版：总分 ≥ 80"])


def test_the_page_makes_what_was_tried_the_rule(opening: Opening, as_hr: Any, client: Any) -> None:
    address = reverse("admin:recruitment_opening_rule", args=[opening.pk])
    values = {"threshold": "75", f"least_{make.competency().pk}": "60"}
    page = as_hr.post(address, values, follow=True).content.decode()
    whole = f"规则第 2 版：总分 ≥ 75，且{make.competency()} ≥ 60"
    assert page.count(whole) == 2
    assert as_hr.post(address, {"threshold": "0"}).status_code == 422
    assert "已经是这条规则" in as_hr.post(address, values, follow=True).content.decode()
    assert words_of(opening)[1:] == [whole]
    for name in ("recruitment_opening_change", "recruitment_opening_changelist"):
        where = reverse(f"admin:{name}", args=[opening.pk] if name.endswith("change") else [])
        assert f"{make.competency()} ≥ 60" in as_hr.get(where).content.decode()
    for person in (people.trainer(), people.recruiter(department=people.department())):
        client.force_login(person)
        assert client.post(address, {"threshold": "1"}).status_code == 404
        with pytest.raises(Forbidden):
            rule_trials.take(opening_id=opening.pk, threshold=Decimal(1), least={}, by=person)
    assert len(words_of(opening)) == 2
