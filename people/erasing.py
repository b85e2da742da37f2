"""An employee's number says nothing about the person, and stays unique."""

from core.persons import ANONYMOUS

KEPT = {"Employee": ["number", "position"]}
REPLACED = {"Employee": {"name": ANONYMOUS}}
