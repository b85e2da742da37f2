"""The admin pages of this app."""

from recruitment.admin import (
    accesses,
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
    "accesses",
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
