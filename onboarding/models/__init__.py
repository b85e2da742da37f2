"""The models of this app."""

from onboarding.models.cases import OnboardingCase
from onboarding.models.delays import OnboardingDelay
from onboarding.models.identities import EmployeeIdentity
from onboarding.models.scores import EmployeeScore
from onboarding.models.steps import OnboardingStep
from onboarding.models.templates import OnboardingTemplate, TemplateStep

__all__ = [
    "EmployeeIdentity",
    "EmployeeScore",
    "OnboardingCase",
    "OnboardingDelay",
    "OnboardingStep",
    "OnboardingTemplate",
    "TemplateStep",
]
