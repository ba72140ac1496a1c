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


if __name__ == "__main__":
    unittest.main()
