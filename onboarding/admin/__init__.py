"""The admin pages of this app."""

from onboarding.admin import cases, delays, identities, panels, steps, templates

__all__ = ["cases", "delays", "identities", "panels", "steps", "templates"]
