"""What this app shows on the admin pages of others."""
