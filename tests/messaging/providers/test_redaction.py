"""No secret reaches a log."""

import logging

import pytest

from messaging.providers import redaction


def test_the_values_of_secret_parameters_are_gone() -> None:
    line = '"GET /cgi-bin/gettoken?corpid=ww&corpsecret=S3cret HTTP/1.1" and ?access_token=T0ken&debug=1 errcode=40014'

    assert redaction.redact(line) == (
        '"GET /cgi-bin/gettoken?corpid=ww&corpsecret=[redacted] HTTP/1.1" '
        "and ?access_token=[redacted]&debug=1 errcode=40014"
    )


def test_neither_number_nor_words_nor_link_of_a_text() -> None:
    line = '"POST /?OutId=7&PhoneNumbers=13800138000&TemplateCode=S1&TemplateParam=%7B%22link%22%3A%22x%22%7D HTTP/1.1"'
    look = "/?PhoneNumber=13800138000&SendDate=20261129"

    assert redaction.redact(line) == (
        '"POST /?OutId=7&PhoneNumbers=[redacted]&TemplateCode=S1&TemplateParam=[redacted] HTTP/1.1"'
    )
    assert redaction.redact(look) == "/?PhoneNumber=[redacted]&SendDate=20261129"


def test_the_record_of_the_http_library_is_clean(caplog: pytest.LogCaptureFixture) -> None:
    redaction.install()
    redaction.install()
    logger = logging.getLogger("urllib3.connectionpool")

    with caplog.at_level(logging.DEBUG):
        logger.debug('%s "GET %s"', "http://host", "/gettoken?corpsecret=S3cret&corpid=ww")
        logger.debug("nothing to hide: %d", 5)

    assert caplog.messages == [
        'http://host "GET /gettoken?corpsecret=[redacted]&corpid=ww"',
        "nothing to hide: 5",
    ]
    assert sum(isinstance(one, redaction.RedactSecrets) for one in logger.filters) == 1
