"""Which release this is: year, month, and a number within the month. CHANGELOG.md says what each brought."""

VERSION = "2026.11.1"
