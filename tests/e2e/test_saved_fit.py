"""A saved fit answers as the fresh one did, and a damaged one is refused by name."""

import hashlib
import json
import pathlib
import tempfile
import unittest

from support import record, run

FIT = ["fit", "chinchilla", "data/chinchilla-epoch/runs.csv", "--where", "kept_240 == 1",
       "--quick"]
AT = ["--at", "N=70B,D=1.4T", "--at", "C=5.76e23"]


class SavedFit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = pathlib.Path(folder.name) / "fit.json"
        status, _, err = run([*FIT, "-o", cls.path])
        assert status == 0, err
        cls.fit = json.loads(cls.path.read_text())

    def predict(self, fit):
        path = self.path.with_name("changed.json")
        path.write_text(json.dumps(fit))
        return run(["predict", path, *AT, "--json"])

    def refused(self, said, **changes):
        fit = {**self.fit, **changes}
        status, out, err = self.predict({k: v for k, v in fit.items() if v != "absent"})
        self.assertEqual((status, out), (3, ""), err)
        self.assertIn("changed.json: ", err)
        self.assertIn(said, err)

    def test_answers_as_the_fresh_fit(self):
        fresh, saved = record([*FIT, *AT]), record(["predict", self.path, *AT])
        self.assertEqual(fresh["predictions"], saved["rows"])
        self.assertEqual(fresh["derived"], saved["derived"])

    def test_names_the_fit_and_its_data(self):
        got = record(["predict", self.path, *AT])
        digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        self.assertEqual(got["fit"]["sha256"], digest)
        self.assertEqual(got["provenance"]["inputs"],
                         [{"name": "fit.json", "sha256": digest, "rows": None}])
        self.assertEqual(got["fit"]["inputs"], self.fit["provenance"]["inputs"])
        page = self.path.with_name("page.html")
        _, out, _ = run(["predict", self.path, *AT, "--html", page])
        for view in (out, page.read_text()):
            self.assertIn(f"fit.json (sha256 {digest[:8]})", view)
            self.assertIn("runs.csv (sha256 ", view)

    def test_another_schema(self):
        self.refused("schema 2", schema=2)
        self.refused("schema", schema="absent")

    def test_no_fit(self):
        self.refused("'laws', not a fit", kind="laws")

    def test_what_a_prediction_needs(self):
        self.refused("'covariance'", covariance={})
        self.refused("'covariance'", covariance="absent")
        self.refused("'data'", data="absent")
        self.refused("'data'", data={"rows_used": 240})
        self.refused("'parameters'", parameters=[])
        self.refused("'residual_percentiles'", residual_percentiles="absent")
        self.refused("'residual_percentiles'",
                     residual_percentiles=self.fit["residual_percentiles"][:50])

    def test_a_formula_that_does_not_parse(self):
        self.refused("prediction: ", law={**self.fit["law"], "prediction": "L = E +"})

    def test_no_covariance_means_no_interval(self):
        status, out, err = self.predict({**self.fit, "covariance": None})
        self.assertEqual(status, 0, err)
        self.assertIsNone(json.loads(out)["rows"][0]["mean_lo"])


if __name__ == "__main__":
    unittest.main()
