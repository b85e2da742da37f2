"""Two wordings side by side: who reads which, what was noted of it, and what the difference is."""
