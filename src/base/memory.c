#include "base/memory.h"

#include <stdio.h>
#include <unistd.h>

double fsci_memory_available(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    char line[128];
    double kilobytes = -1;
    while (file && kilobytes < 0 && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %lf kB", &kilobytes) != 1)
            kilobytes = -1;
    if (file)
        fclose(file);
    if (kilobytes >= 0)
        return 1024 * kilobytes;
    return (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}
