#define LANES            1
#define NAME             scalar
#define PASSED           double
#define SLEEF(name, ulp) Sleef_cinz_##name##d1_##ulp##purec

#include "expr/kernels.inc"
