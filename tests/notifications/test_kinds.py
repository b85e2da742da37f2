"""Every kind of message is declared once and whole: with words, with what it holds for, and with whom it is for."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from messaging import kinds as declared
from messaging.kinds import MessageKind
from notifications import kinds, rendering
from notifications.enums import Audience

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# What the API has answered since its first day.
CODES = {
    "interrupted", "resumed", "completed", "evaluated", "scheduled", "rescheduled", "abandoned", "missed", "cancelled",
    "second_round", "start_changed", "start_restored", "training_plan_changed", "follow_up", "asked",
    "call_instead", "window_on_day_off", "follow_up_colleague", "follow_up_late", "invitation_overdue",
    "guide", "reminder", "digest", "many",
    "offer", "hired", "rejected", "withdrawn", "fell_through", "reopened",
    "round", "round_off", "round_reminder", "card_due", "card_late",
    "offer_sent", "offer_due", "offer_answered", "offer_over",
    "offer_to_approve", "offers_to_approve", "offer_decided", "start_to_approve", "start_not_agreed", "approval_ended",
    "slots_offered", "slot_chosen", "slots_over",
    "named_in_note", "application_received", "problem", "problem_answered",
    "data_answered", "data_erased", "report_view", "weekly_letter", "identity_asked", "identity_reminder",
}  # fmt: skip
IDS = [kind.code for kind in kinds.ALL]


def without_words(known: list[MessageKind]) -> list[str]:
    """Each (kind, audience, language) that nobody has written anything for."""
    missing = []
    for kind in known:
        for audience in kind.audiences:
            for language in LANGUAGES:
                try:
                    rendering.template_name(kind.code, Audience(audience), language)
                except LookupError:
                    missing.append(f"{kind} to {audience} in {language}")
    return missing


def test_the_codes_are_those_of_the_contract() -> None:
    assert {kind.code for kind in declared.kinds()} == CODES == {code for code, _title in declared.choices()}
    assert [code for code, _title in declared.audience_choices()] == Audience.values


def test_every_kind_has_words_for_each_audience_in_each_language() -> None:
    assert without_words(list(declared.kinds())) == []


def test_a_kind_without_words_is_found() -> None:
    mute = replace(kinds.interviews.COMPLETED, audiences=(Audience.CANDIDATE, Audience.LEAD))
    assert without_words([mute]) == ["completed to lead in zh-hans", "completed to lead in en"]


def test_every_text_belongs_to_a_kind_and_one_of_its_audiences() -> None:
    """Words that nobody can be told are left over from something."""
    wanted = {
        f"{language}/{rendering.template_name(kind.code, Audience(audience), language)}".split("/", 1)[1]
        for kind in declared.kinds()
        for audience in kind.audiences
        for language in LANGUAGES
    }
    found = {str(path.relative_to(rendering.FOLDER)) for path in Path(rendering.FOLDER).glob("*/*.txt")}
    assert found == wanted


@pytest.mark.parametrize("left_out", ["code", "title", "audiences", "words", "holds", "family"])
def test_a_kind_is_declared_whole_or_not_at_all(left_out: str) -> None:
    """Validity above all: what has none would be said when it is not true any more."""
    whole = {
        "code": "new",
        "title": "New",
        "audiences": (Audience.LEAD,),
        "words": rendering.render,
        "holds": lambda message: True,
        "family": None,
    }
    MessageKind(**whole)
    with pytest.raises(TypeError, match=left_out):
        MessageKind(**{name: value for name, value in whole.items() if name != left_out})


def test_nothing_is_declared_twice() -> None:
    before = list(declared.kinds())
    with pytest.raises(ValueError, match="completed is declared twice"):
        declared.register([replace(kinds.interviews.COMPLETED)])
    with pytest.raises(ValueError, match="candidate is declared twice"):
        declared.register(audiences=[declared.audience("candidate")])
    assert list(declared.kinds()) == before


@pytest.mark.parametrize("kind", kinds.ALL, ids=IDS)
def test_a_title_has_its_chinese(kind: MessageKind) -> None:
    with override("zh-hans"):
        chinese = str(kind.title)
    with override("en"):
        assert chinese != str(kind.title)


def test_what_waits_at_night_and_what_joins_another() -> None:
    assert {kind.code for kind in kinds.ALL if kind.waits_at_night} == {
        "reminder", "digest", "window_on_day_off",
        "offer", "hired", "rejected", "withdrawn", "fell_through", "reopened",
        "card_due", "card_late", "named_in_note", "problem", "problem_answered", "offer_due",
        "data_erased", "report_view", "weekly_letter", "offer_to_approve", "offers_to_approve",
        "start_to_approve",
        "identity_asked", "identity_reminder",
    }  # fmt: skip
    assert {kind.code for kind in kinds.ALL if kind.joins_within} == {"interrupted"}


def test_what_one_state_brings_to_the_present_together() -> None:
    families = {kind.family for kind in kinds.ALL}
    assert {str(name): set(declared.family(name)) for name in families if name} == {
        "interview": {
            "interrupted", "resumed", "completed", "scheduled", "rescheduled", "abandoned", "missed", "cancelled",
            "round", "round_off",
        },
        "round_reminder": {"round_reminder"},
        "card": {"card_due", "card_late"},
        "guide": {"guide"},
        "note": {"named_in_note"},
        "problem": {"problem"},
        "reminder": {"reminder"},
        "invitation": {"second_round"},
        "offer_answer": {"offer_sent", "offer_due", "offer_answered", "offer_over"},
        "offer_approval": {"offer_to_approve", "offer_decided"},
        "start_approval": {"start_to_approve", "start_not_agreed"},
        "slots": {"slots_offered", "slot_chosen", "slots_over"},
        "end": {"offer", "hired", "rejected", "withdrawn", "fell_through", "reopened"},
        "start": {"start_changed", "start_restored"},
        "identity": {"identity_asked", "identity_reminder"},
        "plan": {"training_plan_changed"},
        "follow_up": {
            "follow_up", "asked", "call_instead", "window_on_day_off", "follow_up_colleague", "follow_up_late",
        },
    }  # fmt: skip
    assert {kind.code for kind in kinds.ALL if kind.family is None} == {
        "application_received",
        "approval_ended",
        "problem_answered",
        "data_answered",
        "data_erased",
        "evaluated",
        "invitation_overdue",
        "digest",
        "many",
        "offers_to_approve",
        "report_view",
        "weekly_letter",
    }
