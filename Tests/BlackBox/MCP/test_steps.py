"""Calls of tools are steps: made at most once, replayed in order."""

import json
import unittest

from harness import wait_for
from wrapper import WrapperTest


class Replay(WrapperTest):
    def test_a_later_epoch_gets_the_results_and_the_server_is_not_asked(self):
        first = self.wrap()
        said = [first.call("count"), first.call("echo", text="a\u2028b"), first.call("count"), first.call("count")]
        self.assertEqual(said, ["1", "a\u2028b", "2", "3"])
        self.assertEqual(first.end(), 7)
        self.epoch()
        effects = self.effects()
        again = self.wrap()
        # Other ids, other metadata, another order of what does not depend on each other, and members in another one.
        self.assertEqual(again.call("echo", number="x", text="a\u2028b", meta={"progressToken": 9}), "a\u2028b")
        self.assertEqual([again.call("count", number=f"n{n}", meta={"t": n}) for n in range(3)], ["1", "2", "3"])
        self.assertEqual(self.effects(), effects)
        # What was not called before is live, and the server has no state of what was.
        self.assertEqual(again.call("count"), "1")
        steps = self.connection.call("step.list", run="r")["steps"]
        self.assertEqual({step["status"] for step in steps}, {"completed"})
        self.assertEqual(len(steps), 5)

    def test_arguments_are_the_same_in_any_order_and_as_they_are_written(self):
        first = self.wrap()
        first.send_line(b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"\\u00e9","n":1.0}}}')
        first.result(1)
        first.end()
        self.epoch()
        again = self.wrap()
        again.send_line('{"params":{"arguments":{"n":1.0, "text":"é"},"name":"echo"},"method":"tools/call","id":2}'.encode())
        again.result(2)
        self.assertEqual(len(self.effects()), 1)
        again.send_line('{"params":{"arguments":{"n":1, "text":"é"},"name":"echo"},"method":"tools/call","id":3}'.encode())
        again.result(3)
        self.assertEqual(len(self.effects()), 2)

    def test_answers_may_come_in_another_order(self):
        wrapper = self.wrap()
        slow = [wrapper.begin("slow", n=n) for n in range(3)]
        self.assertEqual(wrapper.call("echo", text="quick"), "quick")
        self.go()
        for n, number in enumerate(slow):
            self.assertEqual(wrapper.result(number)["content"][0]["text"], f"slow {n}")
        wrapper.end()
        self.epoch()
        again = self.wrap()
        self.assertEqual([again.call("slow", n=n) for n in (2, 0, 1)], ["slow 2", "slow 0", "slow 1"])

    def test_a_failure_that_the_model_reads_is_a_result_and_an_error_of_the_protocol_is_none(self):
        first = self.wrap()
        self.assertEqual(first.call("sad"), "error: it is sad")
        self.assertEqual(first.reply(first.begin("broken"))["error"]["message"], "broken")
        first.end()
        self.epoch()
        again = self.wrap()
        self.assertEqual(again.call("sad"), "error: it is sad")
        self.assertEqual(again.reply(again.begin("broken"))["error"]["message"], "broken")
        self.assertEqual(again.reply(again.begin("broken"))["error"]["message"], "broken")
        self.assertEqual([line.split()[0] for line in self.effects()], ["sad", "broken", "broken", "broken"])
        again.end()
        self.connection.call("run.complete", lease=self.lease)

    def test_ten_mebibytes_pass_and_are_recorded(self):
        first = self.wrap()
        text = first.call("big", bytes=10 << 20)
        self.assertEqual(first.call("echo", text=text[:1 << 20]), text[:1 << 20])
        first.end()
        self.epoch()
        again = self.wrap()
        self.assertEqual(again.call("big", bytes=10 << 20), text)
        self.assertEqual(again.call("echo", text=text[:1 << 20]), text[:1 << 20])
        self.assertEqual(len(self.effects()), 2)

    def test_a_client_that_connects_again_in_one_epoch_makes_new_calls(self):
        first = self.wrap()
        self.assertEqual([first.call("count"), first.call("count")], ["1", "2"])
        first.end()
        second = self.wrap()
        # The server is another process, which counts from one: that it was asked is seen by its effect.
        self.assertEqual(second.call("count"), "1")
        self.assertEqual(len(self.effects()), 3)
        second.end()
        self.epoch()
        again = self.wrap()
        self.assertEqual([again.call("count") for _ in range(3)], ["1", "2", "1"])
        self.assertEqual(len(self.effects()), 3)

    def test_servers_of_other_names_have_other_steps(self):
        first = self.wrap("--name", "a")
        first.call("count")
        first.end()
        self.epoch()
        other = self.wrap("--name", "b")
        other.call("count")
        self.assertEqual(len(self.effects()), 2)

    def test_a_result_that_comes_after_the_client_gave_up_is_recorded(self):
        first = self.wrap()
        number = first.begin("slow", n=1)
        self.wait_for_effect("slow")
        first.send_line(json.dumps({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number}}).encode())
        self.go()
        first.result(number)
        first.end()
        self.epoch()
        self.assertEqual(self.wrap().call("slow", n=1), "slow 1")
        self.assertEqual(len(self.effects()), 1)

    def test_the_daemon_may_die_while_a_tool_works(self):
        wrapper = self.wrap()
        number = wrapper.begin("slow", n=1)
        self.wait_for_effect("slow")
        self.daemon.kill()
        self.go()
        self.daemon.start()
        self.assertEqual(wrapper.result(number)["content"][0]["text"], "slow 1")
        wrapper.end()
        self.connection = self.daemon.connect()
        self.epoch()
        self.assertEqual(self.wrap().call("slow", n=1), "slow 1")
        self.assertEqual(len(self.effects()), 1)


    def test_an_id_that_has_no_answer_yet_is_refused_and_one_that_is_written_otherwise_is_the_same(self):
        wrapper = self.wrap()
        wrapper.begin("slow", number="é", n=1)
        self.wait_for_effect("slow")
        self.assertEqual(wrapper.reply(wrapper.begin("count", number="é"))["error"]["code"], -32600)
        wrapper.send_line(b'{"jsonrpc":"2.0","id":1e1,"method":"tools/call","params":{"name":"count","arguments":{}}}')
        # The server writes it as 10.0, and it is recorded all the same.
        self.assertEqual(wrapper.result(10.0)["content"][0]["text"], "1")
        self.go()
        wrapper.result("é")
        wrapper.end()
        self.epoch()
        self.assertEqual(self.wrap().call("count"), "1")
        self.assertEqual(len([line for line in self.effects() if "count" in line]), 1)


