"""What the agent finds in its environment."""

from bench import Bench
from upstream import Upstream, whole


class Environment(Bench):
    def setUp(self):
        super().setUp()
        self.upstream = Upstream(lambda asked, writer: whole(writer, b"{}"))
        self.addCleanup(self.upstream.close)

    def variables(self, *options, **more):
        [said] = self.finished(self.run_agent("say(dict(os.environ))", *options, **more))
        return said

    def test_it_is_led_to_the_recorder_by_the_variables_that_clients_read(self):
        found = self.variables(environment={"NO_PROXY": "example.org"})
        place = found["ANTHROPIC_BASE_URL"].removesuffix("anthropic")
        self.assertRegex(place, r"^http://127\.0\.0\.1:\d+/r/[\w-]{22}/$")
        self.assertEqual(found["OPENAI_BASE_URL"], place + "openai/v1")
        self.assertEqual(found["OPENAI_API_BASE"], place + "openai/v1")
        self.assertEqual(found["ANTHROPIC_API_BASE"], place + "anthropic")
        self.assertEqual(found["GOOGLE_GEMINI_BASE_URL"], place + "gemini")
        self.assertEqual(found["NO_PROXY"], "example.org,127.0.0.1,localhost")
        self.assertEqual(found["no_proxy"], "127.0.0.1,localhost")
        self.assertEqual(found["SIDESTEP_EPOCH"], "1")
        self.assertNotIn("SIDESTEP_LAST_END", found)
        self.assertIn("0 calls seen", self.said)

    def test_the_seed_of_hashes_is_the_runs_unless_the_user_has_one(self):
        seed = self.variables(run="one")["PYTHONHASHSEED"]
        self.assertNotEqual(self.variables(run="two")["PYTHONHASHSEED"], seed)
        self.assertEqual(self.variables(run="three", environment={"PYTHONHASHSEED": "7"})["PYTHONHASHSEED"], "7")

    def test_profiles_and_variables_of_the_users_own_are_set_besides(self):
        found = self.variables(
            "--profile", "claude-code", "--profile", "goose", "--set-url", "MY_URL=xai/v9", "--set-url",
            "LOCAL=mine", "--upstream", "mine=http://127.0.0.1:9/base/")  # fmt: skip
        place = found["ANTHROPIC_BASE_URL"].removesuffix("anthropic")
        self.assertEqual(found["CLAUDE_CODE_ATTRIBUTION_HEADER"], "0")
        self.assertEqual(found["OPENAI_HOST"], place + "openai")
        self.assertEqual(found["MY_URL"], place + "xai/v9")
        self.assertEqual(found["LOCAL"], place + "mine/base")

    def test_a_base_url_that_is_there_already_becomes_the_upstream(self):
        agent = self.run_agent(
            "say(ask()[0])", environment={"OPENAI_BASE_URL": self.upstream.url + "/deep/v1", "HTTP_PROXY": "http://127.0.0.1:1"})
        self.assertEqual(self.finished(agent), [200])
        self.assertEqual(self.upstream.asked[0].target, "/deep/v1/x")

    def test_what_cannot_be_understood_is_said_before_anything_begins(self):
        for options in (
            ("--upstream", "openai=ftp://x"), ("--upstream", "Open/AI=http://x"), ("--profile", "none"),
            ("--set-url", "X=nobody"), ("--upstream", "openai=http://u:p@x"),
        ):  # fmt: skip
            agent = self.run_agent("say(1)", *options, run="bad")
            out, err = agent.communicate(timeout=100)
            self.assertEqual((agent.returncode, out), (125, ""), err)
            self.assertIn("hint:", err)
