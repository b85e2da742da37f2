"""The public page of an opening: what people send who have no account, and what HR makes of it."""