class InDoubt(WrapperTest):
    def test_a_call_whose_outcome_nobody_knows_is_not_repeated(self):
        self.die_in_the_middle("slow", n=1)
        wrapper = self.wrap()
        self.assertRegex(wrapper.call("slow", n=1), "^error: .*unknown; it was not repeated")
        self.assertEqual(len(self.effects()), 1)
        # The model was told; what it asks for now is another call.
        self.assertEqual(wrapper.call("slow", n=1), "slow 1")
        wrapper.end()
        self.epoch()
        again = self.wrap()
        self.assertRegex(again.call("slow", n=1), "^error: .*unknown")
        self.assertEqual(again.call("slow", n=1), "slow 1")
        self.assertEqual(len(self.effects()), 2)

    def test_a_tool_that_only_reads_or_may_be_repeated_is_called_again(self):
        for tool in ("slow_look", "slow_set"):
            self.die_in_the_middle(tool)
            wrapper = self.wrap()
            wrapper.list()
            self.assertEqual(wrapper.call(tool), "slow ")
            self.assertEqual(len([line for line in self.effects() if tool in line]), 2)
            wrapper.end()
            self.epoch()

    def test_a_call_is_repeated_where_its_user_says_so(self):
        self.die_in_the_middle("slow", n=1)
        self.assertEqual(self.wrap("--in-doubt", "retry").call("slow", n=1), "slow 1")
        self.assertEqual(len(self.effects()), 2)

    def test_the_run_is_paused_where_its_user_says_so(self):
        self.die_in_the_middle("slow", n=1)
        wrapper = self.wrap("--in-doubt", "pause")
        error = wrapper.reply(wrapper.begin("slow", n=1))["error"]
        self.assertIn("sidestep resolve r", error["message"])
        run = self.connection.call("run.get", run="r")["run"]
        self.assertEqual((run["status"], run["reason"]), ("paused", "unknown_step"))
        step = self.connection.call("step.inflight")["steps"][0]["step"]
        output = {"content": [{"type": "text", "text": "by hand"}]}
        self.connection.call("step.resolve", run="r", step=step, **{"as": "completed"}, output=output)
        wrapper.end()
        self.epoch()
        self.assertEqual(self.wrap().call("slow", n=1), "by hand")
        self.assertEqual(len(self.effects()), 1)

    def test_a_lease_that_is_lost_makes_no_call(self):
        old = self.wrap()
        self.assertEqual(old.call("count"), "1")
        self.epoch()
        self.assertIn("lease_lost", old.reply(old.begin("count"))["error"]["message"])
        self.assertEqual(len(self.effects()), 1)


class State(WrapperTest):
    def setUp(self):
        super().setUp()
        first = self.wrap()
        first.call("navigate", url="a")
        first.call("echo", text="x")
        first.call("navigate", url="b")
        first.end()
        self.epoch()

    def replay(self, *flags: str):
        wrapper = self.wrap(*flags)
        wrapper.call("navigate", url="a")
        wrapper.call("echo", text="x")
        wrapper.call("navigate", url="b")
        self.assertEqual(len(self.effects()), 3)
        return wrapper

    def test_is_not_there_after_a_replay(self):
        self.assertEqual(self.replay().call("read_page"), "error: no page")

    def test_is_built_up_again_by_the_tools_that_its_user_names(self):
        wrapper = self.replay("--state", "rebuild=navigate,other")
        numbers = [wrapper.begin("read_page"), wrapper.begin("read_page")]
        self.assertEqual([wrapper.result(n)["content"][0]["text"] for n in numbers], ["b", "b"])
        names = [line.split()[0] for line in self.effects()[3:]]
        self.assertEqual(names, ["navigate", "navigate", "read_page", "read_page"])

    def test_that_is_missing_refuses_calls_where_its_user_says_so(self):
        wrapper = self.replay("--state", "refuse")
        self.assertRegex(wrapper.call("read_page"), "^error: .*replayed")
        self.assertEqual(len(self.effects()), 3)
        wrapper.end()
        self.epoch()
        self.assertEqual(self.wrap().call("read_page"), "error: no page")


if __name__ == "__main__":
    unittest.main()
