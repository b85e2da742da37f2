"""Identity documents as they are typed: one spelling, and a sentence for what is wrong."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from core.errors import Invalid
from core.sealed import masks
from onboarding import documents
from onboarding.enums import DocumentKind

# The example of the standard itself, GB 11643-1999, annex A; its first digits are those of Beijing's Chaoyang.
OF_THE_STANDARD = "11010519491231002X"
FULL_WIDTH = "１１０１０５１９４９１２３１００２Ｘ"


def numbered(first: str) -> str:
    return first + documents.check_character(first)


def refused(kind: str, typed: str) -> str:
    with pytest.raises(Invalid) as error:
        documents.number_of(kind, typed)
    with translation.override("zh-hans"):
        assert str(error.value.message).endswith("。")
    return error.value.code


@pytest.mark.parametrize(
    "typed",
    [
        OF_THE_STANDARD,
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        FULL_WIDTH,
    ],
)
def test_the_numbers_of_the_standard_are_one_number(typed):
    assert documents.number_of(DocumentKind.RESIDENT, typed) == OF_THE_STANDARD


def test_the_check_character_is_that_of_both_examples_of_the_standard():
    assert documents.check_character(OF_THE_STANDARD[:17]) == "X"
    assert documents.check_character("44052418800101001") == "4"


def test_one_wrong_digit_anywhere_and_two_changed_places_are_seen():
    """All of the single mistypings, and those of neighbours, that the standard's check is for."""
    number, seen, tried = numbered("44030419880229001"), 0, 0
    assert documents.number_of("resident", number) == number
    for place, right in enumerate(number):
        for wrong in "0123456789X":
            if wrong != right and (wrong != "X" or place == 17):
                tried += 1
                seen += refused("resident", number[:place] + wrong + number[place + 1 :]) is not None
    for place in range(16):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            tried += 1
            seen += refused("resident", swapped) == "document_number_mistyped"
    assert (seen, tried) == (
        tried,
        17 * 9 + 10 + sum(a != b for a, b in pairwise(number[:17])),
    )


@time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai")), tick=False)
def test_what_is_wrong_is_said():
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    assert documents.number_of("resident", numbered(f"440304{yesterday:%Y%m%d}001"))
    assert {
        typed: refused("resident", typed)
        for typed in (
            "", "110105491231002", "1101051949123100AX", "110105194912310021", numbered("44030419870229001"),
            numbered(f"440304{today:%Y%m%d}001"), numbered("44030418991231001"), numbered("81000019900101001"),
            "²" * 18, "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        )
    } == {
        "": "document_number_missing",
        "110105491231002": "document_number_malformed",
        "1101051949123100AX": "document_number_malformed",
        "110105194912310021": "document_number_mistyped",
        numbered("44030419870229001"): "document_birthday_impossible",
        numbered(f"440304{today:%Y%m%d}001"): "document_birthday_impossible",
        numbered("44030418991231001"): "document_birthday_impossible",
        numbered("81000019900101001"): "document_of_another_kind",
        "²" * 18: "document_number_mistyped",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X": "document_number_malformed",
    }  # fmt: skip


TAKEN = {
    "passport": ["E12345678", "EA1234567", "k1234567", "123456789", "c01x00t47"],
    "hong_kong_macao": ["H12345678", "m1234567801"],
    "taiwan": ["01234567"],
    "permanent": ["USA110104567890", "911156199001010017"],
    "residence": [numbered("83000019900101001"), numbered("81000019900101001")],
}
REFUSED = {
    "passport": ["E123", "ABCDEFGH", "E1234567890123456", "护照E12345678"],
    "hong_kong_macao": ["A12345678", "H1234567", "H123456789"],
    "taiwan": ["1234567", "T1234567", "123456789"],
    "permanent": ["US110104567890", "811156199001010017"],
    "residence": [OF_THE_STANDARD, "830000199001010010"],
    "driving licence": [OF_THE_STANDARD],
}


def test_each_kind_has_its_shape():
    for kind, numbers in TAKEN.items():
        assert [documents.number_of(kind, number) for number in numbers] == [
            number.upper() for number in numbers
        ]
    codes = {kind: [refused(kind, number) for number in numbers] for kind, numbers in REFUSED.items()}
    shape = "document_number_malformed"
    assert codes == {
        "passport": [shape] * 4,
        "hong_kong_macao": [shape] * 3,
        "taiwan": [shape] * 3,
        "permanent": [shape] * 2,
        "residence": ["document_of_another_kind", "document_number_mistyped"],
        "driving licence": ["document_kind_unknown"],
    }
    assert set(TAKEN) | {"resident"} == set(DocumentKind.values)


def test_an_address_is_one_whole_line():
    assert documents.address_of(" 上海市浦东新区\n世纪大道 1 号 ") == "上海市浦东新区 世纪大道 1 号"
    for typed, code in {
        "": "address_missing",
        "上海市": "address_missing",
        "长" * 201: "address_too_long",
    }.items():
        with pytest.raises(Invalid) as error:
            documents.address_of(typed)
        assert error.value.code == code


def test_masks_say_enough_to_know_it_again_and_no_more():
    assert masks.document(OF_THE_STANDARD) == "**************002X"
    assert [masks.document(number) for number in ("E1234567", "A123", "")] == ["****4567", "**23", ""]
    assert {address: masks.home(address) for address in MASKED} == MASKED
    for shown in [masks.document(OF_THE_STANDARD), *MASKED.values()]:
        assert shown in (masks.document(shown), masks.home(shown))


MASKED = {
    "广东省深圳市南山区科苑路 1 号": "广东省深圳市•••",
    "上海市浦东新区世纪大道 1 号": "上海市•••",
    "广西壮族自治区南宁市青秀区": "广西壮族自治区南宁市•••",
    "四川省阿坝藏族羌族自治州汶川县": "四川省阿坝藏族羌族自治州•••",
    "香港特别行政区中环": "香港特别行政区•••",
    "海淀区中关村大街 27 号": "•••",
    "1 Infinite Loop, Cupertino": "•••",
    "": "",
}
