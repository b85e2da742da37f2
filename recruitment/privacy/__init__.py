"""A candidate's rights over their record, and what speaks against deleting it."""
