"""What training offers under `/api/v1/`."""

from rest_framework.routers import BaseRouter

from training.api.plans import TrainingPlanViewSet


def register(router: BaseRouter) -> None:
    """Put the endpoints on the suite's router."""
    router.register("training-plans", TrainingPlanViewSet, basename="training-plan")
