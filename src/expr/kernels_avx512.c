#if defined(__x86_64__)
#include <immintrin.h>

#define LANES            8
#define NAME             avx512
#define PASSED           __m512d
#define SLEEF(name, ulp) Sleef_cinz_##name##d8_##ulp##avx512fnofma

#include "expr/kernels.inc"
#endif
