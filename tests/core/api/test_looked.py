"""What is read of people through the API is noted, as it is on pages."""

import pytest

from core.history.models import Look, LookKind
from tests.factories import api, people
from tests.factories import notifications as house
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def noted() -> list[tuple[str, str, str, int]]:
    """What the log holds: kind, of what, which one, how many; and who, which is always the same."""
    return list(Look.objects.order_by("pk").values_list("kind", "model", "object_id", "count"))


def test_a_record_is_a_look_at_it_and_a_page_of_a_list_its_rows_taken_away() -> None:
    lead = people.lead()
    asking = api.client_of(lead)
    interview, _other = make.interview(), make.interview()
    message = house.message(interview=interview)
    one = str(interview.application.pk)
    for address in (
        "applications/",
        "applications/?page_size=1",
        "applications/?stage=rejected",
        f"applications/{one}/",
        f"applications/{one}/timeline/",
        f"interviews/{interview.pk}/chain/",
        f"messages/{message.pk}/",
        "openings/",
        f"openings/{interview.application.opening_id}/progress/",
        "headcount-plan/",
        "reports/efficiency/",
    ):
        assert asking.get(f"/api/v1/{address}").status_code == 200, address
    assert noted() == [
        (LookKind.EXPORT, "recruitment.application", "", 2),
        (LookKind.EXPORT, "recruitment.application", "", 1),
        (LookKind.PAGE, "recruitment.application", one, 1),
        (LookKind.PAGE, "recruitment.application", one, 1),
        (LookKind.PAGE, "recruitment.interview", str(interview.pk), 1),
        (LookKind.MESSAGE, "messaging.message", str(message.pk), 1),
    ]
    assert {(look.by, look.facts["format"]) for look in Look.objects.all()} == {(lead, "API")}
    exports = Look.objects.filter(kind=LookKind.EXPORT).order_by("pk")
    assert [look.facts["by"] for look in exports] == [[], ["page_size"]]


def test_what_was_refused_or_is_not_there_is_no_look() -> None:
    interview = make.interview()
    stranger, lead = api.client_of(people.manager()), api.client_of(people.lead())
    assert stranger.get(f"/api/v1/applications/{interview.application.pk}/").status_code == 404
    assert lead.get("/api/v1/applications/999999/").status_code == 404
    assert lead.get("/api/v1/applications/?no_such=1").status_code == 422
    assert noted() == []
