"""The admin pages of this app."""

from onboarding.admin import cases, delays, steps, templates

__all__ = ["cases", "delays", "steps", "templates"]
