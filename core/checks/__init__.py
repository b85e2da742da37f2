"""What the product promises about its own data, looked at every night and on demand: docs/invariants.md."""
