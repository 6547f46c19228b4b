"""What clients write is shown, never obeyed; and whatever its size."""

from page_bench import SCREENS, TABS, PageCase, expect
from page_scene import HOSTILE, Puppet
from urllib.parse import quote

MEBIBYTE = 1 << 20


class HostileTest(PageCase):
    def setUp(self):
        super().setUp()
        self.asked = []

    def watched(self):
        context = self.context()
        context.on("request", lambda request: self.asked.append(request.url))
        return context

    def is_calm(self, page):
        self.assertIsNone(page.evaluate("window.broken ?? null"))
        self.assertEqual([url for url in self.asked if not url.startswith(self.origin)], [])
        self.assertEqual(page.locator("main img, main script, main iframe").count(), 0)

    def test_script_in_every_field_stays_text(self):
        page = self.watched().new_page()
        run = quote(HOSTILE, safe="")
        tabs = [(tab, f"/runs/{run}?tab={tab}&step={run}", "<img") for tab in TABS]
        for name, path, word in [*SCREENS, *tabs, ("compare", f"/runs/{run}/compare/research-7", "<img")]:
            with self.subTest(name):
                page.goto(self.origin + path)
                page.get_by_text(word).first.wait_for()
                self.is_calm(page)
        page.goto(f"{self.origin}/runs/{run}?tab=artifacts")
        page.locator(".card").first.wait_for()
        closed = page.get_by_role("button", name="Open", exact=True)
        for left in reversed(range(closed.count())):
            closed.first.click()
            expect(closed).to_have_count(left)
        page.get_by_text("javascript:window.broken=1").wait_for()
        self.assertEqual(page.locator("main a[href^=javascript]").count(), 0)
        self.is_calm(page)

    def test_markup_cannot_be_made_even_by_a_mistake(self):
        page = self.show("/", word="wait for you")
        refused = page.evaluate("(() => { try { document.body.innerHTML = '<i>x</i>'; return false } catch { return true } })()")
        self.assertTrue(refused, "Trusted Types are in force")
        self.heard.clear()

    def test_a_mebibyte_is_cut_and_still_there_to_copy(self):
        agent = Puppet(str(self.bench.socket))
        self.addCleanup(agent.kill)
        large = "x" * MEBIBYTE
        name = "n" * 1000
        agent.call("resume", run=name, workflow=name, input=large, metadata={large: large}, tags={name: name})
        agent.call("step.begin", step=name, fingerprint=name)
        agent.call("step.complete", step=name, output={large: [large]})
        agent.call("state.set", name=name, value=large)
        agent.call("run.fail", error={"type": large, "message": large})
        page = self.show(f"/runs/{name}", width=360)
        for tab in TABS:
            with self.subTest(tab):
                page.goto(f"{self.origin}/runs/{name}?tab={tab}&step={name}")
                page.get_by_text("Fork from here").wait_for()
                self.assertLess(page.evaluate("document.body.innerText.length"), 200_000)
                self.assertLessEqual(page.evaluate("document.querySelector('main').scrollWidth"), 360)
        page.goto(f"{self.origin}/runs")
        page.get_by_role("link", name="nnnn").first.wait_for()
        self.assertLessEqual(page.evaluate("document.querySelector('main').scrollWidth"), 360)

    def test_ids_of_dots_and_slashes_have_addresses(self):
        for run in ("..", ".", "a/../b", "ends.", "ü?#%2F", "/runs/x"):
            self.call("run.enqueue", run=run, workflow="odd")
        page = self.show("/runs?workflow=odd")
        for run in ("..", ".", "a/../b", "ends.", "ü?#%2F", "/runs/x"):
            with self.subTest(run):
                page.goto(f"{self.origin}/runs?workflow=odd")
                page.get_by_role("link", name=run, exact=True).click()
                page.get_by_role("heading", name=run, exact=True).wait_for()
                page.reload()
                page.get_by_role("button", name="Pause").wait_for()
