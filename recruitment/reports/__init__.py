"""Figures about recruitment. Every rate carries its denominator, what was left out, and its definition's version."""
