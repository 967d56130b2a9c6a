# SPDX-License-Identifier: Apache-2.0
import random

from retrotools import scramble
from tests.support import ToolTest


class Scramble(ToolTest):
    def test_scrambled_and_descrambled_is_what_it_was(self):
        for size in (1, 31, 32, 33, 64, 100, 2048, 70001, 2 * 1024 * 1024 + 999):
            data = random.Random(size).randbytes(size)
            self.write("plain", data)
            self.runs(scramble, self.path("plain"), self.path("out"))
            self.assertEqual(sorted(self.read("out")), sorted(data))
            self.runs(scramble, "-d", self.path("out"), self.path("back"))
            self.assertEqual(self.read("back"), data)

    def test_the_order_is_the_consoles(self):
        # Four slices: the seeds after 128 are 17081, 21070, 12495, so the numbers 697, 4686, 61647, and every x is 0.
        self.assertEqual(scramble.order(128), [0, 3, 2, 1])
        self.assertEqual(scramble.order(31), [])
        self.assertEqual(sorted(scramble.order(32 * 7 + 5)), list(range(7)))

    def test_what_does_not_fit_is_refused(self):
        self.fails("is empty", scramble, self.write("x", b""), self.path("y"))
