"""The data check's own tables."""

NOT_RECORDED = {
    "Check": "each row is one look, written once: who asked for it and what it found",
    "HealthReport": "written once: who asked for it, when, and what it found",
    "Size": "one figure a day, written by the night's job",
}
