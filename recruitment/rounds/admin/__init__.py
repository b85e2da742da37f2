"""Rounds in the back office: steps, the box on an interview, the calendar."""
