from core.events import note, titled
from core.events.models import Event


@titled("Badge")
def print_badge(event: Event) -> None:
    note("printed")
