"""Wrappers that are killed anywhere: no effect happens twice, and what a program was told, it is told again."""

import os
import random
import unittest

from wrapper import WrapperTest

KILLS = int(os.environ.get("SIDESTEP_MCP_KILLS", "40"))


class Kills(WrapperTest):
    def test_leave_each_effect_at_most_once_and_each_answer_as_it_was(self):
        dice = random.Random(os.environ.get("SIDESTEP_SEED", "1"))
        # Three of each: equal calls are told apart by their turn.
        program = [f"text {n // 3}" for n in range(12)]
        told: dict[int, str] = {}
        for kill in range(KILLS + 1):
            wrapper = self.wrap()
            place = dice.randrange(len(program)) if kill < KILLS else len(program)
            for number, text in enumerate(program):
                call = wrapper.begin("echo", text=text)
                point = dice.choice(["sent", "done", "given"]) if number == place else "given"
                if point == "sent":
                    break
                before = len(self.effects())
                answer = wrapper.result(call)["content"][0]["text"]
                if point == "done":
                    # As if its answer had not arrived.
                    break
                self.assertEqual(answer, told.setdefault(number, answer), f"call {number} after {kill} kills")
                self.assertLessEqual(len(self.effects()) - before, 1)
                if number == place:
                    break
            wrapper.kill()
            self.epoch()
        self.assertEqual(len(told), len(program))
        for text in set(program):
            count = sum(text in line for line in self.effects())
            self.assertLessEqual(count, program.count(text), text)
        for number, text in enumerate(program):
            self.assertTrue(told[number] == text or "unknown" in told[number], told[number])


if __name__ == "__main__":
    unittest.main()
