"""Every screen, as it is met: light, dark, narrow, by keyboard, by a screen reader's rules."""

import gzip
import os
from pathlib import Path
from urllib.request import urlopen

from axe_playwright_python.sync_playwright import Axe
from bench import ROOT
from page_bench import SCREENS, TABS, PageCase, expect

FILES = ROOT / "Sources/SidestepPage/Page"
# Screenshots go where this says; nobody looks at those of an ordinary run of the tests.
SHOTS = os.environ.get("SIDESTEP_SHOTS")


class ScreensTest(PageCase):
    def check(self, dark):
        context = self.context(dark=dark)
        page = context.new_page()
        places = SCREENS + [(f"run {tab}", f"/runs/research-7?tab={tab}&step=fetch", "Fork from here") for tab in TABS]
        for name, path, word in places:
            with self.subTest(name):
                page.goto(self.origin + path)
                page.get_by_text(word).first.wait_for()
                self.shot(page, f"{name}-{'dark' if dark else 'light'}")
                found = Axe().run(page).response["violations"]
                told = [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]
                self.assertEqual(told, [])

    def shot(self, page, name):
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name.replace(' ', '-')}.png")

    def test_light_screens_have_no_fault_that_axe_finds(self):
        self.check(dark=False)

    def test_dark_screens_have_no_fault_that_axe_finds(self):
        self.check(dark=True)

    def test_dark_is_dark(self):
        grounds = [self.show(word="wait for you", dark=dark).evaluate("getComputedStyle(document.body).backgroundColor")
                   for dark in (False, True)]  # fmt: skip
        self.assertEqual(grounds, ["rgb(247, 247, 245)", "rgb(19, 21, 22)"])

    def test_nothing_is_wider_than_360_pixels(self):
        page = self.show(width=360)
        for name, path, word in SCREENS:
            with self.subTest(name):
                page.goto(self.origin + path)
                page.get_by_text(word).first.wait_for()
                self.shot(page, f"{name}-360")
                self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 360)
                self.assertLessEqual(page.evaluate("document.querySelector('main').scrollWidth"), 360)

    def test_addresses_lead_back_and_forward_with_their_filters(self):
        page = self.show("/runs?status=failed", word="crawl-0")
        self.assertEqual(page.locator("tbody tr").count(), 6)
        page.get_by_role("link", name="crawl-0").first.click()
        page.get_by_text("no such element").first.wait_for()
        page.go_back()
        expect(page.locator("tbody tr")).to_have_count(6)
        page.select_option("select", "paused")
        page.get_by_text("crash loop").wait_for()
        self.assertIn("status=paused", page.url)
        page.go_back()
        expect(page.locator("tbody tr")).to_have_count(6)
        page.go_forward()
        page.get_by_text("crash loop").wait_for()

    def test_the_keyboard_alone(self):
        page = self.show(word="wait for you")
        page.keyboard.press("g")
        page.keyboard.press("r")
        page.get_by_text("plan-1/a").first.wait_for()
        page.keyboard.press("/")
        page.keyboard.type("research")
        page.keyboard.press("Enter")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.keyboard.press("j")
        self.assertEqual(page.evaluate("document.activeElement.textContent"), "research-7")
        page.keyboard.press("x")
        page.get_by_text("1 selected").wait_for()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.locator(".entry .row").nth(2).wait_for()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.get_by_role("complementary").get_by_text("Fork from here").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("complementary").wait_for(state="detached")
        page.keyboard.press("]")
        page.get_by_role("tab", name="Steps", selected=True).wait_for()
        page.keyboard.press("?")
        page.get_by_role("dialog").get_by_text("next, previous row").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")

    def test_numbers_are_shown_as_they_were_written(self):
        page = self.show("/runs/research-7?step=fetch", word="12345678901234567890")
        page.get_by_role("tab", name="Input and output").click()
        page.get_by_text("9223372036854775819").first.wait_for()

    def test_a_conversation_pairs_calls_and_results(self):
        page = self.show("/runs/research-7?tab=conversation", word="You find the tides of harbours.")
        page.get_by_text("tides", exact=True).click()
        page.get_by_text('"high":"04:12"').wait_for()
        self.assertEqual(page.locator(".said").count(), 4)

    def test_artifacts_are_drawn_and_lead_to_the_web_only(self):
        page = self.show("/runs/research-7?tab=artifacts", word="what was found")
        page.locator("li", has_text="what was found").get_by_role("button").click()
        page.get_by_role("heading", name="Tides of Bergen").wait_for()
        self.assertEqual(page.locator(".markdown a").evaluate_all("all => all.map(a => a.href)"), ["https://example.org/t"])

    def test_the_page_weighs_less_than_60_kb(self):
        """All that is served, at once."""
        served = b""
        for path in sorted(FILES.iterdir()):
            with urlopen(f"{self.origin}/{path.name}", timeout=60) as answer:
                served += answer.read()
        size = len(gzip.compress(served, 9))
        print(f"the page: {size} bytes gzipped")
        self.assertLess(size, 60_000)
