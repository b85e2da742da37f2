"""The ground's own tables."""

NOT_RECORDED = {
    "BackupRun": "each row is one run: who asked for it, and what came of it",
    "KeepRule": "its earlier periods and who chose the present one stand in it",
    "LongWork": "each row is one run, with its own times, counts and errors",
    "ManyRun": "who said yes to what, and when, stands in it",
    "JobsCluster": "a sign of life every few seconds, and what it had in hand then",
    "TakenJob": "comes with each job that is begun and goes with its end",
    "WallClock": "a reading every two seconds; how far the clock was set stands in it",
    "Trouble": "what is wrong with a machine now; the log says when it came and went",
    "ManyRow": "what became of the row stands in it, and what was changed in the history of that row",
}
