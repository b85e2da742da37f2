"""The words of a text message, how long they are, and what they cost."""

from decimal import Decimal

import pytest
from pytest_django import Settings

from messaging.sms.text import cost, filled, segments, values_of, variables, whole


@pytest.mark.parametrize(
    ("letters", "pieces"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_segments_are_counted_as_the_providers_count(letters: int, pieces: int) -> None:
    assert segments("面" * letters) == pieces
    assert cost("a" * letters, Decimal("0.045")) == pieces * Decimal("0.045")


def test_what_a_message_fills_in(settings: Settings) -> None:
    found = values_of(
        name="张三", subject="【示例科技】面试中断", body="请回来:https://hr.example.com/i/abc-D_1。谢谢"
    )

    assert found == {
        "name": "张三",
        "subject": "面试中断",
        "link": "https://hr.example.com/i/abc-D_1",
        "code": "abc-D_1",
    }
    settings.COMPANY_NAME = "Acme"
    assert values_of(name="", subject="Acme: interrupted", body="nothing") == {"subject": "interrupted"}
    assert values_of(name="", subject="Your offer: data analyst", body="") == {
        "subject": "Your offer: data analyst"
    }
    assert values_of(name="n" * 40, subject="", body="")["name"] == "n" * 34 + "…"


def test_variables_stand_in_their_order_and_unknown_ones_stay() -> None:
    text = "${subject} ${name} ${subject} ${other}"

    assert variables(text) == ["subject", "name", "other"]
    assert filled(text, {"subject": "a", "name": "${subject}"}) == "a ${subject} a ${other}"
    assert whole("示例", "b") == "【示例】b"
