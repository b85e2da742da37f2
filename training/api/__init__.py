"""Training over HTTP: plans to read."""
