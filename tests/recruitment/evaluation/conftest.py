"""A recruiting specialist at a browser."""

import pytest
from django.test import Client

from tests.factories import people


@pytest.fixture
def as_hr(client: Client, db: None) -> Client:
    client.force_login(people.recruiter(username="li", name="李招聘"))
    return client
