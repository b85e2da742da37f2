"""What a floor above knows that speaks against a step, or against two being one: it says so before it is taken."""

from collections.abc import Callable

from recruitment.models import Application, Candidate

Objection = Callable[[Application, str], None]
ToMerging = Callable[[Candidate, Candidate], None]
_objections: list[Objection] = []
_to_merging: list[ToMerging] = []


def register(objection: Objection) -> None:
    """Ask this before each step of an application: it raises Refused, or returns. Once for each."""
    if objection not in _objections:
        _objections.append(objection)


def ask(application: Application, step: str) -> None:
    """On a locked application: raise what anybody has against this step of it."""
    for objection in _objections:
        objection(application, step)


def register_to_merging(objection: ToMerging) -> None:
    """Ask this before two entries of a person become one: it raises Refused, or returns. Once for each."""
    if objection not in _to_merging:
        _to_merging.append(objection)


def ask_of_merging(keep: Candidate, gone: Candidate) -> None:
    """On two locked entries: raise what anybody has against their being one."""
    for objection in _to_merging:
        objection(keep, gone)
