"""The public page of an opening and the résumé mailboxes: what strangers send, and what HR makes of it."""
