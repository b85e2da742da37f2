"""Courses and training plans: what a new colleague learns first, and on which evidence."""
