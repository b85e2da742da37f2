"""Jobs: when they run, and the sign of life of those who do them."""
