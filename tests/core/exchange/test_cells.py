"""What stands in cells, as values: however people write it; and what nobody can know is refused, never guessed."""

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import translation

from core.exchange import cells
from core.exchange.cells import Fault

# As a workbook says it: on no clock.
NINE = datetime(2026, 12, 1, 9)  # noqa: DTZ001


def fault(read: Any, cell: Any) -> str:
    with pytest.raises(Fault) as caught:
        read(cell)
    assert "%(" not in cells.sentence(caught.value.kept())
    return caught.value.code


@pytest.mark.parametrize(
    "cell",
    [
        "13800138000",
        13800138000.0,
        13800138000,
        "138 0013 8000",
        "１３８００１３８０００",
        "+86 138-0013-8000",
        "'13800138000",
        "　13800138000 ",
    ],
)
def test_a_phone_is_one_however_it_is_written(cell: Any) -> None:
    assert cells.phone(cell) == "+8613800138000"


def test_a_number_that_lost_digits_is_refused_and_not_rung_up() -> None:
    assert [fault(cells.phone, cell) for cell in ("1.38E+10", "1.38001E+10", 13800100000.0)] == [
        "number_rounded"
    ] * 3
    assert fault(cells.text, 1.10101199003011e17) == "number_rounded"
    assert fault(cells.phone, "12345") == "phone_unknown"
    assert (cells.phone(""), cells.phone(None), cells.phone("  ")) == (None, None, None)


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 12, 1),
        NINE,
        46357.0,
        46357,
        "2026-12-01",
        "2026/12/1",
        "2026.12.1",
        "2026年12月1日",
        "20261201",
        20261201.0,
        "２０２６－１２－０１",
        "2026-12-01 00:00:00",
    ],
)
def test_a_day_is_one_however_it_is_written(cell: Any) -> None:
    assert cells.day(cell) == date(2026, 12, 1)


@pytest.mark.parametrize("cell", ["2026年2月30日", "1/12/2026", "26-12-01", "明年", 12.0, True])
def test_what_is_no_day_is_refused(cell: Any) -> None:
    assert fault(cells.day, cell) == "date_unknown"


def test_text_is_one_line_and_a_formula_s_error_is_none() -> None:
    assert cells.text(" 张\u200b三\n四 ") == "张三 四"
    assert (cells.text(123.0), cells.text(None), cells.text("")) == ("123", None, None)
    assert fault(cells.text, "#N/A") == "formula_error"
    assert fault(cells.at_most(3, cells.text), "四个字的") == "too_long"
    assert cells.words("第一行\r\n 第二行 ") == "第一行\n第二行"


def test_names_and_addresses() -> None:
    assert cells.name("　张  三 ") == "张三"
    assert fault(cells.name, "12345") == "name_unknown"
    assert cells.email("ＺHANG@Example.COM ") == "zhang@example.com"
    assert fault(cells.email, "zhang@") == "email_unknown"


def test_one_of_a_few_words_and_the_fault_says_which_in_the_reader_s_language() -> None:
    read = cells.one_of({"中文": "zh-hans", "English": "en"})
    assert (read("中 文"), read("ENGLISH"), read("")) == ("zh-hans", "en", None)
    with pytest.raises(Fault) as caught:
        read("法语")
    kept = caught.value.kept()
    assert cells.sentence(kept) == "这里没有“法语”这一选项。可以填写：中文、English。"
    with translation.override("en"):
        assert cells.sentence(kept) == "“法语” is not known here. Possible: 中文, English."
