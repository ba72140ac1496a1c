"""What laws expect of a table: a fit that meets it and one that does not, for every row of `expects`."""

from support import IS_QUICK, record, run

REFUSED = "refused"


def fit(law, options, rows):
    return run(["fit", law, "-", "--quick", "--starts", "6", "--json", *options], stdin=rows)


class Expected:
    """To be mixed into a TestCase with CASES: (law, options, sound rows, spoiled rows, code, part of
    the sentence); the code REFUSED where the spoiled rows are no warning but an error."""

    def said(self, law, options, rows, sentence):
        """Codes under which the sentence was said."""
        warnings = record(["fit", law, "-", "--quick", "--starts", "6", *options],
                          stdin=rows)["warnings"]
        return {w["code"] for w in warnings if sentence in w["message"]}

    def test_each_law(self):
        for law, options, sound, spoiled, code, sentence in self.CASES[::8 if IS_QUICK else 1]:
            with self.subTest(f"{law}: {sentence}"):
                self.assertEqual(self.said(law, options, sound, sentence), set())
                if code is REFUSED:
                    status, _, err = fit(law, options, spoiled)
                    self.assertEqual(status, 3)
                    self.assertIn(sentence, err)
                else:
                    self.assertEqual(self.said(law, options, spoiled, sentence), {code})
