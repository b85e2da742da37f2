"""Rounds that people hold."""
