def tidy() -> None:
    """Nothing lies about."""
