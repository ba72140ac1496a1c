/* report: a record (record/json.h) made readable: terminal text, SVG figures, one HTML page, CSV.
 *
 * Every view is made from the record alone and says nothing the record does not say. Which views a
 * kind of record has is one row of the table in report.c. The same record gives the same bytes.
 *
 *   Errors.  FSC_EINPUT when the record has no `kind` or one that has no view, FSC_EUSAGE for a
 *            figure it does not have, FSC_ENOMEM. On failure `out` may hold a part of the view.
 *   Owns.    Records are borrowed; text is added to `out`, which is the caller's. */
#ifndef FSCI_REPORT_REPORT_H
#define FSCI_REPORT_REPORT_H

#include "record/json.h"

typedef struct fsci_text_options {
    int width;    /* display columns; 0 is 80, at least 40 */
    bool color;   /* ANSI attributes; never the only carrier of a meaning */
    bool unicode; /* false: ASCII only */
} fsci_text_options;

/* options NULL: 80 columns, no colour, Unicode. */
fsc_status fsci_report_text(const fsci_json *record, const fsci_text_options *options,
                            fsci_buffer *out, fsc_error *err);

/* One self-contained page (no scripts, no network, light and dark, printable) with the records one
 * after the other and each record embedded as JSON. */
fsc_status fsci_report_html(const fsci_json *const *records, size_t n_records, fsci_buffer *out,
                            fsc_error *err);

/* The figure named `id`; NULL is the first. The schema of figures is in README.md. */
fsc_status fsci_report_svg(const fsci_json *record, const char *id, fsci_buffer *out,
                           fsc_error *err);

/* The main table of the record, RFC 4180 (CRLF, numbers in shortest round-trip form). */
fsc_status fsci_report_csv(const fsci_json *record, fsci_buffer *out, fsc_error *err);

/* The checklist of a fit as a table of Markdown or LaTeX. FSC_EUSAGE when it has none. */
fsc_status fsci_report_checklist(const fsci_json *record, bool as_latex, fsci_buffer *out,
                                 fsc_error *err);

#endif
