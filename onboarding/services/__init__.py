"""The steps people take here, one atomic function each, and what receivers bring about."""
