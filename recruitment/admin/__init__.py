"""The admin pages of this app."""

from recruitment.admin import (
    applications,
    assessments,
    candidates,
    catalogue,
    follow_ups,
    interviews,
    openings,
    plans,
    playback,
    recordings,
    traces,
    vendors,
)

__all__ = [
    "applications",
    "assessments",
    "candidates",
    "catalogue",
    "follow_ups",
    "interviews",
    "openings",
    "plans",
    "playback",
    "recordings",
    "traces",
    "vendors",
]
