"""The endpoints of this app. Applications and interviews show upper floors too: they are registered on top."""

from rest_framework.routers import BaseRouter

from recruitment.api.answers import AnswerViewSet
from recruitment.api.assessments import AssessmentViewSet
from recruitment.api.follow_ups import FollowUpViewSet
from recruitment.api.offers import OfferViewSet
from recruitment.api.openings import OpeningViewSet
from recruitment.api.rounds import RoundViewSet


def register(router: BaseRouter) -> None:
    """Add `openings/`, `offers/`, `rounds/`, `answers/`, `assessments/` and `follow-ups/`."""
    router.register("openings", OpeningViewSet, basename="opening")
    router.register("offers", OfferViewSet, basename="offer")
    router.register("rounds", RoundViewSet, basename="round")
    router.register("answers", AnswerViewSet, basename="answer")
    router.register("assessments", AssessmentViewSet, basename="assessment")
    router.register("follow-ups", FollowUpViewSet, basename="follow-up")
