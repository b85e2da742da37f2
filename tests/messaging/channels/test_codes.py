"""Every code of an outcome has a sentence."""

import pytest
from django.utils import translation

from messaging.channels.codes import explain
from messaging.wecom.errors import MEANINGS


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", ""),
        ("recipient_81013", "WeCom does not know this person, or the application may not write to them."),
        ("recipient_550", "The mail server refuses the recipient."),
        ("content_45002", "WeCom refuses the content of the message."),
        ("content_554", "The mail server refuses the content of the message."),
        ("busy_-1", "WeCom is busy."),
        ("token_40014", "WeCom refused the access token."),
        ("token_read_timeout", "The access token could not be fetched."),
        ("http_502", "The provider's gateway answered with an error."),
        ("refused_777777", "WeCom refused the call with a code we do not know."),
        ("not_connected", "This channel is not set up."),
        ("something_else", "something_else"),
    ],
)
def test_a_code_is_explained(code: str, sentence: str) -> None:
    with translation.override("en"):
        assert explain(code) == sentence


def test_every_number_of_wecom_is_explained() -> None:
    with translation.override("en"):
        for number, meaning in MEANINGS.items():
            assert explain(f"{meaning.code}_{number}") == str(meaning.sentence)
