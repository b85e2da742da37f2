"""Preparing a hire: cases, steps, and the delays that an interrupted interview causes."""
