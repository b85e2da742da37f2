"""What the API's schema calls the choices of this app."""

ENUMS = {
    "OnboardingCaseStateEnum": "onboarding.enums.CaseState",
    "OnboardingStepStateEnum": "onboarding.enums.StepState",
}
