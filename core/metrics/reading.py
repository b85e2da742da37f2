"""What an app's `gauges.py` is made of: a figure that is read at the moment when somebody asks for it.

GAUGES = [Gauge("hrsuite_things", "Things that wait.", read_things, labels=("state",))]
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection, transaction
from prometheus_client.core import GaugeMetricFamily

from core.collecting import declared

# Of the labels, in their order, and the figure. None: nobody knows, and nothing is said.
Value = tuple[tuple[str, ...], float | None]
# Whatever waits is counted so far; beyond that it is enough to know that it is more.
MOST_COUNTED = 10_000
SECONDS = 3
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure, or one for each value of `labels`. `read` asks at most one statement, by an index or of few rows."""

    name: str
    words: str
    read: Callable[[], Iterable[Value]]
    labels: tuple[str, ...] = ()


def declared_gauges() -> list[Gauge]:
    """Every app's, in the order of the apps."""
    return [gauge for module in declared("gauges") for gauge in module.GAUGES]


class Reading:
    """A collector: reads every gauge. One that cannot be read is left out and counted; the others stand."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families; how many could not be read, and how long it took, come last."""
        began, failed = time.monotonic(), 0
        for gauge in declared_gauges():
            family = GaugeMetricFamily(gauge.name, gauge.words, labels=gauge.labels)
            try:
                with _bounded():
                    values = list(gauge.read())
            except (DatabaseError, InterfaceError, OSError) as error:
                logger.warning("figure %s cannot be read: %s", gauge.name, type(error).__name__)
                failed += 1
                continue
            for labels, value in values:
                if value is not None:
                    family.add_metric(labels, value)
            yield family
        yield GaugeMetricFamily("hrsuite_figures_failed", "Figures that could not be read now.", failed)
        yield GaugeMetricFamily(
            "hrsuite_figures_seconds", "How long reading all figures took.", time.monotonic() - began
        )


@contextmanager
def _bounded() -> Iterator[None]:
    """Nobody who scrapes holds up the database."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        yield
