"""What scores quote of a recording goes with the words that were written down of it."""

from typing import Any

from django.db.models import QuerySet

from recruitment.enums import ScoringState
from recruitment.models import AssessmentScore, EarlierScore, Interview, RubricScore, Scoring

GONE = "[…]"


def forget_spoken(interview: Interview) -> int:
    """On a locked interview: no score, earlier score, report or answer of a model quotes its recordings any more.

    That a point was mentioned stays, and so do the figures; a model that is being asked at this moment writes nothing.
    Again: nothing. Returns how many rows changed.
    """
    Scoring.objects.filter(checkpoint__interview=interview, state=ScoringState.OWED).update(
        claimed_until=None
    )
    changed = 0
    quoting: tuple[QuerySet[Any], ...] = (
        RubricScore.objects.filter(checkpoint__interview=interview),
        EarlierScore.objects.filter(score__checkpoint__interview=interview),
        AssessmentScore.objects.filter(assessment__interview=interview),
    )
    for rows in quoting:
        found = []
        for row in rows:
            if (without := _without(row.evidence)) != row.evidence:
                row.evidence = without
                found.append(row)
        rows.model._default_manager.bulk_update(found, ["evidence"])
        changed += len(found)
    asked = []
    for scoring in Scoring.objects.filter(checkpoint__interview=interview):
        result = [{**each, "evidence": _without(each["evidence"])} for each in scoring.result]
        if result != scoring.result:
            # What it was given is not there any more: the same cannot be given again.
            scoring.result, scoring.digest = result, ""
            asked.append(scoring)
    Scoring.objects.bulk_update(asked, ["result", "digest"])
    return changed + len(asked)


def _without(evidence: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_piece_without(piece) for piece in evidence]


def _piece_without(piece: dict[str, Any]) -> dict[str, Any]:
    if "points" in piece:
        return {**piece, "points": _without(piece["points"])}
    if "said" not in piece or piece.get("quote") is None:
        return piece
    left = {name: value for name, value in piece.items() if name not in ("recording", "second")}
    # A model's sentence about what was said may say it again.
    return {**left, "quote": GONE, **({"point": GONE} if "question" in piece else {})}
