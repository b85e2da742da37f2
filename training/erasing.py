"""What is to be learned stays as it was counted; where the level was seen goes."""

KEPT = {"TrainingPlan": ["uncovered"], "PlanItem": ["provisional_years"]}
