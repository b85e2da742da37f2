"""Rate: a share that says what it was counted from, and says nothing when that is too little."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Fewer than this show their counts, and no rate: one person more or less would move it by five points.
LEAST = 20


@dataclass(frozen=True, slots=True)
class Exclusion:
    """How many were left out of a denominator for one reason."""

    reason: models.TextChoices
    count: int


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator`, as defined by `definition` (name/version).

    `excluded` says who is not in the denominator and why. `exits` are those of them whose result we would know had
    they not left; the bounds are what the rate could be, had all of them failed or all of them passed.
    Under LEAST, `value` and the bounds are None: the counts stand alone.
    """

    numerator: int
    denominator: int
    definition: str
    excluded: tuple[Exclusion, ...] = ()
    exits: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no share: a mistake of the caller."""
        if not 0 <= self.numerator <= self.denominator or self.exits < 0:
            raise ValueError(f"not a rate: {self.numerator} of {self.denominator}, {self.exits} exits")

    @property
    def has_enough_data(self) -> bool:
        """Whether the denominator carries a rate."""
        return self.denominator >= LEAST

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return _share(self.numerator, self.denominator) if self.has_enough_data else None

    @property
    def low(self) -> float | None:
        """The share if everybody who left had failed."""
        return _share(self.numerator, self.denominator + self.exits) if self.has_enough_data else None

    @property
    def high(self) -> float | None:
        """The share if everybody who left had passed."""
        if not self.has_enough_data:
            return None
        return _share(self.numerator + self.exits, self.denominator + self.exits)

    @property
    def note(self) -> str | Promise:
        """ "Not enough data" where that is so, else nothing."""
        return "" if self.has_enough_data else _("not enough data")


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4)
