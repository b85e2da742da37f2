"""What every figure of every report says on each edge; a figure that is not named counts nobody, and tells nothing."""

from typing import Any

from tests.reports.quarter_figures import rate

EDGES: dict[str, dict[str, dict[str, Any]]] = {
    "one": {
        "cost": {
            "exits": 1, "blind_items": 1,
        },
        "efficiency": {
            "applied": 1, "began": 1, "finished": 1, "second_round": 1, "offered": 1, "completion_rate": rate(1, 1),
            "advance_rate": rate(1, 1), "pass_rate": rate(1, 1), "days_to_finish": (1, 0.0, 0.0, 0.0),
        },
        "exit_rates": {
            "begun": 1, "left_half_way": 1, "finished_after": 1, "exit_rate": rate(1, 1),
        },
        "exits": {
            "exits": 1, "silent": 1, "returned": 1, "return_rate": rate(1, 1), "hours_away": (1, 0.0, 0.0, 0.0),
        },
        "fit": {
            "applied": 1, "with_education": 1, "with_project": 1, "meets_all": 1, "bachelor_rate": rate(1, 1),
            "attainment_rate": rate(1, 1),
        },
        "headcount": {
            "needed": 2, "expected": 1, "missing": 2, "if_expected": 1, "if_missing": 2,
        },
        "offers": {
            "sent": 1, "waiting": 1, "acceptance_rate": rate(0, 0, unanswered=1), "days_to_offer": (1, 0.0, 0.0, 0.0),
        },
        "quality": {
            "full": 1, "full_score": (1, 80.0, 80.0, 80.0), "full_rate": rate(1, 1),
        },
        "scorecards": {
            "cards": 1, "handed_in": 1, "on_time_rate": rate(1, 1), "hours_to_card": (1, 3.0, 3.0, 3.0),
        },
        "service": {
            "owed": 1, "in_time_rate": rate(0, 1),
        },
        "stages": {
            "left": 1, "went_on": 1, "end_rate": rate(0, 1), "days_in_stage": (1, 2.0, 2.0, 2.0),
            "kept_rate": rate(0, 0, not_promised=1),
        },
        "surveys": {
            "asked": 1, "answered": 1, "answer_rate": rate(1, 1), "content_rate": rate(1, 1),
            "discontent_rate": rate(0, 1),
        },
        "telling": {
            "applied": 1, "asked_rate": rate(0, 6), "scored": 1, "told_rate": rate(0, 1),
        },
    },
    "all_left": {
        "cost": {
            "exits": 21, "delayed": 21, "days_lost": 63, "blind_items": 21,
        },
        "efficiency": {
            "applied": 21, "began": 21, "completion_rate": rate(0, 21),
            "advance_rate": rate(0, 0, bounds=21, exit=21), "pass_rate": rate(0, 0, bounds=21, exit=21),
        },
        "exit_rates": {
            "begun": 21, "left_half_way": 21, "exit_rate": rate(21, 21),
        },
        "exits": {
            "exits": 21, "silent": 21, "given_up": 21, "not_contacted": 21, "return_rate": rate(0, 21),
        },
        "fit": {
            "applied": 21, "with_education": 21, "with_project": 21, "something_unknown": 21,
            "bachelor_rate": rate(21, 21), "attainment_rate": rate(0, 0, no_evidence=21),
        },
        "headcount": {
            "needed": 2, "at_risk": 21, "missing": 2, "if_missing": 2,
        },
        "offers": {
            "sent": 21, "waiting": 21, "acceptance_rate": rate(0, 0, unanswered=21),
            "days_to_offer": (21, 0.0, 0.0, 0.0),
        },
        "quality": {},
        "scorecards": {
            "cards": 21, "handed_in": 21, "on_time_rate": rate(21, 21), "hours_to_card": (21, 3.0, 3.0, 3.0),
        },
        "service": {
            "owed": 21, "in_time_rate": rate(0, 21),
        },
        "stages": {
            "left": 21, "went_on": 21, "end_rate": rate(0, 21), "days_in_stage": (21, 2.0, 2.0, 2.0),
            "kept_rate": rate(0, 0, not_promised=21),
        },
        "surveys": {
            "asked": 21, "answered": 21, "answer_rate": rate(21, 21), "content_rate": rate(21, 21),
            "discontent_rate": rate(0, 21),
        },
        "telling": {
            "applied": 21, "asked_rate": rate(0, 126),
        },
    },
    "all_estimated": {
        "cost": {
            "exits": 21, "delayed": 21, "days_lost": 63, "blind_items": 21,
        },
        "efficiency": {
            "applied": 21, "began": 21, "completion_rate": rate(0, 21),
            "advance_rate": rate(0, 0, bounds=21, exit=21), "pass_rate": rate(0, 0, bounds=21, exit=21),
        },
        "exit_rates": {
            "begun": 21, "left_half_way": 21, "exit_rate": rate(21, 21),
        },
        "exits": {
            "exits": 21, "silent": 21, "not_contacted": 21, "return_rate": rate(0, 21),
        },
        "fit": {
            "applied": 21, "with_education": 21, "with_project": 21, "something_unknown": 21,
            "bachelor_rate": rate(21, 21), "attainment_rate": rate(0, 0, no_evidence=21),
        },
        "headcount": {
            "needed": 2, "at_risk": 21, "missing": 2, "if_missing": 2,
        },
        "offers": {
            "sent": 21, "waiting": 21, "acceptance_rate": rate(0, 0, unanswered=21),
            "days_to_offer": (21, 0.0, 0.0, 0.0),
        },
        "quality": {
            "estimated": 21, "full_rate": rate(0, 21),
        },
        "scorecards": {
            "cards": 21, "handed_in": 21, "on_time_rate": rate(21, 21), "hours_to_card": (21, 3.0, 3.0, 3.0),
        },
        "service": {
            "owed": 21, "in_time_rate": rate(0, 21),
        },
        "stages": {
            "left": 21, "went_on": 21, "end_rate": rate(0, 21), "days_in_stage": (21, 2.0, 2.0, 2.0),
            "kept_rate": rate(0, 0, not_promised=21),
        },
        "surveys": {},
        "telling": {
            "applied": 21, "asked_rate": rate(0, 126),
        },
    },
    "crossing": {
        "cost": {
            "exits": 40, "delayed": 20, "days_lost": 60, "blind_items": 40,
        },
        "efficiency": {
            "applied": 40, "began": 40, "finished": 20, "second_round": 10, "completion_rate": rate(20, 40),
            "advance_rate": rate(10, 20, bounds=20, exit=20), "pass_rate": rate(10, 20, bounds=20, exit=20),
            "days_to_finish": (20, 0.0, 0.0, 0.0),
        },
        "exit_rates": {
            "begun": 40, "left_half_way": 40, "finished_after": 20, "exit_rate": rate(40, 40),
        },
        "exits": {
            "exits": 40, "silent": 40, "returned": 20, "given_up": 20, "not_contacted": 20,
            "return_rate": rate(20, 40), "hours_away": (20, 0.0, 0.0, 0.0),
        },
        "fit": {
            "applied": 40, "with_education": 40, "with_project": 40, "meets_all": 20, "something_unknown": 20,
            "bachelor_rate": rate(40, 40), "attainment_rate": rate(20, 20, no_evidence=20),
        },
        "headcount": {
            "needed": 2, "expected": 10, "at_risk": 20, "missing": 2, "if_expected": 10, "if_missing": 2,
        },
        "offers": {
            "sent": 40, "waiting": 40, "acceptance_rate": rate(0, 0, unanswered=40),
            "days_to_offer": (40, 0.0, 0.0, 0.0),
        },
        "quality": {
            "full": 20, "full_score": (20, 70.0, 60.0, 80.0), "estimated": 20, "full_rate": rate(20, 40),
        },
        "scorecards": {
            "cards": 40, "handed_in": 40, "on_time_rate": rate(40, 40), "hours_to_card": (40, 3.0, 3.0, 3.0),
        },
        "service": {
            "owed": 40, "in_time_rate": rate(0, 40),
        },
        "stages": {
            "left": 40, "went_on": 40, "end_rate": rate(0, 40), "days_in_stage": (40, 2.0, 2.0, 2.0),
            "kept_rate": rate(0, 0, not_promised=40),
        },
        "surveys": {
            "asked": 40, "answered": 40, "answer_rate": rate(40, 40), "content_rate": rate(40, 40),
            "discontent_rate": rate(0, 40),
        },
        "telling": {
            "applied": 40, "asked_rate": rate(0, 190), "scored": 20, "told_rate": rate(0, 20),
        },
    },
}  # fmt: skip
