"""What is paid lies sealed: the salary, the range it was made under, the letter that says it, an opening's range."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from core.history.models import Change
from core.history.past_sealed import seal_past
from core.sealed import resealing, ring
from recruitment.models import Offer, Opening
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
PAY, LOW, HIGH = Decimal("16161.50"), Decimal(13131), Decimal(17171)
LETTER = b"%PDF-1.7 16161"


def an_offer(**fields: Any) -> Offer:
    opening = make.opening(salary_low=LOW, salary_high=HIGH)
    return Offer.objects.create(
        application=make.application(opening, stage="offer"), made_by=opening.specialist, salary=PAY,
        range_low=LOW, range_high=HIGH, range_currency="CNY", range_period="month", letter=LETTER,
        letter_text="月薪 16,161.50 元", start_on=timezone.localdate(), place="上海",
        answer_by=timezone.now(), **fields,
    )  # fmt: skip


def stored(model: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(one)::text FROM {model._meta.db_table} one")
        return dict(json.loads(cursor.fetchone()[0]))


def test_the_tables_hold_no_figure_and_no_letter_and_rows_read_them_as_they_were() -> None:
    offer = an_offer()
    for model in (Offer, Opening):
        whole = json.dumps(stored(model))
        assert not any(told in whole for told in ("16161", "16,161", "13131", "17171", LETTER.hex(), "月薪"))
    offer.refresh_from_db()
    assert (offer.salary, offer.range_low, offer.range_high) == (PAY, LOW, HIGH)
    assert (bytes(offer.letter or b""), offer.letter_text) == (LETTER, "月薪 16,161.50 元")
    assert Offer.objects.values_list("salary", "range_low").get() == (PAY, LOW)
    opening = Opening.objects.get()
    assert (opening.salary_low, opening.salary_high) == (LOW, HIGH)


def test_without_a_range_nothing_is_stored() -> None:
    make.opening()
    assert (stored(Opening)["salary_low"], stored(Opening)["salary_high"]) == (None, None)


@pytest.mark.parametrize("pay", [0, -1])
def test_an_amount_is_over_nothing(pay: int) -> None:
    offer = an_offer()
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(
            application=make.application(), made_by=offer.made_by, salary=pay, place="上海",
            start_on=timezone.localdate(), answer_by=timezone.now(),
        )  # fmt: skip


def test_a_row_that_is_saved_whole_is_stored_as_it_was_and_its_terms_stand() -> None:
    before = stored(an_offer()._meta.model)
    offer = Offer.objects.get()
    offer.place, offer.salary = offer.place, PAY  # what a form sets, though nobody touched it
    offer.withdraw_reason = "停招"
    offer.save()
    after = stored(Offer)
    assert {name for name in after if after[name] != before[name]} == {"withdraw_reason", "updated_at"}
    for change in ({"salary": 20000}, {"range_high": None}):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            Offer.objects.update(**change)


def test_a_range_that_was_left_alone_is_no_line_of_the_history() -> None:
    make.opening(salary_low=LOW, salary_high=HIGH)
    opening = Opening.objects.get()
    opening.headcount, opening.salary_low = 9, Decimal("13131.00")
    opening.save()
    last = Change.objects.filter(model="recruitment.opening", did="U").latest("id")
    assert set(last.after or {}) == {"headcount"}
    opening.salary_high = Decimal(18000)
    opening.save()
    last = Change.objects.filter(model="recruitment.opening", did="U").latest("id")
    assert set(last.after or {}) == {"salary_high"} and "17171" not in json.dumps(last.before)


def test_a_new_key_takes_them_with_it_though_their_terms_stand() -> None:
    offer, before = an_offer(), ring.ring().present
    resealing.rotate()
    assert ring.ring().present != before
    assert {
        stored(Offer)[name].split(":")[2] for name in ("salary", "range_low", "letter", "letter_text")
    } == {ring.ring().present}
    offer.refresh_from_db()
    assert (offer.salary, bytes(offer.letter or b"")) == (PAY, LETTER)


def test_what_the_history_kept_in_figures_is_sealed_there() -> None:
    opening = make.opening()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO history_change (at, model, object_id, did, before, after, party, source, why, together)"
            " VALUES (now(), 'recruitment.opening', %s, 'U', '{\"salary_low\": 13131.00, \"headcount\": 2}',"
            " '{\"salary_low\": 14000, \"headcount\": 3}', '', 'x', '', 1)",
            [str(opening.pk)],
        )
    field = Opening._meta.get_field("salary_low")
    assert seal_past(Opening, [field]) == 1
    one = Change.objects.filter(object_id=str(opening.pk), source="x").get()
    assert [values["headcount"] for values in (one.before, one.after)] == [2, 3]
    assert [field.unseal(values["salary_low"]) for values in (one.before, one.after)] == [
        "13131.00",
        "14000.00",
    ]
