"""Recordings: where their bytes lie, what may be sent, how they are made playable, played and deleted."""
