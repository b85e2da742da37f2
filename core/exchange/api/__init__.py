"""`imports/`: tables in, by program."""
