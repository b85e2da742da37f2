"""A wording is found however it was typed, and the quote is the candidate's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.evaluation.text import LONGEST_QUOTE, find, mention, normalise, quote, readable


@pytest.mark.parametrize(
    ("wording", "answer", "words"),
    [
        ("数据透视表", "我常用数据透视表做汇总", "数据透视表"),
        ("数据透视表", "我常用数据 透视\n表做汇总", "数据 透视\n表"),
        ("Excel", "我会ｅｘｃｅｌ", "ｅｘｃｅｌ"),
        ("vlookup函数", "用 VLOOKUP 函数查找", "VLOOKUP 函数"),
        ("pivot table", "I built a PIVOT   Table.", "PIVOT   Table"),
        ("Straße", "in der STRASSE", "STRASSE"),
        ("café", "un cafe\u0301 noir", "cafe\u0301"),
        ("透视表", "透\u200b视表", "透\u200b视表"),
        ("30天", "在30天内", "30天"),
        ("(株)", "某㈱公司", "㈱"),
    ],
)
def test_found(wording: str, answer: str, words: str) -> None:
    place = find(wording, readable(answer))

    assert place is not None
    assert answer[slice(*place)] == words


@pytest.mark.parametrize(
    ("wording", "answer"),
    [
        ("it", "with him"),
        ("SLA", "slack"),
        ("30天", "130天"),
        ("pivot table", "pivottable"),
        ("数据透视表", "数据，透视表"),
        ("", "什么都有"),
        (" \u200b", "什么都有"),
        ("沟通", ""),
    ],
)
def test_not_found(wording: str, answer: str) -> None:
    assert find(wording, readable(answer)) is None


def test_a_later_whole_word_counts_after_a_part_of_another() -> None:
    assert find("it", readable("with it")) == (5, 7)


def test_the_quote_stays_in_its_sentence_and_under_its_length() -> None:
    answer = "先说背景。我先倾听客户的诉求，再给方案！最后回访。"
    assert mention(("倾听",), readable(answer)) == "我先倾听客户的诉求，再给方案"

    long = "甲" * 200 + "倾听" + "乙" * 200
    found = mention(("倾听",), readable(long))
    assert found is not None
    assert len(found) == LONGEST_QUOTE
    assert "倾听" in found
    assert quote(long, 0, 150) == "甲" * LONGEST_QUOTE


def test_the_first_wording_of_the_list_is_quoted() -> None:
    assert mention(("没有", "回访", "倾听"), readable("倾听。回访。")) == "回访"


TYPED = "数据透视表 \n\u3000aBｃé\u0301。1㈱\u200b"


@given(st.text(alphabet=TYPED, max_size=80), st.text(alphabet="数据表 aB1", max_size=6))
def test_a_quote_is_always_a_piece_of_the_answer(answer: str, wording: str) -> None:
    found = mention((wording,), readable(answer))

    if found is not None:
        assert found in answer
        assert len(found) <= LONGEST_QUOTE


@given(st.text(alphabet="数据透视表 \naBｃ。1", max_size=40))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet="数据 aB。", max_size=20), st.text(alphabet="数据 aB。", max_size=20))
def test_what_a_text_says_between_chinese_words_is_found(before: str, after: str) -> None:
    assert find("透视表", readable(f"{before}透视表{after}")) is not None
