from training.models.courses import Course
from training.models.plans import PlanItem, TrainingPlan

__all__ = ["Course", "PlanItem", "TrainingPlan"]
