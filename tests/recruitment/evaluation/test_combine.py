"""Full only when nothing is missing; a partial report says how far it may be off."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from recruitment.evaluation.combine import Combined, CompetencyScore, Interval, StageScore, combine

D = Decimal


def test_a_full_report() -> None:
    report = combine([(1, D(90), 1), (1, D(60), 2), (2, D(80), 3)], {1, 2})

    assert report == Combined(
        "full",
        Interval(D("75.00"), D("67.00"), D("83.00")),
        [
            CompetencyScore(1, Interval(D("70.00"), D("62.00"), D("78.00"))),
            CompetencyScore(2, Interval(D("80.00"), D("72.00"), D("88.00"))),
        ],
        D(1),
    )


def test_a_missing_competency_makes_it_partial_and_is_not_a_zero() -> None:
    report = combine([(1, D(70), 1)], {1, 2})

    assert report == Combined(
        "partial",
        Interval(D("70.00"), D("31.00"), D("89.00")),
        [CompetencyScore(1, Interval(D("70.00"), D("62.00"), D("78.00"))), CompetencyScore(2, None)],
        D("0.5"),
    )


def test_an_owed_stage_makes_it_partial_and_widens_its_competency() -> None:
    report = combine([(1, D(80), 1), (1, None, 1)], {1})

    assert report.basis == "partial"
    assert report.overall == Interval(D("80.00"), D("32.00"), D("98.00"))


def test_nothing_known_is_no_report() -> None:
    assert combine([(1, None, 2)], {1, 2}) == Combined(
        None, None, [CompetencyScore(1, None), CompetencyScore(2, None)], D(0)
    )
    assert combine([], set()) == Combined(None, None, [], D(0))


def test_an_interval_ends_at_the_scale_and_a_weight_of_none_is_one() -> None:
    report = combine([(1, D(98), 0), (2, D(3), 0)], {1, 2})

    assert [competency.score for competency in report.competencies] == [
        Interval(D("98.00"), D("90.00"), D("100.00")),
        Interval(D("3.00"), D("0.00"), D("11.00")),
    ]


values = st.integers(0, 10_000).map(lambda cents: D(cents) / 100)
stage_scores = st.lists(st.tuples(st.integers(1, 4), st.none() | values, st.integers(1, 9)), max_size=8)


@given(stage_scores, st.sets(st.integers(1, 5)), st.randoms(use_true_random=False))
def test_bounds_and_order(scores: list[StageScore], planned: set[int], random: object) -> None:
    report = combine(scores, planned)

    shuffled = list(scores)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert combine(shuffled, planned) == report
    intervals = [report.overall, *(competency.score for competency in report.competencies)]
    for interval in filter(None, intervals):
        assert 0 <= interval.low <= interval.value <= interval.high <= 100
    assert (report.basis is None) == (report.overall is None)
    assert (report.basis == "full") == (report.known_share == 1)


@given(stage_scores.filter(bool), st.sets(st.integers(1, 5)), st.data())
def test_losing_a_score_never_narrows(
    scores: list[StageScore], planned: set[int], data: st.DataObject
) -> None:
    lost = data.draw(st.sampled_from(range(len(scores))))
    competency_id, _value, weight = scores[lost]
    fewer = [*scores[:lost], (competency_id, None, weight), *scores[lost + 1 :]]

    before, after = combine(scores, planned).overall, combine(fewer, planned).overall

    if before is not None and after is not None:
        assert after.high - after.low >= before.high - before.low - D("0.02")
