"""The admin pages of this app; those of its satellites stand beside their own services."""

from recruitment.admin import (
    applications,
    candidates,
    catalogue,
    follow_ups,
    interviews,
    looked,
    many,
    many_interviews,
    many_planning,
    many_rounds,
    many_tags,
    notes,
    openings,
    plans,
    problems,
    questions,
    surveys,
    traces,
    whole,
)
from recruitment.evaluation.admin import assessments, backtests, decided
from recruitment.experiments.admin import experiments
from recruitment.intake.admin import arrivals, failing, mailboxes
from recruitment.offers.admin import letters as letter_templates
from recruitment.offers.admin import next_in_line, offers
from recruitment.privacy.admin import lists, record
from recruitment.recordings.admin import accesses, consent, faces, playback, segments, transcripts, voices
from recruitment.resumes.admin import pages, panel
from recruitment.rounds.admin import deciding, times
from recruitment.rounds.admin import steps as round_steps
from recruitment.vendors.admin import connections

__all__ = [
    "accesses",
    "applications",
    "arrivals",
    "assessments",
    "backtests",
    "candidates",
    "catalogue",
    "connections",
    "consent",
    "decided",
    "deciding",
    "experiments",
    "faces",
    "failing",
    "follow_ups",
    "interviews",
    "letter_templates",
    "lists",
    "looked",
    "mailboxes",
    "many",
    "many_interviews",
    "many_planning",
    "many_rounds",
    "many_tags",
    "next_in_line",
    "notes",
    "offers",
    "openings",
    "pages",
    "panel",
    "plans",
    "playback",
    "problems",
    "questions",
    "record",
    "round_steps",
    "segments",
    "surveys",
    "times",
    "traces",
    "transcripts",
    "voices",
    "whole",
]
