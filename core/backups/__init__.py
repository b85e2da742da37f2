"""Encrypted backups of database and files, and the way back. The keys are kept apart: docs/backup.md."""
