"""What the schema calls sets of choices: every app's `api/enums.py` declares its own names."""

from collections.abc import Iterator, Mapping

from core.collecting import declared


class DeclaredEnumNames(Mapping[str, str]):
    """Name in the schema → dotted path of the choices. Read when first asked, since settings come before the apps."""

    def _names(self) -> dict[str, str]:
        return {name: path for module in declared("api.enums") for name, path in module.ENUMS.items()}

    def __getitem__(self, name: str) -> str:
        return self._names()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())
