"""What every endpoint is made of."""
