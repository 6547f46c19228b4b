"""What a person does on the page, and what the daemon has of it afterwards."""

from page_bench import PageCase, expect
from page_scene import Puppet


class ActionsTest(PageCase):
    def agent(self, run, **more):
        agent = Puppet(str(self.bench.socket))
        self.addCleanup(agent.kill)
        agent.call("resume", run=run, **more)
        return agent

    def unknown(self, run):
        agent = self.agent(run)
        agent.call("step.begin", step="pay", at_most_once=True)
        agent.kill()
        self.fact(lambda: self.call("step.get", run=run, step="pay")["status"] == "unknown", "an unknown step")

    def waiting(self, run):
        agent = self.agent(run)
        agent.call("promise.create", promise="go", metadata={"question": f"Go, {run}?"})
        agent.send("promise.wait", promise="go")
        return agent

    def card(self, page, text):
        return page.locator("li.card", has_text=text)

    def test_approve_and_deny_with_a_message(self):
        yes, no = self.waiting("yes-1"), self.waiting("no-1")
        page = self.show("/inbox", word="Go, yes-1?")
        self.card(page, "yes-1").get_by_role("button", name="Approve").click()
        self.assertEqual(yes.answer()["result"]["output"]["value"], {"approved": True})
        self.card(page, "Go, no-1?").get_by_placeholder("A message").fill("too dear")
        self.card(page, "Go, no-1?").get_by_role("button", name="Deny").click()
        self.assertEqual(no.answer()["result"]["output"]["value"], {"approved": False, "message": "too dear"})
        self.card(page, "Go, no-1?").wait_for(state="detached")

    def test_resolve_an_unknown_step_in_each_way(self):
        for run in ("pay-1", "pay-2", "pay-3"):
            self.unknown(run)
        page = self.show("/inbox", word="pay-3")
        self.card(page, "pay-1").get_by_role("button", name="Run it again").click()
        self.card(page, "pay-1").wait_for(state="detached")
        self.card(page, "pay-2").get_by_role("button", name="It happened").click()
        page.get_by_label("What it returned").fill('{"receipt": 12345678901234567890}')
        page.get_by_role("button", name="Record it as completed").click()
        self.card(page, "pay-2").wait_for(state="detached")
        step = self.call("step.get", run="pay-2", step="pay")
        self.assertEqual((step["status"], step["output"]), ("completed", {"receipt": 12345678901234567890}))
        page.goto(f"{self.origin}/runs/pay-3")
        page.get_by_role("button", name="It failed").click()
        page.get_by_label("How it failed").fill("no JSON")
        page.get_by_role("button", name="Record it as failed").click()
        page.get_by_text("is no JSON").wait_for()
        page.get_by_label("How it failed").fill('{"message": "declined"}')
        page.get_by_role("button", name="Record it as failed").click()
        page.get_by_role("dialog").wait_for(state="detached")
        self.assertEqual(self.call("step.get", run="pay-3", step="pay")["status"], "failed")

    def test_retry_pause_unpause_cancel_delete(self):
        page = self.show("/runs/crawl-3", word="no such element")
        page.get_by_role("button", name="Retry").click()
        self.fact(lambda: self.status("crawl-3") == "queued", "a run that is open again")
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Unpause").click()
        self.fact(lambda: self.status("crawl-3") == "queued", "a run that goes on")
        page.get_by_role("button", name="Cancel…").click()
        page.get_by_label("Why").fill("enough")
        page.get_by_role("button", name="Cancel the run").click()
        self.fact(lambda: self.status("crawl-3") == "cancelled", "a cancelled run")
        page.get_by_role("button", name="Delete…").click()
        page.get_by_role("button", name="Delete", exact=True).click()
        page.wait_for_url("**/runs")

    def test_a_budget_is_raised_and_the_run_goes_on(self):
        page = self.show("/", word="A budget is used up")
        self.card(page, "digest-2").get_by_role("button", name="Raise").click()
        page.get_by_label("What it may use up").fill('{"tokens": 9000, "cost_micros": 90000}')
        page.get_by_role("button", name="Set it").click()
        self.card(page, "digest-2").wait_for(state="detached")
        self.assertNotEqual(self.status("digest-2"), "paused")

    def test_fork_with_an_edited_output(self):
        page = self.show("/runs/nightly%2F2026-11-20?step=rank", word="Fork with another output")
        page.get_by_role("button", name="Fork with another output").click()
        page.get_by_label("Output, as JSON").fill('{"name": "edited", "number": 9007199254740993}')
        page.get_by_label("Id of the new run").fill("what-if")
        page.get_by_role("button", name="Fork", exact=True).click()
        page.wait_for_url("**/runs/what-if")
        steps = {one["step"]: one for one in self.call("step.list", run="what-if")["steps"]}
        self.assertEqual(list(steps), ["collect", "rank"])
        self.assertEqual(steps["rank"]["output"], {"name": "edited", "number": 9007199254740993})
        page.get_by_role("link", name="compare").click()
        page.get_by_text("edited").first.wait_for()

    def test_many_are_retried_after_a_count(self):
        for number in range(3):
            agent = self.agent(f"many-{number}", workflow="many")
            agent.call("run.fail", error={"message": "no"})
        page = self.show("/runs?workflow=many&status=failed", word="many-2")
        page.get_by_role("button", name="Retry…").click()
        page.get_by_role("dialog").get_by_text("3 runs would be").wait_for()
        self.assertEqual(self.status("many-0"), "failed", "it was only counted")
        page.get_by_role("button", name="Retry 3 runs").click()
        page.get_by_text("of 3 runs done").wait_for()
        page.get_by_role("button", name="Close").click()
        page.get_by_text("No run matches.").wait_for()
        self.assertEqual([self.status(f"many-{number}") for number in range(3)], ["queued"] * 3)

    def test_some_are_selected_and_deleted(self):
        for number in range(3):
            self.agent(f"some-{number}", workflow="some").call("run.complete")
        page = self.show("/runs?workflow=some", word="some-2")
        page.get_by_label("Select some-0").check()
        page.get_by_label("Select some-2").check()
        page.get_by_role("button", name="Delete…").click()
        page.get_by_role("button", name="Delete 2 runs").click()
        page.get_by_text("of 2 runs done").wait_for()
        page.get_by_role("button", name="Close").click()
        expect(page.locator("tbody tr")).to_have_count(1)

    def test_queues_breakers_and_limits(self):
        page = self.show("/queues", word="w-harbour")
        page.locator("tr", has_text="mail").get_by_role("button", name="Go on").click()
        page.locator("tr", has_text="mail").get_by_role("button", name="Pause").wait_for()
        page.locator("tr", has_text="search").get_by_role("button", name="Close it").click()
        page.locator("tr", has_text="search").get_by_text("closed").wait_for()
        page.locator("tr", has_text="agents").get_by_role("button", name="Change").click()
        page.get_by_label("Runs at once").fill("9")
        page.get_by_role("button", name="Set it").click()
        page.get_by_role("dialog").wait_for(state="detached")
        self.assertEqual(self.call("queue.get", queue="agents")["queue"]["concurrency"], 9)

    def test_schedules_are_paused_and_triggered(self):
        page = self.show("/schedules", word="every 15 min")
        card = self.card(page, "every 15 min")
        card.get_by_role("button", name="Let it go on").click()
        card.get_by_role("button", name="Pause").wait_for()
        card.get_by_role("button", name="Start one now").click()
        page.get_by_role("button", name="Start it").click()
        page.wait_for_url("**/runs/**")
        page.goto(f"{self.origin}/schedules?schedule=nightly")
        expect(page.locator(".times li")).to_have_count(5)

    def test_a_dead_letter_is_sent_again(self):
        last = self.call("webhook.deliveries")["deliveries"][0]["finished_at"]
        page = self.show("/streams?delivery=dead", word="order.shipped")
        page.locator("tr", has_text="order.shipped").get_by_role("button", name="Redeliver").click()
        page.get_by_text("Redeliver: done.").wait_for()
        self.fact(lambda: (self.call("webhook.deliveries")["deliveries"][0].get("finished_at") or 0) > last, "another attempt")

    def test_retention_is_looked_at_before_it_is_done(self):
        page = self.show("/daemon", word="Settings in force")
        page.get_by_role("button", name="What would go now?").click()
        page.get_by_text("0 runs, about 0 B.").wait_for()
        page.get_by_role("button", name="Back up…").click()
        page.get_by_label("File").fill(str(self.bench.folder / "copy.db"))
        page.get_by_role("button", name="Write it").click()
        page.get_by_text("written to").wait_for()
        self.assertTrue((self.bench.folder / "copy.db").exists())

    def test_a_backup_says_how_far_it_is(self):
        for number in range(40):
            entries = [f"{number} {entry} {'x' * 1000}" for entry in range(1000)]
            self.call("conversation.append", conversation="heavy", entries=entries)
        page = self.show("/daemon", word="Settings in force")
        page.evaluate("""() => {
            window.parts = [];
            new MutationObserver(() => {
                const bar = document.querySelector("dialog progress");
                if (bar) window.parts.push([bar.value, bar.max, bar.nextSibling.textContent]);
            }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
        }""")
        page.get_by_role("button", name="Back up…").click()
        page.get_by_label("File").fill(str(self.bench.folder / "heavy.db"))
        page.get_by_role("button", name="Write it").click()
        page.get_by_text("written to").wait_for()
        parts = page.evaluate("window.parts")
        self.assertGreater(len(parts), 3)
        self.assertEqual([part[0] for part in parts], sorted(part[0] for part in parts))
        self.assertTrue(all(part[1] > 40_000_000 and " of " in part[2] for part in parts), parts[0])

    def test_what_the_protocol_can_take_back_is_undone_from_where_it_is_said(self):
        self.call("queue.put", queue="undone")
        page = self.show("/queues", word="undone")
        page.locator("tr", has_text="undone").get_by_role("button", name="Pause").click()
        paused = lambda: next(one for one in self.call("queue.list")["queues"] if one["queue"] == "undone")["paused"]  # noqa: E731
        self.fact(paused, "a queue that rests")
        page.get_by_role("button", name="Undo").click()
        self.fact(lambda: not paused(), "a queue that goes on")
        page.get_by_text("Undone.").wait_for()
        self.call("run.enqueue", run="undo-1", workflow="w", queue="undone")
        page = self.show("/runs/undo-1", word="undo-1")
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Undo").click()
        self.fact(lambda: self.status("undo-1") == "queued", "a run that goes on")
        # A verdict is read by the run at once: nothing takes it back.
        agent = self.waiting("undo-2")
        page = self.show("/inbox", word="Go, undo-2?")
        self.card(page, "undo-2").get_by_role("button", name="Approve").click()
        agent.answer()
        page.get_by_text("Approved.").wait_for()
        self.assertEqual(page.get_by_role("button", name="Undo").count(), 0)

    def test_what_replay_saved_is_told(self):
        first = self.agent("replayed", workflow="sparing")
        first.call("step.complete", step="ask", output=1, usage={"model": "m", "cost_micros": 1_250_000, "input_tokens": 900})
        first.kill()
        self.fact(lambda: self.status("replayed") == "interrupted", "a run without an owner")
        self.agent("replayed")
        page = self.show("/spend?workflow=sparing", word="Replay saved")
        told = page.locator("p.saved").inner_text()
        self.assertIn("1.25 cost", told)
        self.assertIn("900 input tokens", told)
        self.assertEqual(page.get_by_text("not named").count(), 0)

    def test_a_refusal_says_kind_message_and_hint(self):
        page = self.show("/runs/nobody")
        box = page.get_by_role("alert")
        box.wait_for()
        self.assertIn("run_not_found", box.inner_text())


    def test_a_view_is_saved_chosen_in_another_browser_and_forgotten_by_the_keyboard_alone(self):
        self.call("resume", run="view-1", workflow="seen", tags={"team": "two words"})
        self.call("resume", run="view-2", workflow="seen")
        page = self.show("/runs?workflow=seen", word="view-2")
        page.get_by_label("tags").fill('team="two words"')
        page.keyboard.press("Tab")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("button", name="Save…").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Its name").press_sequentially("<b>mine</b>")
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for(state="detached")
        views = page.get_by_role("group", name="Saved views")
        expect(views.get_by_role("link", name="<b>mine</b>")).to_have_attribute("aria-current", "true")
        saved = self.call("view.list")["views"]
        self.assertEqual([(view["view"], view["filter"]) for view in saved],
                         [("<b>mine</b>", {"workflow": "seen", "tag": {"team": "two words"}})])  # fmt: skip
        other = self.show("/runs", word="view-2")
        other.get_by_role("link", name="<b>mine</b>").focus()
        other.keyboard.press("Enter")
        expect(other.locator("tbody tr")).to_have_count(1)
        other.get_by_role("link", name="view-1").first.wait_for()
        other.get_by_role("button", name="Forget").focus()
        other.keyboard.press("Enter")
        other.get_by_role("link", name="<b>mine</b>").wait_for(state="detached")
        self.assertEqual(self.call("view.list")["views"], [])
        other.get_by_role("button", name="Save…").wait_for()


class ReadOnlyTest(PageCase):
    options = ("--read-only",)

    def test_views_can_be_chosen_and_neither_saved_nor_forgotten(self):
        self.call("view.put", view="broken", filter={"status": "failed", "workflow": "crawl"})
        page = self.show("/runs?workflow=crawl", word="crawl-0")
        self.assertTrue(page.get_by_role("button", name="Save…").is_disabled())
        page.get_by_role("link", name="broken").click()
        expect(page.get_by_role("button", name="Forget")).to_be_disabled()

    def test_what_writes_cannot_be_pressed(self):
        page = self.show("/inbox", word="charge card")
        self.assertTrue(page.get_by_role("button", name="Approve").first.is_disabled())
        self.assertTrue(page.get_by_role("button", name="Run it again").first.is_disabled())
        page.get_by_text("read-only").wait_for()
