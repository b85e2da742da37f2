"""The ledger of events is a history itself."""

NOT_RECORDED = {
    "Event": "written once and never edited: it is what happened",
    "Reaction": "its own row says when it was tried, what it did and why it failed",
    "Pulse": "a sign of life every two seconds",
}
