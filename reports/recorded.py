"""Figures that are counted anew from what happened."""

NOT_RECORDED = {
    "WeekOfOpening": "counted before, from events: it can be made again at any time",
    "MonthOfOpening": "counted before, from events: it can be made again at any time",
    "KeptTable": "counted before, from what happened: it can be counted again at any time",
    "Fold": "how far the counting has come",
}
