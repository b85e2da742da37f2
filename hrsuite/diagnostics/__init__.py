"""A bundle for whoever helps from outside: what runs, how it is, what failed. Nothing personal, no secret."""
