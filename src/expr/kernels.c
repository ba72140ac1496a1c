#include "expr/kernels.h"

size_t fsci_kernels_list(const fsci_kernels *list[4])
{
    size_t n = 0;
    list[n++] = &fsci_kernels_scalar;
#if defined(__x86_64__)
    list[n++] = &fsci_kernels_sse2;
    if (__builtin_cpu_supports("avx"))
        list[n++] = &fsci_kernels_avx;
    if (__builtin_cpu_supports("avx512f"))
        list[n++] = &fsci_kernels_avx512;
#endif
    return n;
}

const fsci_kernels *fsci_kernels_best(void)
{
    const fsci_kernels *list[4] = {NULL};
    return list[fsci_kernels_list(list) - 1];
}
