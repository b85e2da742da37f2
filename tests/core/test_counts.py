"""Numbers of rows: exact, about, more than."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import counts
from core.counts import Exactness, Size, size_of
from recruitment.models import Candidate

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("size", "chinese", "english"),
    [
        (Size(0), "0", "0"),
        (Size(9_876), "9,876", "9,876"),
        (Size(983_211, Exactness.ABOUT), "约 98 万", "about 980,000"),
        (Size(12_345, Exactness.ABOUT), "约 1.2 万", "about 12,000"),
        (Size(1_234_567, Exactness.ABOUT), "约 120 万", "about 1,200,000"),
        (Size(10_000, Exactness.OVER), "10,000+", "10,000+"),
    ],
)
def test_a_size_is_said_as_exactly_as_it_is_known(size: Size, chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert size.words == chinese
    with translation.override("en"):
        assert size.words == english
    assert size.shown == (size.number if size.is_exact else size.words)


def test_nothing_is_counted_beyond_the_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "REACH", 3)
    for number in range(5):
        Candidate.objects.create(name=f"张{number}", language="zh-hans" if number else "en")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE recruitment_candidate")
    assert size_of(Candidate.objects.all()) == Size(5, Exactness.ABOUT)
    assert size_of(Candidate.objects.filter(language="zh-hans")) == Size(3, Exactness.OVER)
    assert size_of(Candidate.objects.filter(language="en")) == Size(1)
    with CaptureQueriesContext(connection) as queries:
        size_of(Candidate.objects.filter(language="en"))
    assert len(queries) == 1 and "LIMIT 4" in queries[0]["sql"]
