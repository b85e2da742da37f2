from django.utils import translation

from core.language import in_language, label_of, labelled, spoken


def test_a_name_is_said_as_the_reader_speaks() -> None:
    with translation.override("en"):
        assert in_language("办公软件", "Office") == "Office"
        assert in_language("办公软件", "") == "办公软件"
    assert in_language("办公软件", "Office") == "办公软件"


def test_kept_evidence_carries_both_names_and_shows_one() -> None:
    kept = {"source": "written_test", **labelled("办公软件", "Office"), "value": "35.00"}
    assert labelled("办公软件", "") == {"label": "办公软件"}
    with translation.override("en"):
        assert spoken(kept) == {"source": "written_test", "label": "Office", "value": "35.00"}
        assert label_of({"label": "办公软件"}) == "办公软件"
    assert spoken(kept) == {"source": "written_test", "label": "办公软件", "value": "35.00"}
    assert (spoken({"source": "project"}), label_of({"source": "project"})) == ({"source": "project"}, "")
