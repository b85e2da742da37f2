"""Personal data at rest: columns whose values only the holder of a key file outside the database can read."""
