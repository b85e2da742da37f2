"""The table of an object's steps, read alike by its transitions, the trigger behind them and the page's buttons."""

from typing import Any


class Steps(dict[str, tuple[tuple[str, ...], str]]):
    """Step → (the states from which it is possible, the state that it leads to)."""

    def of(self, name: str) -> dict[str, Any]:
        """For `@transition(field=state, **STEPS.of("enter"))`."""
        sources, target = self[name]
        return {"source": sources, "target": target}

    def sources(self, name: str) -> tuple[str, ...]:
        """The states from which the step is possible."""
        return self[name][0]

    def edges(self) -> list[tuple[str, str]]:
        """Every (from, to) pair, for the trigger that refuses all others."""
        return sorted({(str(source), str(target)) for sources, target in self.values() for source in sources})
