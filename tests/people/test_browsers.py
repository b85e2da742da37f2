"""Where one is signed in is said in words that one knows: the program, and what it runs on."""

import pytest
from django.utils import translation

from people.browsers import in_words

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(("agent", "words"), [
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36", "Chrome 131 · Windows"),
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
     "Edge 131 · Windows"),
    (f"Mozilla/5.0 (Linux; Android 14; V2309A) {WEBKIT} Chrome/130.0.0.0 Mobile Safari/537.36",
     "Chrome 130 · Android"),
    (f"{MAC} Version/17.1 Safari/605.1.15", "Safari 17 · macOS"),
    (f"{PHONE} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN", "微信 8 · iPhone"),
    (f"{PHONE} Mobile/15E148 wxwork/4.1.20 MicroMessenger/7.0.1 Language/zh", "企业微信 · iPhone"),
    ("curl/8.1", "curl 8"),
    ("something else", "something else"),
    ("", ""),
])  # fmt: skip
def test_in_words(agent: str, words: str) -> None:
    with translation.override("zh-hans"):
        assert in_words(agent) == words
