"""The ground: what knows no HR."""
