"""What the tests of the page stand on: a real Chromium in front of `sidestep ui`, and a host in use behind it."""

import shutil
import unittest

from bench import LONG, Bench, wait_for
from page_scene import Connection, fill
from playwright.sync_api import expect, sync_playwright

expect.set_options(timeout=LONG * 1000)

# name, address, a word that stands on it once it is loaded
SCREENS = [
    ("now", "/", "wait for you"), ("runs", "/runs", "research-7"), ("run", "/runs/research-7", "Process"),
    ("compare", "/runs/crawl-0/compare/research-7", "only in"), ("inbox", "/inbox", "charge card"),
    ("queues", "/queues", "w-harbour"), ("schedules", "/schedules?schedule=nightly", "Monday to Friday"),
    ("spend", "/spend", "By model"), ("streams", "/streams", "order.shipped"), ("daemon", "/daemon", "Settings in force"),
]  # fmt: skip
TABS = ["history", "steps", "conversation", "calls", "data", "artifacts", "family", "about"]


class PageCase(unittest.TestCase):
    """One daemon, scene and browser for all tests of a class; each has a context of its own."""

    options: tuple = ()

    @classmethod
    def setUpClass(cls):
        cls.bench = Bench()
        cls.addClassCleanup(cls.bench.doCleanups)
        cls.bench.setUp()
        cls.agents = []
        cls.addClassCleanup(lambda: [agent.kill() for agent in cls.agents])
        cls.prepare()
        cls.served = cls.bench.page(*cls.options)
        cls.origin = f"http://127.0.0.1:{cls.served.port}"
        driver = sync_playwright().start()
        cls.addClassCleanup(driver.stop)
        # As root, Chromium has no sandbox of its own; what it is shown is ours.
        cls.browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)
        first = cls.browser.new_context()
        page = first.new_page()
        page.goto(cls.served.url)
        page.wait_for_selector(".live.live", timeout=LONG * 1000)
        cls.session = first.storage_state()
        first.close()

    @classmethod
    def prepare(cls):
        """What the daemon holds before the browser comes."""
        cls.agents += fill(str(cls.bench.socket))

    def setUp(self):
        self.client = Connection(str(self.bench.socket))
        self.addCleanup(self.client.close)
        self.heard = []

    def tearDown(self):
        self.assertEqual(self.heard, [], "the browser complained")

    def context(self, width=1280, dark=False, session=True):
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light",
            storage_state=self.session if session else None)  # fmt: skip
        context.set_default_timeout(LONG * 1000)
        self.addCleanup(context.close)
        context.on("console", lambda message: self.hear(message.type, message.text))
        context.on("weberror", lambda error: self.heard.append(str(error.error)))
        context.on("dialog", lambda dialog: (self.heard.append(dialog.message), dialog.dismiss()))
        return context

    def hear(self, kind, text):
        # A refused request is told by the browser, too; the page shows it.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.heard.append(text)

    def show(self, path="/", context=None, word=None, **how):
        page = (context or self.context(**how)).new_page()
        page.goto(self.origin + path)
        if word:
            page.get_by_text(word).first.wait_for()
        return page

    def call(self, method, **params):
        return self.client.call(method, **params)

    def fact(self, fact, what):
        return wait_for(fact, what)

    def status(self, run):
        return self.call("run.get", run=run)["run"]["status"]
