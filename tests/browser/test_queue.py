"""What waits on the phone to be sent: the modules in a real browser with its storage, and a server that is made up."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# `asked` is what the server was asked; it does not answer while `offline`, and refuses what `refuse` says.
SET_UP = """
async () => {
  const { createQueue } = await import("/static/room/queue.js");
  const { Refusal } = await import("/static/room/api.js");
  Object.assign(window, await import("/static/room/store.js"));
  Object.assign(window, { asked: [], apart: [], offline: false, refuse: () => null });
  const api = {
    async bytes(method, path, bytes, headers) {
      if (offline) throw new Error("offline");
      asked.push(`${path} ${headers["X-Epoch"]}`);
      const code = refuse(path);
      if (code) throw new Refusal(413, { code });
    },
    async post(path, body) {
      asked.push(`${path} ${JSON.stringify(body())}`);
    },
  };
  window.open_ = (epoch) =>
    createQueue({
      api, store: openStore("room-7"), post: (path, body) => api.post(path, () => ({ epoch, ...body })),
      onChange: () => undefined, onRefusal: () => undefined, onApart: (error) => apart.push(error.code),
      onMemory: () => undefined,
    });
  window.record = async (queue, facts, pieces) => {
    const own = { interview: 7, attempt: 1, question: 5, medium: "audio", mime: "audio/webm" };
    const segment = queue.open(Object.assign(own, facts));
    for (const piece of pieces) await queue.push(segment, new Blob([piece]), 4);
    return segment;
  };
  window.kept = async () => (await openStore("room-7").segments()).length;
  window.until = async (true_) => {
    for (let tries = 0; !(await true_()); tries += 1) {
      if (tries > 100) throw new Error("it did not come about");
      await new Promise((done) => setTimeout(done, 50));
    }
  };
}
"""


@pytest.fixture
def run(page: Page, live_server: Any) -> Callable[[str], Any]:
    """Runs a script in a page that has just been loaded; what an earlier one stored is still there."""

    def evaluate(script: str) -> Any:
        page.goto(f"{live_server.url}/continue")
        page.evaluate(SET_UP)
        return page.evaluate(f"async () => {{ {script} }}")

    return evaluate


def test_what_an_earlier_attempt_left_is_sent_under_its_own_epoch_and_part_of_nothing(
    run: Callable[[str], Any],
) -> None:
    run('offline = true; await record(open_(1), { epoch: 1 }, ["one", "two"]);')
    run('offline = true; await record(open_(3), { epoch: 3, attempt: 2 }, ["new"]);')
    found = run("""
      const queue = open_(4);
      await queue.load(7, 2);
      const before = [queue.recorded(5).segments, queue.listed(5).length, queue.waiting().chunks];
      await until(async () => asked.length === 3 && (await kept()) === 1);
      return { before, asked, after: queue.listed(5).map((each) => each.chunks) };
    """)
    assert found == {
        "before": [1, 1, 1],
        "asked": [
            "answers/5/segments/0/chunks/0 3",
            "answers/5/segments/0/chunks/0 1",
            "answers/5/segments/0/chunks/1 1",
        ],
        "after": [1],
    }


def test_what_the_server_refuses_of_an_earlier_attempt_is_nobodys_business(
    run: Callable[[str], Any],
) -> None:
    run('offline = true; await record(open_(1), { epoch: 1 }, ["one", "two"]);')
    assert run("""
      refuse = () => "quota_exceeded";
      await open_(4).load(7, 2);
      await until(async () => (await kept()) === 0);
      return [asked.length, apart];
    """) == [1, []]


def test_a_list_is_as_long_as_what_the_server_has_where_both_agree(run: Callable[[str], Any]) -> None:
    assert run("""
      const queue = open_(1);
      const { chunks: [{ sha256 }] } = await record(queue, { epoch: 1 }, ["one"]);
      const listed = (epoch, hashes) => {
        queue.know(5, [{ number: 0, epoch, chunks: hashes.length, sha256: hashes }]);
        const [first] = queue.listed(5).filter((each) => each.number === 0);
        return first.sha256.map((hash) => (hash === sha256 ? "own" : hash));
      };
      return [listed(1, [sha256, "more"]), listed(1, ["other", "more"]), listed(1, [])];
    """) == [["own", "more"], ["own"], ["own"]]


def test_a_discarded_take_is_told_at_once_and_its_number_is_not_used_again(run: Callable[[str], Any]) -> None:
    found = run("""
      const queue = open_(2);
      queue.know(5, [{ number: 0, epoch: 1, chunks: 1, sha256: ["x"] }]);
      await record(queue, { epoch: 2 }, ["one"]);
      await queue.drained(5);
      await queue.discard(5);
      await queue.told();
      queue.know(5, []);
      return { asked, next: queue.open({ question: 5 }).number, recorded: queue.recorded(5).segments };
    """)
    assert found == {
        "asked": [
            "answers/5/segments/1/chunks/0 2",
            'answers/5/segments/discard {"epoch":2,"segments":[1,0]}',
        ],
        "next": 2,
        "recorded": 0,
    }


def test_of_a_file_that_does_not_fit_nothing_is_kept_and_of_a_recording_its_beginning(
    run: Callable[[str], Any],
) -> None:
    script = """
      const queue = open_(1);
      refuse = (path) => path.endsWith("/1") && "quota_exceeded";
      await record(queue, { epoch: 1, medium: "%s" }, ["one", "two", "three"]);
      await until(() => apart.length);
      await queue.told();
      const told = asked.filter((each) => each.includes("discard"));
      return { listed: queue.listed(5).map((each) => each.chunks), apart, told };
    """
    discarded = 'answers/5/segments/discard {"epoch":1,"segments":[0]}'
    assert run(script % "file") == {"listed": [], "apart": ["quota_exceeded"], "told": [discarded]}
    assert run(script % "audio") == {"listed": [1], "apart": ["quota_exceeded"], "told": []}


def test_after_the_end_what_waits_is_sent_and_nothing_stays_on_the_phone(run: Callable[[str], Any]) -> None:
    assert run("""
      const queue = open_(1);
      const segment = await record(queue, { epoch: 1 }, ["sent"]);
      await queue.drained(5);
      offline = true;
      await record(queue, { epoch: 1, question: 6 }, ["waits"]);
      await queue.end();
      const before = await kept();
      offline = false;
      queue.kick();
      await until(async () => (await kept()) === 0);
      await queue.push(segment, new Blob(["last"]), 1);
      await until(async () => asked.length === 3 && (await kept()) === 0);
      return [before, asked.pop()];
    """) == [1, "answers/5/segments/0/chunks/1 1"]


def test_what_was_sent_a_week_ago_is_forgotten_and_what_was_not_is_sent(run: Callable[[str], Any]) -> None:
    run("""
      const queue = open_(1);
      const sent = await record(queue, { epoch: 1 }, ["sent"]);
      await queue.drained(5);
      offline = true;
      const waits = await record(queue, { epoch: 1 }, ["waits"]);
      const openedAt = Date.now() - 8 * 24 * 3600 * 1000;
      for (const segment of [sent, waits]) await openStore("room-7").note(Object.assign(segment, { openedAt }));
    """)
    assert run("""
      const queue = open_(2);
      await queue.load(7, 1);
      await queue.drained(5);
      return [asked, queue.listed(5).map((each) => each.number), await kept()];
    """) == [["answers/5/segments/1/chunks/0 1"], [1], 1]


def test_rooms_that_nobody_came_back_to_are_forgotten(run: Callable[[str], Any]) -> None:
    assert run("""
      const day = 24 * 3600 * 1000;
      for (const [name, age] of [["room-8", 8], ["room-9", 6], ["room-10", 8]])
        await openStore(name).note({ id: "a", openedAt: Date.now() - age * day, chunks: [] });
      await forgetOldRooms("room-10", Date.now() - 7 * day);
      const names = async () => (await indexedDB.databases()).map((each) => each.name).sort();
      await until(async () => !(await names()).includes("room-8"));
      return await names();
    """) == ["room-10", "room-9"]
