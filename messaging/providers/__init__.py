"""What every provider outside has in common: its errors, its network, its pauses."""
