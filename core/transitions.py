"""The table of an object's steps, read alike by its transitions, the trigger behind them and the page's buttons."""

from itertools import product
from typing import Any

from django_fsm import RETURN_VALUE

Targets = str | tuple[str, ...]


class Steps(dict[str, tuple[tuple[str, ...], Targets]]):
    """Step → (the states from which it is possible, the state that it leads to).

    A step with several targets leads to the one that its transition returns.
    """

    def __init__(
        self,
        table: dict[str, tuple[tuple[str, ...], Targets]],
        *,
        back: dict[str, tuple[str, ...]] | None = None,
    ):
        """`back`: steps that take others back, each edge of theirs the other way round, and no other edge."""
        super().__init__(table)
        self._exact = {name: self._reversed(undone) for name, undone in (back or {}).items()}
        for name, pairs in self._exact.items():
            self[name] = (
                tuple(dict.fromkeys(source for source, _target in pairs)),
                tuple(dict.fromkeys(target for _source, target in pairs)),
            )

    def _reversed(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(after, before) for name in names for before, after in self._edges_of(name)]

    def _edges_of(self, name: str) -> list[tuple[str, str]]:
        if name in getattr(self, "_exact", {}):
            return self._exact[name]
        sources, target = self[name]
        return list(product(sources, (target,) if isinstance(target, str) else target))

    def of(self, name: str) -> dict[str, Any]:
        """For `@transition(field=state, **STEPS.of("enter"))`."""
        sources, target = self[name]
        return {"source": sources, "target": target if isinstance(target, str) else RETURN_VALUE(*target)}

    def sources(self, name: str) -> tuple[str, ...]:
        """The states from which the step is possible."""
        return self[name][0]

    def edges(self) -> list[tuple[str, str]]:
        """Every (from, to) pair, for the trigger that refuses all others."""
        return sorted(
            {(str(source), str(target)) for name in self for source, target in self._edges_of(name)}
        )
