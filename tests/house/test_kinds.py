from tests import thorough


def test_every_place_of_thorough_tests_is_there() -> None:
    assert [place for place in thorough.PLACES if not place.exists()] == []
    assert all(thorough.is_thorough(place / "test_x.py") for place in thorough.PLACES if place.is_dir())
    assert not thorough.is_thorough(thorough.TESTS / "core" / "test_text.py")
