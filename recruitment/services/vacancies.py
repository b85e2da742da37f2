"""How many an opening may still hire: the last one is said, one beyond needs its reason."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Opening


@dataclass(frozen=True, slots=True)
class Vacancies:
    """Of `headcount` places so many are taken by who is hired."""

    headcount: int
    hired: int

    @property
    def left(self) -> int:
        """How many may still be hired; 0 when there are as many as there should be, or more."""
        return max(self.headcount - self.hired, 0)


def of(opening: Opening) -> Vacancies:
    """As they stand now. One query."""
    return of_each([opening])[opening.pk]


def of_each(openings: Collection[Opening]) -> dict[int, Vacancies]:
    """Of each of these, by its id. One query."""
    hired = Application.objects.filter(opening__in=openings, stage=ApplicationStage.HIRED).order_by()
    numbers = dict(hired.values_list("opening").annotate(number=Count("pk")))
    return {opening.pk: Vacancies(opening.headcount, numbers.get(opening.pk, 0)) for opening in openings}


def require(application: Application, *, reason: str) -> None:
    """On a locked application that is to be hired: hold its opening, so that two hires cannot take the last place.

    Invalid: no_vacancy, when every place is taken and no reason is given for one more.
    """
    opening = Opening.objects.select_for_update(no_key=True, of=("self",)).get(pk=application.opening_id)
    vacancies = of(opening)
    if not vacancies.left and not reason:
        raise Invalid(
            "no_vacancy",
            _("Every place of this opening is taken. To hire one more, say why."),
            headcount=vacancies.headcount,
            hired=vacancies.hired,
        )
