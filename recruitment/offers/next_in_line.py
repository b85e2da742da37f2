"""Who stands next where an offer was turned down, expired, or fell through.

Full scores alone are put in order. Who has only an estimate is named apart, in the order of applying: an estimate never
ranks anybody. Nothing happens by itself: a person drafts the next offer, or none.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from core.figures import Basis
from people.models import User
from recruitment.enums import ApplicationStage, AssessmentStatus, OfferState, OpeningState, RoundOutcome
from recruitment.models import Application, Assessment, Offer, Opening, Round
from recruitment.rules import own

SHOWN = 5
# So long somebody's first page speaks of it; the opening's own page as long as it is so.
RECENT = timedelta(days=60)
FALLEN = (OfferState.DECLINED, OfferState.EXPIRED)
CANDIDATES = (ApplicationStage.SECOND_ROUND, ApplicationStage.OFFER)


@dataclass(frozen=True, slots=True)
class Fall:
    """An offer that came to nothing: whose, how (`declined`, `expired`, `fell_through`), when."""

    application_id: int
    name: str
    how: str
    at: datetime


@dataclass(slots=True)
class Line:
    """Of one opening: what fell and was not made good yet, who stands next by full score, and who has an estimate."""

    opening: Opening
    falls: list[Fall]
    ranked: list[Any] = field(default_factory=list)
    unranked: list[Any] = field(default_factory=list)


def of_opening(opening: Opening) -> Line | None:
    """Who stands next here; None where nothing fell that has not been made good, or no place is free. Five queries."""
    return next(iter(_lines([opening])), None)


def recently(user: User, *, most: int) -> list[Line]:
    """The same of the openings that this person takes care of, the newest fall first. Six queries, one without any."""
    since = timezone.now() - RECENT
    found = [one for one in _lines(list(lately(user))) if one.falls[-1].at >= since]
    return sorted(found, key=lambda line: line.falls[-1].at, reverse=True)[:most]


def lately(user: User) -> "QuerySet[Opening]":
    """The openings that this person takes care of in which an offer came to nothing lately, made good or not."""
    since = timezone.now() - RECENT
    fallen = Offer.objects.filter(state__in=FALLEN, ended_at__gte=since).order_by().values("of_opening")
    through = Application.objects.filter(stage=ApplicationStage.FELL_THROUGH, stage_since__gte=since)
    return (
        Opening.objects.visible_to(user)
        .filter(own(user, Opening), state=OpeningState.OPEN)
        .filter(Q(pk__in=fallen) | Q(pk__in=through.order_by().values("opening")))
    )


def _lines(openings: Collection[Opening]) -> list[Line]:
    standing = [one for one in openings if one.state == OpeningState.OPEN]
    if not standing:
        return []
    ids = [one.pk for one in standing]
    offers = list(
        Offer.objects.filter(of_opening__in=ids)
        .defer("letter", "letter_text")
        .select_related("application__candidate")
        .order_by("pk")
    )
    through = list(
        Application.objects.filter(opening__in=ids, stage=ApplicationStage.FELL_THROUGH).select_related(
            "candidate"
        )
    )
    hired = dict(
        Application.objects.filter(opening__in=ids, stage=ApplicationStage.HIRED)
        .order_by()
        .values_list("opening")
        .annotate(number=Count("pk"))
    )
    lines = []
    for opening in standing:
        mine = [one for one in offers if one.of_opening_id == opening.pk]
        falls = _open_falls(mine, [one for one in through if one.opening_id == opening.pk])
        waiting = sum(
            one.state in OfferState.open and one.application.stage != ApplicationStage.HIRED for one in mine
        )
        if falls and opening.headcount > hired.get(opening.pk, 0) + waiting:
            lines.append(Line(opening, falls))
    _fill({line.opening.pk: line for line in lines})
    return lines


def _open_falls(offers: Iterable[Offer], through: Iterable[Application]) -> list[Fall]:
    """What fell and was not followed by another offer, by time: each offer that is made makes good the oldest fall."""
    last: dict[int, Fall] = {}
    made: list[datetime] = []
    for offer in offers:
        made.append(offer.made_at)
        if offer.state in FALLEN and offer.ended_at is not None:
            name = offer.application.candidate.name
            last[offer.application_id] = Fall(offer.application_id, name, str(offer.state), offer.ended_at)
    for one in through:
        last[one.pk] = Fall(one.pk, one.candidate.name, str(one.stage), one.stage_since)
    owed: list[Fall] = []
    moments: list[tuple[datetime, Fall | None]] = [(at, None) for at in made] + [
        (one.at, one) for one in last.values()
    ]
    for _at, fall in sorted(moments, key=lambda moment: moment[0]):
        if fall is not None:
            owed.append(fall)
        elif owed:
            owed.pop(0)
    return owed


def _fill(lines: dict[int, Line]) -> None:
    if not lines:
        return
    rows = _next(lines)
    ranked = rows.filter(full__isnull=False).annotate(place=_place(F("full").desc()))
    for row in ranked.filter(place__lte=SHOWN).order_by("opening_id", "place"):
        lines[row.opening_id].ranked.append(row)
    others = rows.filter(full__isnull=True).annotate(place=_place())
    for row in others.filter(place__lte=SHOWN).order_by("opening_id", "place"):
        lines[row.opening_id].unranked.append(row)


def _place(*first: Any) -> Window:
    return Window(RowNumber(), partition_by=F("opening_id"), order_by=(*first, F("pk").asc()))


def _next(lines: Collection[int]) -> "QuerySet[Any]":
    """Who may be made an offer and was not turned to yet, with `full` and `estimated`, the newest standing scores."""
    reports = Assessment.objects.filter(
        interview__application=OuterRef("pk"), status=AssessmentStatus.CURRENT, value__isnull=False
    ).order_by("-pk")
    offered = Offer.objects.filter(application=OuterRef("pk"), state__in=(*OfferState.open, *FALLEN))
    failed = Round.objects.filter(interview__application=OuterRef("pk"), outcome=RoundOutcome.NOT_PASSED)
    return (
        Application.objects.filter(~Exists(offered), ~Exists(failed), opening__in=lines, stage__in=CANDIDATES)
        .select_related("candidate")
        .annotate(
            full=Subquery(reports.filter(basis=Basis.FULL).values("value")[:1]),
            estimated=Exists(reports.filter(basis__in=Basis.estimates)),
        )
    )
