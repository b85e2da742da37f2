"""Résumés of somebody who applied; nothing is left in the storage afterwards."""

import io
from collections.abc import Iterator
from typing import Any

import pytest

from recruitment.models import Application, Resume
from recruitment.recordings import storage
from recruitment.resumes.services import adding, reading
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.resumes import files


def stored() -> set[str]:
    """Everything that lies in the storage of résumés."""
    return {
        name
        for day in storage.days_of(adding.FOLDER, since=None)
        for name in storage.names_of(adding.FOLDER, day)
    }


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    yield
    for name in stored():
        storage.delete(name)


@pytest.fixture
def application(db: None) -> Application:
    make.skill("sql", "SQL")
    return make.application(make.opening(skills={"excel": 4, "sql": 3}), candidate=make.candidate("张三"))


def added(
    application: Application, body: bytes | None = None, *, read: bool = True, by: Any = None
) -> Resume:
    """A résumé of the application, read unless said otherwise."""
    row = adding.add(
        looked=adding.look(io.BytesIO(body or files.pdf()), "张三.pdf"),
        candidate_id=application.candidate_id,
        application_id=application.pk,
        by=by or people.recruiter(),
    )
    if read:
        reading.read(resume_id=row.pk)
        row.refresh_from_db()
    return row
