#if defined(__x86_64__)
#include <immintrin.h>

#define LANES            4
#define NAME             avx
#define PASSED           __m256d
#define SLEEF(name, ulp) Sleef_cinz_##name##d4_##ulp##avx

#include "expr/kernels.inc"
#endif
