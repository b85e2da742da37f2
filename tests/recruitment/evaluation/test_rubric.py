"""Weighted coverage per competency, with every point as evidence."""

from decimal import Decimal

from recruitment.evaluation.rubric import AnswerText, CompetencyCoverage, Point, score_stage

COMMUNICATION, SKILL = 1, 2


def _point(number: int, competency: int, wording: str, weight: int = 1) -> Point:
    return Point(number, competency, f"要点{number}", (wording,), weight)


def test_coverage_is_weighted_per_competency() -> None:
    answers = [
        AnswerText(
            7, "我会倾听，也会复述。", (_point(1, COMMUNICATION, "倾听", 2), _point(2, SKILL, "透视表", 3))
        ),
        AnswerText(8, "用透视表汇总", (_point(3, COMMUNICATION, "回访"), _point(4, SKILL, "透视表", 1))),
    ]

    assert score_stage(answers) == [
        CompetencyCoverage(
            COMMUNICATION,
            Decimal("66.67"),
            2,
            3,
            [
                {"point": "要点1", "weight": 2, "quote": "我会倾听，也会复述"},
                {"point": "要点3", "weight": 1, "quote": None},
            ],
        ),
        CompetencyCoverage(
            SKILL,
            Decimal("25.00"),
            1,
            4,
            [
                {"point": "要点2", "weight": 3, "quote": None},
                {"point": "要点4", "weight": 1, "quote": "用透视表汇总"},
            ],
        ),
    ]


def test_everything_mentioned_is_full_marks() -> None:
    (coverage,) = score_stage([AnswerText(1, "倾听", (_point(1, COMMUNICATION, "倾听", 5),))])

    assert coverage.value == Decimal("100.00")


def test_an_empty_answer_covers_nothing_and_a_question_without_points_says_nothing() -> None:
    assert score_stage([AnswerText(1, "随便说说", ())]) == []
    assert score_stage([]) == []
    (coverage,) = score_stage([AnswerText(1, "", (_point(1, COMMUNICATION, "倾听"),))])
    assert (coverage.value, coverage.evidence[0]["quote"]) == (Decimal("0.00"), None)


def test_a_negated_mention_counts_which_is_the_documented_limit() -> None:
    (coverage,) = score_stage([AnswerText(1, "我从没用过透视表", (_point(1, SKILL, "透视表"),))])

    assert coverage.value == Decimal("100.00")
