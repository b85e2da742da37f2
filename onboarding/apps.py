"""The app's place in the house, and the map of what onboarding does when something happens."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnboardingConfig(AppConfig):
    """Cases, steps, delays."""

    name = "onboarding"
    verbose_name = _("Onboarding")
