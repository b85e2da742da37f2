"""The steps people take here, one atomic function each."""
