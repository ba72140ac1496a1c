"""What the terminal shows: one style, one line for each answer, whole sentences."""

import pathlib
import tempfile
import unittest

from support import run

FIT = ["fit", "chinchilla", "data/chinchilla-epoch/runs.csv", "--where", "kept_240 == 1"]


def text(*args, **options):
    code, out, err = run([*args], **options)
    assert code == 0, err
    return out


def joined(*args):
    """The text with line breaks taken as blanks."""
    return " ".join(text(*args).split())


class Fit(unittest.TestCase):
    def test_starts(self):
        self.assertIn("128 points screened, 24 solved, all 24 reached it", joined(*FIT))
        self.assertRegex(joined(*FIT, "--starts", "7"), r"; 7 starts, \d+ reached it")

    def test_distance_is_said_in_one_style(self):
        self.assertIn("1.65 decades (44 times) beyond the data", joined(*FIT, "--at", "C=5.76e23"))
        _, _, warned = run([*FIT, "--at", "C=5.76e23", "--json"])
        self.assertIn("1.65 decades (44 times) beyond the data", warned)
        self.assertIn("inside the data", joined(*FIT, "--at", "N=1B,D=10B"))

    def test_level_is_said_in_full(self):
        self.assertIn("99.99999 %", text(*FIT, "--level", "0.9999999"))


if __name__ == "__main__":
    unittest.main()
