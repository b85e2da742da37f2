"""The table of WeCom's numbers, checked as a whole against what each number asks for."""

from messaging.wecom import errors


def test_every_number_has_its_class() -> None:
    table: dict[str, set[int]] = {}
    for number, meaning in errors.MEANINGS.items():
        table.setdefault(meaning.error.__name__, set()).add(number)

    assert table == {
        "Transient": {-1, 6000, 41096, 45033, 301057, 301070},
        "TokenProblem": {40014, 41001, 42001},
        "Quota": {45009, 41048},
        "RecipientProblem": {81013, 60111, 40003, 40096, 84061, 43004},
        "WindowClosed": {95018},
        "ConfigurationProblem": {40001, 40013, 40056, 48002, 60011, 60020, 301002, 301055, 301056, 50001},
        "AlreadyDone": {41051, 42014},
        "ContentProblem": {40007, 40008, 40029, 40058, 41050, 45002, 301025},
    }


def test_an_unknown_number_may_be_tried_again() -> None:
    error = errors.from_errcode(987654)

    assert type(error) is errors.Transient
    assert (error.code, error.errcode) == ("refused_987654", 987654)


def test_an_error_says_its_code_and_nothing_else() -> None:
    error = errors.from_errcode(81013)

    assert (str(error), repr(error)) == ("recipient_81013", "RecipientProblem('recipient_81013')")


def test_every_number_has_a_sentence() -> None:
    assert all(str(meaning.sentence) for meaning in [*errors.MEANINGS.values(), errors.UNKNOWN])
