"""An installation of before is upgraded with its offers, and taken back: every figure and letter as it was."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.sealed import ring
from recruitment.models import Offer, Opening
from tests.recruitment.offers.test_sealed_pay import HIGH, LETTER, LOW, PAY, an_offer, stored

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
BEFORE, AFTER = ("recruitment", "0079_entries_by_time"), ("recruitment", "0082_only_sealed_pay")


def migrate(to: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate([to])


def test_back_and_forth_nothing_is_lost() -> None:
    an_offer()
    newest = [
        leaf for leaf in MigrationExecutor(connection).loader.graph.leaf_nodes() if leaf[0] == "recruitment"
    ]
    try:
        migrate(BEFORE)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT salary, range_low, range_high, conditions, letter_text, letter FROM recruitment_offer"
            )
            *plain, letter = cursor.fetchone()
            assert plain == [PAY, LOW, HIGH, "", "月薪 16,161.50 元"] and bytes(letter) == LETTER
            cursor.execute("SELECT salary_low, salary_high FROM recruitment_opening")
            assert cursor.fetchone() == (Decimal(13131), Decimal(17171))
    finally:
        MigrationExecutor(connection).migrate(newest)
    row = stored(Offer)
    sealed = {name: row[name] for name in ("salary", "range_low", "range_high", "letter_text", "letter")}
    assert {name for name, value in sealed.items() if not ring.is_sealed(value)} == set()
    offer = Offer.objects.get()
    assert (offer.salary, offer.range_low, offer.range_high) == (PAY, LOW, HIGH)
    assert (offer.letter_text, bytes(offer.letter or b"")) == ("月薪 16,161.50 元", LETTER)
    assert Opening.objects.values_list("salary_low", "salary_high").get() == (LOW, HIGH)
