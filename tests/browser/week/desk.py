"""A desk that counts: how many clicks, pages and filled boxes a job takes somebody who uses the mouse.

A key that sends or chooses is a click. A page is counted when its address is another one: a page that shows how far
something has got, and shows itself anew, is one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, expect

from tests.factories import people

DESK = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN"}
HARMLESS = ("favicon", "net::")


@dataclass(slots=True)
class Job:
    """What one job took."""

    clicks: int = 0
    pages: int = 0
    boxes: int = 0


class Desk:
    """A colleague's browser. Nothing is reached but by what stands on the page; every click is counted."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        username: str,
        *,
        phone: bool = False,
        jobs: dict[str, Job] | None = None,
    ) -> None:
        """Sign in. `jobs` is the list of a colleague whose week this is a part of."""
        size = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN"} if phone else DESK
        self.page: Page = browser.new_context(**size).new_page()  # type: ignore[arg-type]
        self.base = base
        self.jobs: dict[str, Job] = {} if jobs is None else jobs
        self.job = Job()
        self.address = ""
        self.wrong: list[str] = []
        self.page.set_default_timeout(30_000)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("request", lambda asked: self._ask(asked.url))
        self.page.on(
            "framenavigated", lambda frame: frame == self.page.main_frame and self._arrive(frame.url)
        )
        self.page.goto(f"{base}/admin/login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", people.PASSWORD)
        self.page.click("button[type=submit]")
        expect(self.page).not_to_have_url(f"{base}/admin/login/")

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not any(words in text for words in HARMLESS):
            self.wrong.append(text)

    def _ask(self, address: str) -> None:
        if not address.startswith((self.base, "data:", "blob:")):
            self.wrong.append(f"asked {address}")

    def _arrive(self, address: str) -> None:
        address = address.partition("#")[0]
        self.job.pages += address != self.address
        self.address = address

    @contextmanager
    def doing(self, name: str) -> Iterator[Page]:
        """Count what follows under this name; it may be taken up again."""
        self.job = self.jobs.setdefault(name, Job())
        yield self.page
        self.job = Job()

    def click(self, what: str | Locator) -> None:
        """The first that can be seen."""
        found = self.page.locator(what) if isinstance(what, str) else what
        found.locator("visible=true").first.click()
        self.job.clicks += 1

    def follow(self, address: str) -> None:
        """A link on this page whose address has this in it, to its page."""
        with self.page.expect_navigation():
            self.click(f"a[href*='{address}']")

    def press(self, name: str) -> None:
        """A button, by its name."""
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def fill(self, name: str, value: str) -> None:
        """Type into the box of this name."""
        self.page.locator(f"[name={name}]").locator("visible=true").first.fill(value)
        self.job.boxes += 1

    def look_up(self, field: str, text: str) -> None:
        """Choose a row by a few letters of it."""
        self.click(f".field-{field} .select2-selection")
        self.page.locator(".select2-search__field").locator("visible=true").last.fill(text)
        self.job.boxes += 1
        self.click(self.page.locator(".select2-results__option[role=option]", has_text=text))

    def choose_many(self, step: str, *, first: int = 0) -> None:
        """The whole list, also beyond this page, or its first rows, and a step for them."""
        for number in range(first):
            self.click(self.page.locator("#result_list input.action-select").nth(number))
        if not first:
            self.click("#action-toggle")
            if self.page.locator(".question a").count():
                self.click(".question a")
        with self.page.expect_navigation():
            self.click(f".hs-direct[value=many_{step}]")

    def find(self, person: str) -> None:
        """The page of a person's application, over the one search."""
        self.click(".hs-search")
        self.page.locator("#search-input-command").fill(person)
        self.job.boxes += 1
        self.click(self.page.locator("#command-results-list").get_by_role("link", name=person))
        self.page.wait_for_url("**/recruitment/application/*/change/**")

    def to_page(self, address: str) -> None:
        """A page that the menu has not room for: over the page of all pages."""
        self.follow("/admin/pages/")
        self.click(f"a[href$='{address}']")

    def agree(self) -> None:
        """The page's own button; what is unusual about it is said yes to."""
        self._send()
        sure = self.page.locator(".hs-unusual input")
        if sure.count():
            self.click(sure)
            self._send()
        expect(self.page.locator(".errorlist, .hs-unusual")).to_have_count(0)

    def _send(self) -> None:
        with self.page.expect_navigation():
            self.click(".hs-ask button[type=submit]")

    def table(self) -> str:
        """What each job took, a line each."""
        lines = [f"{'job':<44}{'clicks':>8}{'pages':>8}{'boxes':>8}"]
        lines += [f"{name:<44}{job.clicks:>8}{job.pages:>8}{job.boxes:>8}" for name, job in self.jobs.items()]
        whole = [
            sum(getattr(job, part) for job in self.jobs.values()) for part in ("clicks", "pages", "boxes")
        ]
        return "\n".join([*lines, f"{'together':<44}{whole[0]:>8}{whole[1]:>8}{whole[2]:>8}"])

    def close(self) -> None:
        """No page of it may have complained."""
        self.page.context.close()
        assert self.wrong == []
