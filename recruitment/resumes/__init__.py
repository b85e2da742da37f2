"""Résumés: files as they were sent, checked by content, read in a process of its own, facts confirmed by a person."""
