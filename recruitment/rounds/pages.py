"""What an interviewer reads: the own rounds, and of one of them what it takes to hold it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from core.numbers import row_number
from people.models import User
from recruitment.enums import AssessmentStatus, InterviewState
from recruitment.models import Answer, Application, Assessment, Resume, Round, Scorecard
from recruitment.rounds import rules
from recruitment.rounds.words import ANCHORS

MOST = 50


@dataclass(frozen=True, slots=True)
class Mine:
    """An interviewer's rounds: cards that are owed, rounds ahead, and what was handed in last."""

    owed: list[Scorecard]
    ahead: list[Scorecard]
    done: list[Scorecard]


def cards_of(user: User) -> "QuerySet[Scorecard]":
    """The person's own cards with what a line of them shows, in one query."""
    return Scorecard.objects.filter(interviewer=user.pk, is_called=True).select_related(
        "round__interview__application__candidate", "round__interview__application__opening"
    )


def mine(user: User) -> Mine:
    """Three queries, however many rounds there are."""
    cards, now = cards_of(user), timezone.now()
    ahead = cards.filter(is_booked=True, slot__endswith__gt=now, handed_in_at=None).exclude(
        round__interview__state=InterviewState.COMPLETED
    )
    return Mine(
        owed=owed_cards(user),
        ahead=list(ahead.order_by("slot", "pk")[:MOST]),
        done=list(cards.filter(handed_in_at__isnull=False).order_by("-handed_in_at", "-pk")[:MOST]),
    )


FED_BACK, FED_AHEAD, MOST_FED = timedelta(days=30), timedelta(days=180), 500


def rounds_for(user: User) -> "QuerySet[Round]":
    """What a person's own calendar shows: the rounds that they hold, and those of the openings that they take care of,
    from a month back to half a year ahead, with `own_card`, the number of the person's card. One query."""
    mine = Scorecard.objects.filter(round=OuterRef("pk"), interviewer=user.pk, is_called=True)
    now = timezone.now()
    theirs = Q(interview__of_opening__specialist=user.pk) if user.is_hr else Q(pk__in=[])
    return (
        Round.objects.visible_to(user)
        .filter(
            Exists(mine) | theirs,
            interview__state__in=(*InterviewState.running, InterviewState.COMPLETED),
            interview__window_opens_at__gt=now - FED_BACK,
            interview__window_opens_at__lt=now + FED_AHEAD,
        )
        .select_related("interview__application__opening")
        .annotate(own_card=Subquery(mine.values("pk")[:1]))
        .order_by("interview__window_opens_at", "pk")[:MOST_FED]
    )


def owed_cards(user: User) -> list[Scorecard]:
    """The cards that this person owes, the oldest first. One query."""
    owed = Scorecard.objects.owed().filter(interviewer=user.pk).values("pk")
    return list(cards_of(user).filter(pk__in=owed).order_by("slot", "pk")[:MOST])


def owed_by(user: User) -> int:
    """How many cards this person owes."""
    return Scorecard.objects.owed().filter(interviewer=user.pk).count()


def next_of(user: User) -> Scorecard | None:
    """Whose card the person can hand in next: the round that began first. One query."""
    standing = (*InterviewState.running, InterviewState.COMPLETED)
    begun = cards_of(user).filter(slot__startswith__lte=timezone.now(), handed_in_at=None)
    return begun.filter(round__interview__state__in=standing).order_by("slot", "pk").first()


def handed_in(user: User, card_id: str) -> Scorecard | None:
    """The person's own card of this number, once it is in; None for anything else."""
    if (number := row_number(card_id)) is None:
        return None
    return cards_of(user).filter(pk=number, handed_in_at__isnull=False).first()


def card_of(user: User, card_id: int) -> Scorecard | None:
    """One of the person's own cards; None for everybody else's."""
    return (
        cards_of(user)
        .select_related("round__interview__application__opening__department")
        .filter(pk=card_id)
        .first()
    )


def context_of(card: Scorecard, user: User) -> dict[str, Any]:
    """Everything that the page of a card says of the candidate: what the round needs, and no more."""
    application = card.round.interview.application
    return {
        "card": card,
        "held": card.round,
        "interview": card.round.interview,
        "application": application,
        "resumes": _resumes(application, user),
        "reports": reports_of(application),
        "tests": list(application.written_tests.select_related("skill").order_by("pk")),
        "asked": _asked_before(application),
        "colleagues": _others(card),
        "others": [
            {"card": other, "scores": list(other.scores.select_related("competency"))}
            for other in rules.readable(card.round, user)
            if other.pk != card.pk
        ],
        "anchors": ANCHORS,
    }


def _others(card: Scorecard) -> list[str]:
    others = card.round.cards.filter(is_called=True).exclude(pk=card.pk)
    return [str(other.interviewer) for other in others.select_related("interviewer")]


def _resumes(application: Application, user: User) -> list[dict[str, Any]]:
    """The newest résumés, each with the pictures of its pages: they are asked for, and noted, when they are shown."""
    rows = Resume.objects.visible_to(user).filter(candidate=application.candidate_id)
    rows = rows.filter(Q(application=application) | Q(application=None)).defer("text", "word_key")
    return [
        {
            "name": row.name,
            "file": reverse("resumes:file", args=[row.pk]),
            "pages": [reverse("resumes:page", args=[row.pk, n]) for n in range(1, len(row.page_names) + 1)],
        }
        for row in rows.order_by("-pk")[:3]
    ]


def reports_of(application: Application) -> list[Assessment]:
    """The reports that stand, with their scores by competency: each says on which basis, none is ranked."""
    rows = Assessment.objects.filter(interview__application=application, status=AssessmentStatus.CURRENT)
    return list(
        rows.select_related("interview")
        .prefetch_related("competencies__competency")
        .order_by("interview__round", "pk")
    )


def _asked_before(application: Application) -> list[Answer]:
    """The questions of earlier interviews, what was answered, and which points were mentioned."""
    rows = Answer.objects.filter(interview__application=application, attempt=F("interview__attempt"))
    return list(
        rows.select_related("question__stage", "interview")
        .prefetch_related("question__mention_points__competency")
        .order_by("interview__round", "question__stage__number", "question__number")
    )
