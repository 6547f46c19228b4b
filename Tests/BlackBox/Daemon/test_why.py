"""Every reason that `run.explain` knows has a test that brings it about."""

import unittest
from pathlib import Path

from reasons import REASONS, covered

for path in Path(__file__).parent.glob("test_why_*.py"):
    __import__(path.stem)


class All(unittest.TestCase):
    def test_every_reason_has_a_test_of_its_own(self):
        self.assertEqual(set(REASONS) - covered, set())
        self.assertEqual(covered - set(REASONS), set())


if __name__ == "__main__":
    unittest.main()
