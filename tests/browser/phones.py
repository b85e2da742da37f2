"""Candidates' phones for the browser tests: what every page in them did, and what a person does with them."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "locale": "zh-CN"}
# A witness of its own: every piece that any recorder of the page gives, by its hash, told to the test at once.
WITNESS = """
(() => {
  window.streams = [];
  const devices = navigator.mediaDevices;
  if (!devices || !window.MediaRecorder) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    window.streams.push(stream);
    return stream;
  };
  const start = MediaRecorder.prototype.start;
  let recorders = 0;
  MediaRecorder.prototype.start = function (slice) {
    const recorder = `${performance.timeOrigin}/${(recorders += 1)}`;
    let piece = 0;
    this.addEventListener("dataavailable", async (event) => {
      if (!event.data.size) return;
      const number = (piece += 1);
      const digest = await crypto.subtle.digest("SHA-256", await event.data.arrayBuffer());
      const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      window.witness({ recorder, number, hash, kind: this.stream.getVideoTracks().length ? "video" : "audio" });
    });
    return start.call(this, slice);
  };
})();
"""


class Phone:
    """One candidate's phone: a browser context of its own that remembers what went wrong in it."""

    def __init__(self, context: BrowserContext, link: str) -> None:
        self.context, self.link = context, link
        self.troubles: list[str] = []
        self.asked: set[str] = set()
        self.heard: dict[str, dict[int, str]] = {}
        context.expose_binding("witness", lambda source, piece: self._witness(piece))
        context.add_init_script(WITNESS)
        self.page: Page = self.watch(context.pages[0] if context.pages else context.new_page())

    def watch(self, page: Page) -> Page:
        """Note what goes wrong in this page and which hosts it asks."""
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.troubles.append(line.text))
        page.on("request", lambda request: self.asked.add(request.url.split("/")[2]))
        return page

    def _witness(self, piece: dict[str, Any]) -> None:
        self.heard.setdefault(piece["recorder"], {})[piece["number"]] = piece["hash"]

    @property
    def takes(self) -> list[list[str]]:
        """By recorder, in the order in which they started, the hashes of the pieces that it gave."""
        return [[pieces[number] for number in sorted(pieces)] for pieces in self.heard.values()]

    def view(self, name: str) -> Any:
        """The section of that name, once it is shown."""
        section = self.page.locator(f"[data-view={name}]")
        expect(section).to_be_visible(timeout=20_000)
        return section

    def open(self) -> None:
        """Open the link and go through the confirm page."""
        self.page.goto(self.link)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/room/")

    def agree(self, *, recording: bool) -> None:
        """Answer both questions before the start."""
        self.view("consent")
        self.page.check(f"input[name=recording][value={'yes' if recording else 'no'}]")
        self.page.check("input[name=ai_evaluation][value=yes]")
        self.page.click("[data-view=consent] [type=submit]")

    def start(self) -> None:
        """Agree to AI evaluation, answer in writing, begin."""
        self.agree(recording=False)
        self.view("question")

    def check_device(self, *, medium: str) -> list[str]:
        """Run the device check and choose; returns what it offered."""
        self.view("check")
        self.page.click("[data-view=check] [data-first]")
        begin = self.page.locator("[data-view=check] [data-deed=begin]")
        expect(begin).to_be_visible(timeout=30_000)
        offered = [
            str(each.get_attribute("data-medium"))
            for each in self.page.locator("[data-medium]:visible").all()
        ]
        self.page.check(f"input[name=medium][value={medium}]")
        return offered

    def begin(self) -> None:
        """Start the interview after the check."""
        self.page.click("[data-view=check] [data-deed=begin]")
        self.view("question")

    def phase(self, name: str, *, seconds: float = 20) -> None:
        """Wait until the spoken answer is in this phase."""
        box = self.page.locator(f"[data-mode=speak]:not([hidden])[data-phase={name}]")
        expect(box).to_be_attached(timeout=seconds * 1000)

    def record(self, seconds: float) -> None:
        """Record for about so long; goes on recording."""
        self.phase("ready")
        self.page.click("[data-deed=record]")
        self.phase("recording")
        self.page.wait_for_timeout(seconds * 1000)

    def hand_in(self) -> None:
        """Stop, and submit the answer."""
        self.page.click("[data-deed=stop]")
        self.phase("recorded")
        self.page.click("[data-deed=submit]")

    def at_question(self, number: int) -> None:
        """Wait until the question of this number is shown."""
        expect(self.page.locator("[data-slot=place]")).to_contain_text(
            re.compile(rf"^\D*{number}\D"), timeout=20_000
        )

    def hidden(self, value: bool) -> None:
        """Put the page out of sight or back into it, as switching to another app does."""
        self.page.evaluate(
            """(hidden) => {
              const state = hidden ? "hidden" : "visible";
              Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            value,
        )

    def take_away(self, kinds: str) -> None:
        """End the newest stream's tracks of these kinds as a phone does when a call comes in."""
        self.page.evaluate(
            """(kind) => window.streams[window.streams.length - 1].getTracks()
              .filter((track) => kind.includes(track.kind))
              .forEach((track) => { track.stop(); track.dispatchEvent(new Event("ended")); })""",
            kinds,
        )

    def waiting(self) -> int:
        """How many chunks are not on the server yet."""
        return int(self.page.locator("[data-mode=speak]").get_attribute("data-waiting") or 0)

    def write(self, text: str) -> None:
        """Type an answer and wait until the page says that it is saved."""
        with self.page.expect_response(lambda answer: answer.url.endswith("/text") and answer.ok):
            self.page.fill("#answer", text)
        expect(self.page.locator("#line-status")).to_contain_text(re.compile(r"\d\d:\d\d"))

    def answer_stage(self, count: int) -> None:
        """Answer the open stage's questions, one after the other."""
        for number in range(1, count + 1):
            self.at_question(number)
            expect(self.page.locator("#answer")).to_have_value("")
            self.page.fill("#answer", f"第{number}题的回答")
            self.page.click("[data-deed=submit]")

    def look(self) -> list[str]:
        """What axe finds serious on the page as it is shown, and whether it is wider than the phone."""
        # A dialog that is still fading in has the contrast of nothing.
        self.page.evaluate(
            "Promise.all(document.getAnimations()"
            ".filter(each => each.effect.getTiming().iterations === 1).map(each => each.finished.catch(() => null)))"
            ".then(() => null)"
        )
        found = Axe().run(self.page).response["violations"]
        serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            serious.append("too wide")
        return serious

    def focused(self) -> str:
        """What the button under the focus does; "" for anything else."""
        return str(self.page.evaluate("document.activeElement.dataset.deed || ''"))

    def wake(self) -> None:
        """What a phone does when its screen is switched on again: the page beats at once."""
        self.page.evaluate("window.dispatchEvent(new Event('focus'))")


def ask_to_leave(page: Page, step: str) -> None:
    """Open the dialog of leaving and take the way in it: leave, contact, handover."""
    page.click("[data-deed=exit]")
    page.click(f"[data-do=ask-{step}]")


def in_sight(page: Page, selector: str) -> bool:
    """Whether the middle of it is on the screen, with nothing over it."""
    return bool(
        page.evaluate(
            """(selector) => {
              const element = document.querySelector(selector);
              const box = element.getBoundingClientRect();
              if (!box.width || box.top < 0 || box.bottom > innerHeight) return false;
              const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
              return element === top || element.contains(top);
            }""",
            selector,
        )
    )
