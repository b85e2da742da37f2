"""The API's pages in a real browser: drawn from our own files alone, in peace with the content security policy."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_docs_list_every_endpoint_and_ask_nobody_else(live_server: Any, page: Page) -> None:
    """No request leaves the server, and the console stays silent."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/api/docs/")
    # Swagger draws slowly on a busy machine.
    chain = page.locator(".opblock-summary-path", has_text="/api/v1/interviews/{id}/chain/")
    expect(chain).to_be_visible(timeout=60_000)
    assert page.locator(".opblock").count() >= 23
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert said == []
