"""Onboarding over HTTP: cases to read."""
