"""Searches in stages: laws of several breaks, whose parts are added and exchanged."""

import math
import random
import unittest

from support import assert_near, record, slow
from test_expectations import table

BREAKS = [(0.5, 1e1, 0.2), (-0.4, 1e2, 0.2), (0.5, 1e3, 0.2), (-0.4, 1e4, 0.2), (0.5, 1e5, 0.2),
          (-0.4, 1e6, 0.2)]


def curve(x, breaks):
    bend = sum(c * f * math.log1p(math.exp((math.log(x) - math.log(d)) / f)) for c, d, f in breaks)
    return 0.01 + 10 * x ** -0.1 * math.exp(-bend)


def rows(n_breaks, n_rows=100, seed=1, noise=0.01):
    draw = random.Random(seed)
    points = [math.exp(draw.uniform(math.log(0.1), math.log(10.0 ** (n_breaks + 1))))
              for _ in range(n_rows)]
    return table(("x", "y"), [(x, curve(x, BREAKS[:n_breaks]) * math.exp(draw.gauss(0, noise)))
                              for x in points])


def fit(law, data, *options):
    return record(["fit", law, "-", "--quick", *options], stdin=data)


def value(got):
    return got["objective"]["value"]


class Stages(unittest.TestCase):
    def test_record(self):
        """All points are counted; the solved are those of the whole law."""
        starts = fit("broken-2", rows(2, 60))["starts"]
        self.assertEqual(starts["scheme"], "staged")
        self.assertGreater(starts["n"], starts["solved"])
        self.assertGreaterEqual(starts["solved"], starts["reached_best"])
        self.assertGreaterEqual(starts["reached_best"], 2)

    def test_threads(self):
        """The same digits at any number of threads."""
        one, two = (fit("broken-3", rows(3, 60), "--threads", n) for n in ("1", "2"))
        for name in ("parameters", "starts", "solver"):
            self.assertEqual(one[name], two[name])

    def test_a_part_that_is_held(self):
        """Held out it is the smaller law; held in, tied or in order it is in throughout."""
        data = rows(2, 60)
        free, smaller = value(fit("broken-2", data)), value(fit("broken-1", data))
        assert_near(value(fit("broken-2", data, "--fix", "c2=0", "--fix", "d2=1", "--fix", "f2=1")),
                    smaller, relative=1e-6)
        for options in (["--fix", "c1=0.5"], ["--tie", "f2=f1"], ["--tie", "c2=c1"],
                        ["--bound", "c2=-1:-0.1"], ["--fix", "d2=100"], ["--bound", "d2 > d1"]):
            with self.subTest(options):
                self.assertGreaterEqual(value(fit("broken-2", data, *options)), free * (1 - 1e-6))

    def test_starts_asked_for(self):
        """A number of starts is on top of the stages; the exact count is the grid's alone."""
        starts = fit("broken-2", rows(2, 60), "--starts", "4")["starts"]
        self.assertEqual(starts["scheme"], "staged")


@slow
class Seeds(unittest.TestCase):
    """Where the rows settle the breaks, what is found does not depend on the seed."""

    def same(self, n_breaks):
        data = rows(n_breaks)
        got = [fit(f"broken-{n_breaks}", data, "--seed", str(seed)) for seed in (1, 2, 3)]
        for other in got[1:]:
            assert_near(value(other), value(got[0]), relative=1e-4) # flat where a break is sharp

    def test_four(self):
        self.same(4)

    def test_five(self):
        self.same(5)

    def test_nested(self):
        """More breaks never fit worse."""
        data = rows(4, 60, seed=2)
        values = [value(fit(f"broken-{n}", data)) for n in range(1, 6)]
        for smaller, larger in zip(values, values[1:]):
            self.assertLessEqual(larger, smaller * (1 + 1e-6))
