"""The steps of tables in and out."""
