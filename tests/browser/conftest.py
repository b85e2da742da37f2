"""What browser tests share: phones that know a link, a colleague's desk, and what the browser complains of."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from people.actors import Party
from people.models import User
from recruitment.models import Interview
from recruitment.room import limits
from recruitment.services import links
from tests.browser.phones import PHONE, Phone
from tests.factories import people
from tests.recruitment.room.conftest import make_interview

# Where to leave pictures for a person to look at; none are kept without it.
PICTURES = os.environ.get("HRSUITE_PICTURES", "")
# What a page may say without anything being wrong: a line that is down, an address that is tried on purpose.
HARMLESS = ("favicon", "net::", "404")


@pytest.fixture
def interview(transactional_db: None) -> Interview:
    """A scheduled interview in the built-in room."""
    limits.counter.forget()
    return make_interview()


@pytest.fixture
def link(live_server: Any, interview: Interview) -> str:
    """The interview's link, as the candidate got it."""
    return f"{live_server.url}/i/{links.mint(interview_id=interview.pk, by=Party.SYSTEM)}"


@pytest.fixture(scope="session")
def studio(browser: Browser) -> Browser:
    """The browser in which phones are made; tests that record have one with a camera."""
    return browser


@pytest.fixture
def phone_options() -> dict[str, Any]:
    """What kind of phone it is."""
    return PHONE


@pytest.fixture
def phone(studio: Browser, link: str, phone_options: dict[str, Any]) -> Iterator[Callable[..., Phone]]:
    """Makes phones that know the interview's link; at the end none of them may have asked another host."""
    phones: list[Phone] = []

    def make(browser: Browser = studio, **options: Any) -> Phone:
        phones.append(Phone(browser.new_context(**{**phone_options, **options}), link))
        return phones[-1]

    yield make
    for each in phones:
        if not each.page.is_closed():
            # A page that goes says so: the server hears it before its database is taken away.
            each.page.goto("about:blank")
            each.page.wait_for_timeout(300)
        assert each.asked <= {link.split("/")[2]}
        each.context.close()


@pytest.fixture
def told(page: Page) -> list[str]:
    """What the browser complained about: nothing of ours may break the page's own policy."""
    heard: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in HARMLESS):
            heard.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.fixture
def colleague(transactional_db: None) -> User:
    """Who sits at the desk."""
    return people.recruiter(username="li", name="李招聘")


@pytest.fixture
def signed_in(page: Page, live_server: Any, colleague: User) -> Page:
    """The back office's first page, after signing in as the colleague."""
    page.goto(f"{live_server.url}{reverse('admin:login')}")
    page.fill("#id_username", colleague.username)
    page.fill("#id_password", people.PASSWORD)
    page.click("button[type=submit]")
    expect(page).to_have_url(f"{live_server.url}{reverse('admin:index')}")
    return page


def picture(page: Page, name: str) -> None:
    """Leave a picture, where somebody asked for pictures."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
