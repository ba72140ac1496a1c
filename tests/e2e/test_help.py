"""What help shows: 80 columns wide, and examples that run as they are printed."""

import functools
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from support import PROGRAM, ROOT, run, slow


@functools.cache
def shown(*topic):
    return run(["help", *topic])[1]


def commands():
    return re.findall(r"(?m)^  ([a-z]+) ", shown())


def examples(command):
    """The command lines below 'Examples:', continued ones together."""
    text = shown(command).partition("\nExamples:\n")[2]
    return [line.strip() for line in text.replace("\\\n", "").splitlines()]


class Help(unittest.TestCase):
    def test_no_line_is_wider_than_a_terminal(self):
        for topic in [*commands(), "warnings"]:
            for line in shown(topic).splitlines():
                self.assertLessEqual(len(line), 80, f"help {topic}: {line}")

    def test_every_form_names_its_command(self):
        _, out, _ = run(["help", "laws"])
        for form in ("laws [list]", "laws show ID", "laws eval ID", "laws check LAW"):
            self.assertIn(f" forescale {form}", out)

    def test_codes_of_warnings_stand_apart(self):
        text = run(["help", "warnings"])[1]
        codes = re.findall(r"(?m)^ {2}(W-\S+)", text)
        known = re.findall(r"`(W-[^`]+)`", run(["help", "warnings", "--markdown"])[1])
        self.assertEqual(codes, known)
        self.assertEqual([line for line in text.splitlines() if line.endswith(" ")], [])

    def test_every_command_has_examples(self):
        self.assertIn("fit", commands())
        for command in set(commands()) - {"help"}:
            lines = examples(command)
            self.assertTrue(lines, command)
            for line in lines:
                self.assertRegex(line, "^forescale [a-z]+")

    @slow
    def test_examples_run_as_printed(self):
        """Those of studies, of all methods on a table and of coverage, up to minutes each, have tests of
        their own."""
        with tempfile.TemporaryDirectory() as folder:
            path = f"{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}"
            pathlib.Path(folder, "laws").symlink_to(ROOT / "laws")
            for line in (line for command in commands() for line in examples(command)):
                if "--study" in line or line.startswith(("forescale backtest data/",
                                                         "forescale sim coverage")):
                    continue
                done = subprocess.run(line, shell=True, cwd=folder, capture_output=True, text=True,
                                      env={**os.environ, "PATH": path}, check=False)
                self.assertEqual(done.returncode, 0, f"{line}\n{done.stderr}")
                if "--csv" not in line:
                    wide = [text for text in done.stdout.splitlines() if len(text) > 80]
                    self.assertEqual(wide, [], line)


if __name__ == "__main__":
    unittest.main()
