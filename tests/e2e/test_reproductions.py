"""docs/reproductions.md: the commands that it names run, and print the figures that it says."""

import pathlib
import re
import shlex
import unittest

from support import ROOT, record

PAGE = pathlib.Path(ROOT, "docs/reproductions.md")
NUMBER = re.compile(r"((?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?)( %)?")


def rows():
    """(ours, command) of every line of a table whose last cell is a command that can be typed; where
    ours is "equal", it is as published."""
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        command = re.match(r"`(laws eval [^`]+)`", cells[-1]) if cells else None
        if command:
            yield cells[-3] if cells[-2].startswith("equal") else cells[-2], command[1]


def values(answer):
    """Every number of an evaluation that a reader could mean; of an error the accuracy too."""
    found = [answer["value"], *answer["terms"].values(), *(d["value"] for d in answer["derived"])]
    known = [v for v in found if v is not None]
    return known + [1 - v for v in known]


def printed(text):
    """(value, half a unit of its last digit) of the numbers in a cell."""
    for number, percent in NUMBER.findall(text):
        mantissa, _, power = number.replace(",", "").partition("e")
        digits = len(mantissa.partition(".")[2])
        scale = 10.0 ** int(power or 0) / (100 if percent else 1)
        yield float(mantissa) * scale, 0.51 * 10.0 ** -digits * scale


class Page(unittest.TestCase):
    def test_commands_give_what_the_page_says(self):
        tried = 0
        for ours, command in rows():
            with self.subTest(command=command):
                known = values(record(shlex.split(command)))
                wanted = list(printed(ours))
                self.assertTrue(wanted, f"no figure in '{ours}'")
                self.assertTrue(any(abs(abs(v) - abs(w)) <= half for w, half in wanted for v in known),
                                f"'{ours}' is not among {known}")
                tried += 1
        self.assertGreater(tried, 10)

    def test_tests_that_it_names_exist(self):
        text = PAGE.read_text()
        files = {p.stem for p in pathlib.Path(ROOT, "tests").rglob("*.py")}
        for name in re.findall(r"`(test_\w+)`", text):
            self.assertIn(name, files)
        for law in re.findall(r"`(laws/[\w-]+\.yaml)`", text):
            self.assertTrue(pathlib.Path(ROOT, law).exists(), law)


if __name__ == "__main__":
    unittest.main()
