/* The record of a study: several records side by side, published numbers beside ours. */
#include "report/fields.h"
#include "report/kinds.h"

void fsci_study_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *study = fsci_json_get(record, "study");
    fsci_view_add(view, FSCI_TITLE, words(study, "id"), words(study, "title"));
}
