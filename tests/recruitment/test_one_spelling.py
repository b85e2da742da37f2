"""What was kept before names and numbers had one spelling: spelt out, two of one told apart, nothing lost."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from core.searching import phone_words
from recruitment.models import Candidate
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
RULES = [
    "candidate_phone_is_sealed",
    "candidate_email_is_sealed",
    "candidate_others_are_sealed",
    "candidate_name_is_one_line",
]


def as_before(**fields) -> int:
    """A row as an older release wrote it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO recruitment_candidate (name, phone, email, name_key, search_key, other_contacts, language,"
            " time_zone, created_at) VALUES (%s, %s, %s, '', '', '', 'zh-hans', '', now()) RETURNING id",
            [fields["name"], fields.get("phone", ""), fields.get("email", "")],
        )
        return cursor.fetchone()[0]


def test_rows_of_before_come_to_one_spelling():
    with connection.cursor() as cursor:
        for rule in RULES:
            cursor.execute(f"ALTER TABLE recruitment_candidate DROP CONSTRAINT {rule}")
        for index in ("one_candidate_per_email", "one_candidate_per_phone"):
            cursor.execute(f"DROP INDEX {index}")
    first = as_before(name="张\n三", phone="138 0013 8000", email="A@B.com")
    wrong = as_before(name="李四", phone="1.38E+10", email="L@b.com")
    second = as_before(name="张\u200b三", phone="+86-138-0013-8000", email="a@b.com")
    running = as_before(name="王五", phone="13900139000")
    asleep = as_before(name="王五", phone="139-0013-9000")
    # Who has an open application keeps it, though the other was there first.
    make.application(candidate=Candidate.objects.get(pk=asleep))
    before = MigrationLoader(connection).project_state([("recruitment", "0009_one_spelling")]).apps
    import_module("recruitment.migrations.0009_one_spelling").spell(before, connection.schema_editor())
    said = "{}（编号 {} 的候选人也留了同样的联系方式）".format
    assert {
        row.pk: (row.name, row.phone, row.email, row.other_contacts) for row in Candidate.objects.all()
    } == {
        first: ("张三", "+8613800138000", "a@b.com", ""),
        wrong: ("李四", "", "l@b.com", "1.38E+10"),
        second: ("张三", "", "", said("a@b.com", first) + "\n" + said("+8613800138000", first)),
        running: ("王五", "", "", said("+8613900139000", asleep)),
        asleep: ("王五", "+8613900139000", "", ""),
    }
    row = Candidate.objects.get(pk=second)
    kept = row.search_key
    row.save()
    assert row.search_key == kept
    assert set(phone_words("13800138000")) <= set(kept.split())
    assert not [word for word in kept.split() if "13800138000" in word or "@" in word]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"phone": "13800138000"}, "one_candidate_per_phone"),
        ({"email": "A@b.com"}, "one_candidate_per_email"),
    ],
)
def test_nobody_has_what_another_one_has(fields, rule):
    make.candidate("张三", phone="13800138000", email="a@b.com")
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Candidate.objects.create(name="甲", **fields)
    with pytest.raises(IntegrityError, match="phone_is_one"):
        Candidate.objects.create(name="甲", phone="abc")


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"name": "甲", "phone": "abc"}, "candidate_phone_is_sealed"),
        ({"name": "甲", "email": "A@b.com"}, "candidate_email_is_sealed"),
        ({"name": "甲\n乙"}, "candidate_name_is_one_line"),
        ({"name": "甲\u200b"}, "candidate_name_is_one_line"),
        ({"name": "甲", "phone": "+8613800138000"}, "candidate_phone_is_sealed"),
        ({"name": "甲", "email": "a@b.com"}, "candidate_email_is_sealed"),
    ],
)
def test_the_table_itself_takes_nothing_else(fields, rule):
    make.candidate("张三", phone="13800138000", email="a@b.com")
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        as_before(**fields)
