#include "observe/note.h"

#include <stdarg.h>
#include <stdio.h>

void fsci_note(fsci_notes *notes, const char *code, const char *format, ...)
{
    char message[768];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    fsci_json *list = (fsci_json *)fsci_json_get(notes->record, "warnings");
    if (!list)
        list = fsci_json_set_array(notes->arena, notes->record, "warnings");
    fsci_json *note = fsci_json_push(list, fsci_json_object(notes->arena));
    fsci_json_set_string(notes->arena, note, "code", code);
    fsci_json_set_string(notes->arena, note, "message", message);
}
