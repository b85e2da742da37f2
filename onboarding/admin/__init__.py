"""The admin pages of this app."""

from onboarding.admin import cases, delays, panels, steps, templates

__all__ = ["cases", "delays", "panels", "steps", "templates"]
