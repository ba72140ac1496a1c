# Sums of powers whose logarithm is an ordinary number though the powers themselves are not, and
# other places where the plain way loses digits. Computed with mpmath 1.3.

log(E + A*N^-alpha + B*D^-beta)
N = 4e8, 7e10; D = 8e9, 1.4e12; E ~ 1.8172; A ~ 477.8; B ~ 2143; alpha ~ 0.3473; beta ~ 0.3672
1.0310326450005612459, 0.67970418657454330162

log(A*N^-alpha + B*D^-beta)
N = 1e10; D = 1e12; A ~ 3; B ~ 5; alpha ~ 40; beta ~ 33
-910.2141989150079185

log(E + A*N^-alpha + B*D^-beta)
N = 1e10; D = 1e12; E ~ 2; A ~ 3; B ~ 5; alpha ~ -40; beta ~ -33
922.13281613906570409

log10(A*N^-alpha + B*D^-beta)
N = 1e10; D = 1e12; A ~ 3; B ~ 5; alpha ~ 40; beta ~ 33
-395.3010039387767658

log(A*N^-alpha - B*D^-beta)
N = 1e10; D = 1e12; A ~ 3; B ~ 5; alpha ~ 33; beta ~ 40
-758.75446839936696603

log(A*N^-alpha - B*D^-beta)
N = 1e10; D = 1e12; A ~ 3; B ~ 5; alpha ~ 40; beta ~ 33
NA

(A*N^-alpha + B*D^-beta)^gamma
N = 1e10; D = 1e12; A ~ 3; B ~ 5; alpha ~ 40; beta ~ 33; gamma ~ 0.01
1.1142687752501510453e-4

log(exp(a - alpha*log(N)) + exp(e))
N = 1e10, NA; a ~ 6; alpha ~ 400; e ~ -800
-800.0, NA

exp(x)*exp(-x)
x = 1000
1

log(sigmoid(x))
x = -1000, 3
-1000, -0.048587351573742058759

1 - sigmoid(x)
x = 40
4.2483542552915889773e-18

log(1 + exp(x))
x = -50, 1000, 2
1.9287498479639177829e-22, 1000, 2.1269280110429724964

log1p(exp(a*x))
x = 1e4; a ~ 2
20000

(1 + (N/d)^(1/f))^-(c*f)
N = 3e9; d ~ 7e8; f ~ 0.3; c ~ 0.2
0.74712342927385735081

(N/d)^c
N = 3e9, 2; d ~ -7e8; c ~ 0.5
NA, NA

