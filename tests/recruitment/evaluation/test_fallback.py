"""An estimate from whatever evidence there is, and how sure it may claim to be."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.evaluation.combine import Interval
from recruitment.evaluation.fallback import (
    BASE_WEIGHTS,
    Estimate,
    Evidence,
    estimate,
    half_width,
    level_value,
)

D = Decimal
COMMUNICATION, SKILL, TEAM = 1, 2, 5
PLANNED = {COMMUNICATION, SKILL, 3, 4, TEAM}


def test_no_evidence_is_no_estimate() -> None:
    assert estimate([], PLANNED) is None


def test_a_written_test_a_project_and_a_degree() -> None:
    test = Evidence(
        "written_test", "办公软件", SKILL, D(80), reference={"type": "recruitment.writtentest", "id": 4}
    )
    project = Evidence("project", "门店报表", SKILL, level_value(3), reference={"id": 9})
    degree = Evidence("education", "本科", None, level_value(4))

    result = estimate([degree, project, test], {COMMUNICATION, SKILL})

    assert result is not None
    assert result.sources == [test.as_source(), project.as_source(), degree.as_source()]
    assert json.loads(json.dumps(result.sources)) == result.sources
    communication, skill = result.competencies
    # (0.6·80 + 0.4·60 + 0.0667·80) ÷ 1.0667; half = 10 + 30 ÷ 2.0667
    assert skill.score == Interval(D("72.50"), D("47.98"), D("97.02"))
    assert skill.evidence == result.sources
    # Nothing speaks of it: it is unknown, whatever a test of something else showed.
    assert (communication.score, communication.evidence) == (None, [])
    # (10 + 30 ÷ 2.0667) × 1.25, moved inside the scale at its full length
    assert result.overall == Interval(D("72.50"), D("38.71"), D("100.00"))


def test_saved_stages_count_more_than_a_test() -> None:
    result = estimate(
        [Evidence("stage", "专业问题", SKILL, D(50)), Evidence("written_test", "办公软件", SKILL, D(90))],
        {SKILL},
    )

    assert result is not None
    assert result.overall.value == D("65.00")


def test_evidence_of_an_unplanned_competency_speaks_for_all_at_a_third() -> None:
    planned = {COMMUNICATION}
    of_another = estimate([Evidence("project", "门店报表", 99, D(40))], planned)
    of_none = estimate([Evidence("project", "门店报表", None, D(40))], planned)

    assert of_another is not None
    assert of_none is not None
    assert of_another.overall == of_none.overall
    assert [competency.score for competency in of_another.competencies] == [None]


@pytest.mark.parametrize(("level", "value"), [(1, 20), (3, 60), (5, 100)])
def test_levels(level: int, value: int) -> None:
    assert level_value(level) == value


@pytest.mark.parametrize("level", [0, 6, -1])
def test_other_levels_are_refused(level: int) -> None:
    with pytest.raises(ValueError, match="not a level"):
        level_value(level)


@pytest.mark.parametrize(("value", "weight"), [(D(101), None), (D(-1), None), (D(50), D(0))])
def test_wrong_evidence_is_refused(value: Decimal, weight: Decimal | None) -> None:
    with pytest.raises(ValueError, match="not evidence"):
        Evidence("project", "门店报表", None, value, weight)


def test_the_half_width_never_undercuts_ten() -> None:
    assert half_width(D(10**9), D(0)) >= 10
    assert half_width(D(0), D(0)) == 40


pieces = st.builds(
    Evidence,
    source=st.sampled_from(list(BASE_WEIGHTS)),
    label=st.sampled_from(["a", "b"]),
    competency_id=st.none() | st.integers(1, 5),
    value=st.integers(0, 10_000).map(lambda cents: D(cents) / 100),
    weight=st.none() | st.integers(1, 50).map(lambda tenths: D(tenths) / 10),
    reference=st.none() | st.integers(1, 3),
)
evidence = st.lists(pieces, min_size=1, max_size=8)
plans = st.sets(st.integers(1, 5))


def _widths(result: Estimate) -> dict[int | None, Decimal]:
    """How wide each interval is; what is unknown may be anything from 0 to 100."""
    intervals: dict[int | None, Interval | None] = {None: result.overall}
    intervals |= {competency.competency_id: competency.score for competency in result.competencies}
    return {key: interval.high - interval.low if interval else D(100) for key, interval in intervals.items()}


@given(evidence, plans, st.randoms(use_true_random=False))
def test_bounds_width_and_order(listed: list[Evidence], planned: set[int], random: object) -> None:
    result = estimate(listed, planned)

    assert result is not None
    shuffled = list(listed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert estimate(shuffled, planned) == result
    assert {competency.competency_id for competency in result.competencies} == planned
    spoken_of = {piece.competency_id for piece in listed}
    assert {row.competency_id for row in result.competencies if row.score} == planned & spoken_of
    known = (row.score for row in result.competencies if row.score is not None)
    for interval in (result.overall, *known):
        assert 0 <= interval.low <= interval.value <= interval.high <= 100
        assert interval.high - interval.low >= 20


@given(evidence.filter(lambda listed: len(listed) > 1), plans, st.data())
def test_losing_evidence_never_narrows(
    listed: list[Evidence], planned: set[int], data: st.DataObject
) -> None:
    lost = data.draw(st.sampled_from(range(len(listed))))
    before = estimate(listed, planned)
    after = estimate([*listed[:lost], *listed[lost + 1 :]], planned)

    assert before is not None
    assert after is not None
    narrow, wide = _widths(before), _widths(after)
    for key, width in narrow.items():
        assert wide[key] >= width - D("0.02")


@given(evidence, plans)
def test_a_planned_competency_without_evidence_never_narrows(
    listed: list[Evidence], planned: set[int]
) -> None:
    before, after = estimate(listed, planned), estimate(listed, {*planned, 6})

    assert before is not None
    assert after is not None
    assert _widths(after)[None] >= _widths(before)[None] - D("0.02") or not planned
    for key in planned:
        assert _widths(after)[key] == _widths(before)[key]
