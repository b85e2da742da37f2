"""Steps of rounds and of their cards."""
