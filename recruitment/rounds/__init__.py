"""Rounds that people hold: planned, told, judged on scorecards, decided on by a person."""
