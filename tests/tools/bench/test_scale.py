"""What one machine holds: the processors' limit by what a call costs, and the database's time is all of it."""

import pytest
from django.db import connection

from tools.bench import scale


def test_the_processors_limit() -> None:
    line = {"web ms per call": 1.5, "database ms per call": 0.5}
    assert scale.at_most(line, cores=2) == 5000, "2 ms a call, a fifth of a call a second each"
    assert scale.at_most(line, cores=1) == 2500


@pytest.mark.django_db
def test_the_databases_time_counts_what_runs_and_what_has_ended() -> None:
    before = scale.database_seconds()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM generate_series(1, 400000) AS one WHERE one % 7 = 0")
        cursor.fetchone()
    assert scale.database_seconds() > before > 0
