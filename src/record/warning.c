#include "record/warning.h"

#include <stdarg.h>
#include <stdio.h>

void fsci_record_warn(fsci_arena *arena, fsci_json *record, const char *code, const char *format,
                      ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fsci_json *list = (fsci_json *)fsci_json_get(record, "warnings");
    if (!list)
        list = fsci_json_set_array(arena, record, "warnings");
    fsci_json *item = fsci_json_push(list, fsci_json_object(arena));
    fsci_json_set_string(arena, item, "code", code);
    fsci_json_set_string(arena, item, "message", message);
}
