"""Reference fits: default settings reach the objective that published code and wide multistarts reach."""

import json
import unittest

from support import DATA, assert_near, record


class ReferenceFits(unittest.TestCase):
    def check(self, gold):
        fit = record(["fit", *gold["args"]])
        self.assertLessEqual(fit["objective"]["value"], gold["objective"] * (1 + 1e-7))
        values = {p["name"]: p["value"] for p in fit["parameters"]}
        for name, want in gold["parameters"].items():
            assert_near(values[name], want, relative=1e-3, what=name)
        self.assertEqual(fit["solver"]["stop"], "converged")
        for point in gold.get("predictions", []):
            at = record(["fit", *gold["args"], "--at", f"x={point['x']}"])
            assert_near(at["predictions"][0]["mean"], point["y"], relative=1e-5, what=str(point))
        for point in gold.get("heldout", []):
            at = record(["fit", *gold["args"], "--at", f"C={point['C']!r},M={point['M']!r}"])
            assert_near(at["predictions"][0]["mean"], point["predicted"], relative=1e-5, what=str(point))


def add(gold):
    def test(self):
        self.check(gold)
    setattr(ReferenceFits, "test_" + gold["name"].replace(" ", "_").replace("-", "_"), test)


for entry in json.loads((DATA / "gold/loss_laws.json").read_text()):
    add(entry)


class Chinchilla(unittest.TestCase):
    WHERE = ["--where", "kept_240 == 1"]
    RUNS = "data/chinchilla-epoch/runs.csv"
    ANSWER = {"A": (477.8, 0.1), "B": (2143, 1), "E": (1.8172, 1e-4), "alpha": (0.3473, 1e-4),
              "beta": (0.3672, 1e-4)}

    def check(self, fit):
        self.assertLessEqual(fit["objective"]["value"], 0.00101827403)
        for p in fit["parameters"]:
            want, tolerance = self.ANSWER[p["name"]]
            assert_near(p["value"], want, absolute=tolerance, what=p["name"])

    def test_from_the_catalogue(self):
        fit = record(["fit", "chinchilla", self.RUNS, *self.WHERE])
        self.check(fit)
        exponent = next(d for d in fit["derived"] if d["name"] == "a")
        assert_near(exponent["value"], 0.5139, absolute=5e-5)
        self.assertEqual(fit["data"]["dropped"], [{"rule": "--where kept_240 == 1", "rows": 5}])

    def test_from_a_typed_formula(self):
        self.check(record(["fit", "loss = E + A*N^-alpha + B*D^-beta", self.RUNS, *self.WHERE,
                           "--residual", "log", "--objective", "huber:1e-3"]))

    def test_bootstrap_standard_errors(self):
        fit = record(["fit", "chinchilla", self.RUNS, *self.WHERE, "--bootstrap", "4000"])
        published = {"A": 124, "B": 1293, "E": 0.025, "alpha": 0.015, "beta": 0.020}
        for p in fit["parameters"]:
            assert_near(p["se"], published[p["name"]], relative=0.1, what=p["name"])
        self.assertEqual(fit["intervals"]["failed"], 0)

    def test_same_bits_at_any_thread_count(self):
        def bits(threads):
            fit = record(["fit", "chinchilla", self.RUNS, *self.WHERE, "--bootstrap", "200",
                          "--at", "C=5.76e23", "--threads", threads])
            del fit["provenance"]
            return json.dumps(fit)
        one = bits("1")
        self.assertEqual(one, bits("2"))
        self.assertEqual(one, bits("3"))

    def test_published_constants_are_compared(self):
        fit = record(["fit", "chinchilla", self.RUNS, *self.WHERE])
        here = {p["name"]: p["objective_here"] for p in fit["published"]}
        assert_near(here["hoffmann-2022"], 0.004121009136, relative=1e-8)
        assert_near(here["hoffmann-2022-unrounded"], 0.001231162603, relative=1e-6)


if __name__ == "__main__":
    unittest.main()
