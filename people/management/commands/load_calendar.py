"""`manage.py load_calendar --year 2027`: load a year of the working calendar from the calendar package."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from people.actors import Party
from people.services.calendar import load_missing_years, load_year


class Command(BaseCommand):
    """Loads one year anew, or every year that is missing."""

    help = "Load the working calendar: one year anew, or all missing years that the calendar package covers."

    def add_arguments(self, parser: CommandParser) -> None:
        """--year: the year to load anew, replacing its days."""
        parser.add_argument("--year", type=int, help="the year to load anew; without it, all missing years")

    def handle(self, *args: Any, year: int | None = None, **options: Any) -> None:
        """Load, and print the years loaded."""
        if year is None:
            years = load_missing_years()
        else:
            try:
                years = [load_year(year=year, by=Party.SYSTEM).year]
            except DomainError as error:
                raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(f"loaded: {', '.join(map(str, years)) or 'nothing was missing'}")
