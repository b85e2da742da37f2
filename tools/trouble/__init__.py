"""A whole installation, candidates who answer and record, and what may go wrong with a machine, one after the other."""
