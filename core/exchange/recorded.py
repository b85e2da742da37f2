"""Which tables of imports keep no history of their own; what an import changes keeps its own."""

NOT_RECORDED = {
    "Export": "a file that is gone a day later; that it was taken away stands in the log of looks",
    "ImportFile": "the bytes as they were sent: written once, forgotten after a quarter of a year",
    "ImportRow": "is itself the record of what became of a row, with what was there before",
}
