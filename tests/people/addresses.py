"""Every address of the suite, for tests that walk through all of them."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def every_address() -> list[str]:
    """Whatever the resolver knows, each once."""
    return list(dict.fromkeys(f"/{one}" for one in _below(get_resolver().url_patterns)))


def _below(patterns: Any, before: str = "") -> Iterator[str]:
    """Those below, with 1 for whatever they ask."""
    for each in patterns:
        part = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _below(each.url_patterns, part)
        elif isinstance(each, URLPattern):
            part = re.sub(r"<drf_format_suffix:format>|\(\?P<format>[^)]*\)", ".json", part)
            part = re.sub(r"<[^>]+>|\(\?P<[^>]+>[^)]*\)", "1", part)
            yield re.sub(r"[\^$\\]", "", part).removesuffix("/?").replace("..", ".")
