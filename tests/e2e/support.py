"""Helpers of the end-to-end tests.

A test is a unittest module tests/e2e/test_<topic>.py that starts with `from support import ...`;
tests/run finds it, and it also runs alone: `cd tests/e2e && python3 -m unittest test_<topic>`.
The program is $FORESCALE, by default build/forescale; it runs in the root of the project.
"""

import functools
import json
import math
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = str(pathlib.Path(ROOT, os.environ.get("FORESCALE", "build/forescale")))
DATA = ROOT / "tests/data"

IS_QUICK = bool(os.environ.get("FORESCALE_QUICK"))
slow = unittest.skipIf(IS_QUICK, "left out of the quick run")


def run(args, stdin=None, cwd=ROOT, env=None, timeout=120):
    """(status, out, err) of `forescale ARGS`, as text. args: a list, or a string split at blanks.
    A program ended by a signal has status -signal. env adds to the environment."""
    words = args.split() if isinstance(args, str) else [str(word) for word in args]
    source = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    done = subprocess.run([PROGRAM, *words], **source, cwd=cwd, env={**os.environ, **env} if env else None,
                          capture_output=True, text=True, timeout=timeout, check=False)
    return done.returncode, done.stdout, done.stderr


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")


def record(args, **options):
    """The record that `forescale ARGS --json` prints; anything but status 0 is a failure."""
    words = args.split() if isinstance(args, str) else list(args)
    status, out, err = run([*words, "--json"], **options)
    assert status == 0, f"forescale {' '.join(map(str, words))}: status {status}\n{err}"
    return json.loads(out, parse_constant=_no_constant)


class InFolder(unittest.TestCase):
    """Cases with a folder of their own, which goes when they end."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, text):
        """The path of a new file in it."""
        path = self.folder / name
        path.write_text(text)
        return str(path)


@functools.cache
def _shared_text(words):
    return json.dumps(record(words))


def shared(args):
    """The same of a run that several cases look at: one run in a module, a copy for each."""
    words = args.split() if isinstance(args, str) else args
    return json.loads(_shared_text(tuple(map(str, words))))


def record_and_text(args, **options):
    """The record and the text of one run, for cases that look at both."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "record.json")
        status, out, err = run([*args, "-o", path], **options)
        assert status == 0, f"forescale {' '.join(map(str, args))}: status {status}\n{err}"
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant), out


def assert_near(got, want, absolute=0.0, relative=0.0, what="value"):
    """|got - want| <= absolute + relative |want|; null and NaN are near nothing."""
    allowed = absolute + relative * abs(want)
    near = got is not None and not math.isnan(got) and abs(got - want) <= allowed
    assert near, f"{what}: got {got!r}, want {want!r}, allowed {allowed:g}"
