"""The bundled tables: listed, described, and read under the paths that are listed."""

import csv
import unittest

from support import ROOT, record, run, slow


class BundledData(unittest.TestCase):
    @slow
    def test_lists_every_table(self):
        sets = record(["data"])["datasets"]
        listed = {table["path"]: table["rows"] for s in sets for table in s["tables"]}
        files = {str(p.relative_to(ROOT)): p for p in ROOT.glob("data/*/*.csv")}
        self.assertEqual(set(listed), set(files))
        for path, rows in listed.items():
            with open(files[path], newline="", encoding="utf-8") as file:
                self.assertEqual(rows, sum(1 for _ in csv.DictReader(file)), path)

    def test_the_readme_counts_right(self):
        text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
        self.assertIn(f"{len(record(['laws'])['laws'])} laws with", text)
        self.assertIn(f"{len(record(['data'])['datasets'])} sets of tables", text)

    def test_every_dataset_says_where_it_is_from(self):
        for s in record(["data"])["datasets"]:
            self.assertTrue(s["title"], s["name"])
            self.assertRegex(s["about"], "(?i)licence|paper|published", s["name"])
            text = (ROOT / "data" / s["name"] / "README.md").read_text(encoding="utf-8")
            self.assertRegex(text, "(?i)licence|paper", s["name"])

    def test_shows_columns(self):
        shown = record(["data", "show", "data/data-constrained/runs.csv"])["datasets"]
        self.assertEqual([s["name"] for s in shown], ["data-constrained"])
        columns = {c["name"]: c for c in shown[0]["tables"][0]["columns"]}
        self.assertEqual(columns["unique_tokens"]["meaning"], "distinct tokens")
        self.assertEqual(columns["unique_tokens"]["unit"], "tokens")
        self.assertEqual((columns["kept_182"]["min"], columns["kept_182"]["max"]), (0, 1))

    @slow
    def test_columns_of_different_units_are_told_apart(self):
        """A row of a README may describe several columns, but not with several units."""
        for s in record(["data"])["datasets"]:
            for table in record(["data", "show", s["name"]])["datasets"][0]["tables"]:
                for column in table["columns"]:
                    self.assertNotIn(",", column["unit"] or "", (s["name"], column["name"]))

    def test_what_it_does_not_know(self):
        status, _, err = run(["data", "show", "misfiting"])
        self.assertEqual(status, 3)
        self.assertIn("did you mean 'misfitting'?", err)
        self.assertEqual(run(["data", "shwo", "misfitting"])[0], 2)
        self.assertEqual(run(["data", "show"])[0], 2)


if __name__ == "__main__":
    unittest.main()
