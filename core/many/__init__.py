"""One step on many rows at once: chosen in a list, looked at beforehand, taken row by row, told apart afterwards."""
