"""Every expectation of the form "so many different values of a column", of every law: rows that take
one value less are told so, rows that take enough are not. Laws are found in the folder, unasked."""

import concurrent.futures
import os
import unittest

from support import ROOT, record, slow

ROWS = 36
# Laws whose rows must be made by an operator, or agree with each other: test_expectations.py.
APART = {"multi-power", "quality-quantity-pool", "mixing"}


def spread(column, n):
    """n values of a column within its stated range."""
    ends = column.get("range", [1, 2])
    if isinstance(ends, dict):
        return ends["grid"][:n]
    lo, hi = ends[:2]
    share = [i / max(1, n - 1) for i in range(n)]
    return [lo * (hi / lo) ** s if len(ends) > 2 else lo + s * (hi - lo) for s in share]


def rows_of(law, response, column, n):
    """A table whose `column` takes n values and whose other columns take many, none in step."""
    inputs = [c for c in law["columns"] if c != response]
    lines = [",".join([response, *inputs])]
    values = {c: spread(law["columns"][c], n if c == column else 12) for c in inputs}
    for i in range(ROWS):
        cells = [0.3 + 0.01 * ((7 * i) % 5)]
        for k, c in enumerate(inputs):
            step = i if c == column else i // (1 + k) + 5 * k * i
            cells.append(values[c][step % len(values[c])])
        lines.append(",".join(repr(v) for v in cells))
    return "\n".join(lines) + "\n"


def said(law, rows, sentence):
    warnings = record(["fit", law, "-", "--quick", "--starts", "2", "--prepare", "none"],
                      stdin=rows)["warnings"]
    return {w["code"] for w in warnings if sentence in w["message"]}


def trial(case):
    """What is said of too few values, and of enough; the error when one of them cannot be fitted."""
    law, response, expected = case
    few, enough = (rows_of(law, response, expected["distinct"], expected["least"] - 1 + more)
                   for more in (0, 3))
    try:
        return tuple(said(law["id"], rows, expected["says"]) for rows in (few, enough))
    except AssertionError as failed:
        return str(failed), None


def cases():
    for path in sorted((ROOT / "laws").glob("*.yaml")):
        (law,) = record(["laws", "show", path.stem])["laws"]
        formula = law["formula"]
        response = law.get("implicit", formula.split("=")[0].strip())
        for e in law.get("expects", []):
            told = e.get("otherwise") != "refuse" and path.stem not in APART
            if e.get("distinct") in law["columns"] and "least" in e and told:
                yield law, response, e


class DistinctValues(unittest.TestCase):
    @slow
    def test_every_law(self):
        found = list(cases())
        self.assertGreater(len(found), 50)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for (law, _, e), (few, enough) in zip(found, pool.map(trial, found)):
                with self.subTest(f"{law['id']}: {e['distinct']}"):
                    self.assertEqual((few, enough), ({e["code"]}, set()))


if __name__ == "__main__":
    unittest.main()
