"""The history of the history."""

NOT_RECORDED = {
    "Change": "it is the history",
    "Seal": "closes a day of it, and is never rewritten",
    "Look": "a log, never rewritten",
}
