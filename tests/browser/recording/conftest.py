"""A browser with a camera and a microphone, and a candidate before it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType

from tests.browser.phones import Phone
from tests.browser.recording.speaking import CAMERA, MAY_RECORD, into_the_room


@pytest.fixture(scope="module")
def with_camera(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], CAMERA]}


@pytest.fixture(scope="module")
def studio(browser_type: BrowserType, with_camera: dict[str, Any]) -> Iterator[Browser]:
    """A browser with a camera and a microphone; each context decides whether a page may use them."""
    browser = browser_type.launch(**with_camera)
    yield browser
    browser.close()


@pytest.fixture
def phone_options() -> dict[str, Any]:
    return MAY_RECORD


@pytest.fixture
def speaker(phone: Callable[..., Phone]) -> Phone:
    """A candidate who agreed to be recorded and whose device was checked, at the first question."""
    return into_the_room(phone())
