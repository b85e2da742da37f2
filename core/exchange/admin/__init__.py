"""Imports and exports in the back office."""

from core.exchange.admin import exports, imports

__all__ = ["exports", "imports"]
