#include "base/embedded.h"

#include <string.h>

const fsci_embedded *fsci_embedded_find(const fsci_embedded *files, const char *name)
{
    for (; files->name; files++)
        if (!strcmp(files->name, name))
            return files;
    return NULL;
}
