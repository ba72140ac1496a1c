#if defined(__x86_64__)
#include <immintrin.h>

#define LANES            2
#define NAME             sse2
#define PASSED           __m128d
#define SLEEF(name, ulp) Sleef_cinz_##name##d2_##ulp##sse2

#include "expr/kernels.inc"
#endif
