"""Figures that say what they rest on: a score with its basis and interval, a rate with its denominator."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import nonmember
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Fewer than this show their counts, and no rate: one person more or less would move it by five points.
LEAST = 20


class Basis(models.TextChoices):
    """What a score rests on. Only a full one may advance, reject or rank anybody."""

    FULL = "full", _("Full")
    PARTIAL = "partial", _("Partial")
    FALLBACK = "fallback", _("Fallback")

    estimates = nonmember(("partial", "fallback"))


def basis_choices() -> list[tuple[str, Any]]:
    """For `choices=`: a basis that is added forces no migration on the apps that keep one."""
    return Basis.choices


def rounded(value: Decimal) -> int:
    """A score as people read it: whole, halves up, on every page the same."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score between its bounds, 0 to 100, and what it rests on. A missing one is None, never a score of 0."""

    value: Decimal
    low: Decimal
    high: Decimal
    basis: str

    @property
    def is_estimate(self) -> bool:
        """Whether it is less than a full assessment."""
        return self.basis in Basis.estimates

    @property
    def shown(self) -> dict[str, int]:
        """Value, low and high as people read them: wherever a score is said or drawn."""
        return {"value": rounded(self.value), "low": rounded(self.low), "high": rounded(self.high)}

    @property
    def words(self) -> str:
        """The one sentence in which a score is said: value and basis, of an estimate its interval too."""
        words = {**self.shown, "basis": Basis(self.basis).label}
        if self.is_estimate:
            return gettext("%(value)s (%(low)s to %(high)s), %(basis)s, estimate") % words
        return gettext("%(value)s, %(basis)s") % words


def estimate(value: Decimal | None, low: Decimal | None, high: Decimal | None, basis: str) -> Estimate | None:
    """The score of a row, or None where it has none."""
    if value is None or low is None or high is None:
        return None
    return Estimate(value, low, high, basis)


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
