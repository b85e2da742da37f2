"""The kit that every admin page is made of."""
