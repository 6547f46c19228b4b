"""The page while things happen, and while nothing does."""

import os
import time

from page_bench import PageCase, expect
from page_scene import Puppet, long_run, work

# Steps in a second, and for how many.
RATE, SECONDS = 50, 3
# The plan wants a minute: SIDESTEP_QUIET_SECONDS=60.
QUIET_SECONDS = int(os.environ.get("SIDESTEP_QUIET_SECONDS", "12"))


class LiveTest(PageCase):
    def agent(self, run):
        agent = Puppet(str(self.bench.socket))
        self.addCleanup(agent.kill)
        agent.call("resume", run=run, workflow="live")
        return agent

    def test_a_killed_agent_goes_on_before_ones_eyes(self):
        agent = self.agent("live-1")
        work(agent, "one", 1)
        page = self.show("/runs/live-1", word="has an owner")
        agent.kill()
        page.locator(".entry", has_text="owner died").wait_for()
        page.get_by_text("interrupted").first.wait_for()
        again = self.agent("live-1")
        work(again, "two", 2)
        page.locator(".entry", has_text="two").wait_for()
        expect(page.locator(".lane")).to_have_count(2)
        self.assertEqual(page.locator(".death").count(), 1)
        again.call("run.complete", output="there")
        page.locator(".bar .s-completed").wait_for()

    def test_an_event_is_drawn_at_once(self):
        agent = self.agent("fast-1")
        page = self.show("/runs/fast-1", word="has an owner")
        page.evaluate("""() => {
            window.drawn = new Map();
            new MutationObserver(() => {
                for (const link of document.querySelectorAll(".entry a")) {
                    if (!drawn.has(link.textContent)) drawn.set(link.textContent, Date.now());
                }
            }).observe(document.querySelector(".history"), { childList: true, subtree: true, characterData: true });
        }""")
        begun = time.monotonic()
        for number in range(RATE * SECONDS):
            work(agent, f"step {number}", number)
            time.sleep(max(0, begun + (number + 1) / RATE - time.monotonic()))
        page.locator(".entry", has_text=f"step {RATE * SECONDS - 1}").wait_for()
        drawn = dict(page.evaluate("[...drawn]"))
        entries = self.call("run.history", run="fast-1")["entries"]
        took = sorted(drawn[one["step"]] - one["at"] for one in entries if one.get("step") in drawn)
        self.assertGreater(len(took), RATE * SECONDS * 0.9)
        p99 = took[len(took) * 99 // 100]
        print(f"event to pixel: p50 {took[len(took) // 2]} ms, p99 {p99} ms of {len(took)}")

    def test_lists_follow_what_happens(self):
        runs, now = self.show("/runs", word="research-7"), self.show("/", word="wait for you")
        agent = self.agent("newcomer")
        runs.get_by_role("link", name="newcomer").wait_for()
        agent.call("run.pause", run="newcomer")
        runs.locator("tr", has_text="newcomer").get_by_text("paused").wait_for()
        now.locator("li.card", has_text="newcomer").wait_for()

    def test_nobody_asks_while_nothing_happens(self):
        context = self.context()
        pages = [self.show(path, context, word) for path, word in (("/", "wait for you"), ("/runs/research-7", "Process"), ("/queues", "w-harbour"))]
        asked = []
        context.on("request", lambda request: asked.append(request.url))
        # What was asked to show them is asked and answered once nothing has been for two seconds.
        self.fact(lambda: self.is_still(pages[0], asked), "a page that asks nothing")
        asked.clear()
        pages[0].wait_for_timeout(QUIET_SECONDS * 1000)
        self.assertEqual(asked, [])
        session = self.browser.new_browser_cdp_session()
        workers = [one for one in session.send("Target.getTargets")["targetInfos"] if one["type"] == "shared_worker" and one["browserContextId"] == self.own(session, pages[0])]
        self.assertEqual(len(workers), 1, "all tabs have one stream")

    def is_still(self, page, asked):
        before = len(asked)
        page.wait_for_timeout(2000)
        return len(asked) == before

    def own(self, session, page):
        return next(one["browserContextId"] for one in session.send("Target.getTargets")["targetInfos"] if one["type"] == "page" and one["url"] == page.url)

    def test_a_stream_is_followed(self):
        agent = self.agent("talker")
        agent.call("stream.append", stream="answer", items=["High "])
        page = self.show("/runs/talker?tab=data", word="1 items")
        page.get_by_role("button", name="Follow").click()
        page.locator(".followed", has_text="High").wait_for()
        agent.call("stream.append", stream="answer", items=["water"])
        page.locator(".followed", has_text="High water").wait_for()

    def test_the_daemon_goes_away_and_comes_back(self):
        page = self.show("/queues", word="w-harbour")
        self.bench.stop_daemon()
        page.locator(".live.gone").wait_for()
        page.get_by_role("link", name="Spend").click()
        page.get_by_role("alert").get_by_text("unavailable").wait_for()
        self.bench.start_daemon()
        page.locator(".live.live").wait_for()
        page.get_by_text("By model").wait_for()

    def test_without_a_session_the_page_says_how_to_get_one(self):
        page = self.show("/runs", session=False)
        page.get_by_role("alert").get_by_text("sidestep ui").wait_for()
        page.goto(f"{self.origin}/runs#{self.served.link()}")
        page.get_by_role("link", name="research-7").wait_for()
        self.assertNotIn("#", page.url)


class LongRunTest(PageCase):
    ENTRIES = 30_000

    @classmethod
    def prepare(cls):
        long_run(str(cls.bench.socket), cls.ENTRIES)

    def test_a_long_journal_opens_at_once_and_scrolls_anywhere(self):
        page = self.show("/runs", word="long-1")
        took = page.evaluate("""async () => {
            const begun = performance.now();
            [...document.querySelectorAll("a.row")].find(link => link.textContent === "long-1").click();
            while (document.querySelectorAll(".entry .what").length < 10) await new Promise(requestAnimationFrame);
            return performance.now() - begun;
        }""")
        print(f"a run of {self.ENTRIES} entries opens in {took:.0f} ms")
        page.locator(".tools", has_text=f"{self.ENTRIES // 1000}\u202f").wait_for()
        self.assertLess(page.locator(".entry").count(), 80)
        shown = "Math.max(...[...document.querySelectorAll('.entry a')].map(link => Number(link.textContent.slice(5)) || 0))"
        for place, least in ((0.5, 0.4), (1, 0.99)):
            page.locator(".scroller").evaluate("(list, place) => { list.scrollTop = list.scrollHeight * place; }", place)
            self.fact(lambda: page.evaluate(shown) > self.ENTRIES * least, "entries from there")
        page.get_by_role("button", name="Failures only").click()
        page.locator(".entry", has_text="parse").wait_for()
