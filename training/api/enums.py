"""What the API's schema calls the choices of this app."""

ENUMS = {
    "PlanBasisEnum": "training.enums.PlanBasis",
    "TrainingPlanStateEnum": "training.enums.PlanState",
    "PlanItemStateEnum": "training.enums.ItemState",
}
