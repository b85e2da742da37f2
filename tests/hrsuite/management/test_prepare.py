"""Machines that start at once: one brings the tables to the present, the others wait."""

import pytest

from core.backups import postgres
from hrsuite.management.commands.prepare import one_machine_at_a_time

ASKED = "SELECT pg_try_advisory_xact_lock(hashtext('hrsuite prepare'))"


@pytest.mark.django_db
def test_one_machine_at_a_time_and_a_dead_one_is_in_nobodys_way() -> None:
    with one_machine_at_a_time(), postgres.connected() as other:
        assert other.execute(ASKED).fetchone() == (False,)
    with postgres.connected() as other:
        assert other.execute(ASKED).fetchone() == (True,)
    with pytest.raises(RuntimeError), one_machine_at_a_time():
        raise RuntimeError
    with postgres.connected() as other:
        assert other.execute(ASKED).fetchone() == (True,)
