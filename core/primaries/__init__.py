"""Several databases in DATABASE_URL: the one that is ahead is written to, and no other that takes writes as well."""
