# Precedence, logic, missing values, text, parameters by level.

-x^2
x = 3
-9

(-x)^2
x = 3
9

2^3^2
-
512

2^-1^2
-
0.5

N^-alpha*2
N = 4; alpha ~ 0.5
1

-2^-2
-
-0.25

2*-3
-
-6

8/4/2
-
1

8-4-2
-
2

+x--y
x = 1; y = 2
3

1.5e3 + .5 + 2.
-
1502.5

6·N×D − 1
N = 2; D = 3
35

`FLOPs (1E21)` <= 84
FLOPs (1E21) = 83, 85, NA
1, 0, NA

größe + 1
größe = 2
3

x == 3 and y < 2 or z
x = 3, 3, 1; y = 1, 5, 1; z = 0, 1, 0
1, 1, 0

not x == 3
x = 3, 4
0, 1

not x and y
x = 0, 1; y = 1, 1
1, 0

x ≤ 2 and x ≠ 1
x = 0, 1, 2, 3
1, 0, 1, 0

# Three-valued logic: the tables of Kleene (1952, section 64).

x and y
x = 1, 1, 1, 0, 0, 0, NA, NA, NA; y = 1, 0, NA, 1, 0, NA, 1, 0, NA
1, 0, NA, 0, 0, 0, NA, 0, NA

x or y
x = 1, 1, 1, 0, 0, 0, NA, NA, NA; y = 1, 0, NA, 1, 0, NA, 1, 0, NA
1, 1, 1, 1, 0, NA, 1, NA, NA

not x
x = 1, 0, NA
0, 1, NA

true and not false
-
1

x != 2
x = 1, 2, NA
1, 0, NA

x + 0*y
x = 1, NA; y = NA, 2
NA

x^0
x = 5, -3, 0, NA
1, 1, 1, NA

where(x, 1, y)
x = 1, 0, NA; y = NA, NA, 3
1, NA, NA

C > 1e19 and family != "GPT-2"
C = 1e20, 1e20, 1e18, NA, NA; family = GPT-2, Llama, Llama, GPT-2, NA
0, 1, 0, 0, NA

family == 'Llama' or family == "GPT-2"
family = GPT-2, Pythia, NA
1, 0, NA

'Mistral' == family
family = Llama, NA
0, NA

`model family` == "it's"
model family = it's, its
1, 0

a[family] * x
x = 1, 2, 3, 4; family = one, two, one, NA; a[family] ~ 10, 100
10, 200, 30, NA

E[`model family`] + x^2
x = 1, 2; model family = one, two; E[model family] ~ 0.5, 0.25
1.5, 4.25

# A domain is checked only where the value is asked for.

where(x > 0, log(x), 0)
x = 1, -1, 0
0, 0, 0

x > 0 and log(x) > 1
x = 10, 1, -1
1, 0, 0

x <= 0 or 1/x > 3
x = 0, 0.25, 1
1, 1, 0

where(true, x, log(-1))
x = 7
7

log(x)
x = NA, 1
NA, 0

# Powers.

x^2 + x^3 + x^-1 + x^0.5
x = 4
82.25

x^3
x = -2
-8

x^-3
x = -2
-0.125

x^65 + x^66
x = -1
0

x^a
x = 0, 1, 4; a ~ 0.5
0, 1, 2

(a - x)^p
x = 3, 1; a ~ 2; p ~ 2
NA, 1

2^x
x = -1, 10
0.5, 1024

r^t
t = 0, 1, 2; r ~ 0.5
1, 0.5, 0.25

r^t
t = 0, 1, 2; r ~ 0
1, 0, 0

# A derived name, and columns named like functions.

exp + max
exp = 1; max = 2
3

# Sums over a set: each name that ends in the index stands for one member after the other.

sum_j(x_j)
x_j = 1, 2 | 3, 4 | 5, NA
9, NA

sum_j(t_j*x_j) + x
x_j = 1, 2 | 3, 4; t_j ~ 10 | 100; x = 0.5, 0.5
310.5, 420.5

sum_k(fall_k*(1 - (1 + C*rate_k^-gamma*lag_k)^-beta))
fall_k = 1 | 2; rate_k = 4 | 1; lag_k = 2 | 0; C ~ 1; gamma ~ 0.5; beta ~ 2
0.75

sum_i(x_i*sum_j(y_j + x_i))
x_i = 1 | 2; y_j = 10 | 20 | 30
195

2*sum_j(x_j)^2
x_j = 3
18

# Sums over numbers, and the number of the term.

sum_j(4, j*x^j)
x = 2, 0.5, NA
98, 1.625, NA

sum_j(j*x_j)
x_j = 1, 2 | 3, 4
7, 10

sum_i(x_i*sum_j(3, i*y^j))
x_i = 1 | 10; y = 2
294

sum_j(3, `j`*j)
j = 5
30

exp(sum_j(t_j*r_j))
r_j = 0, 1 | 0, 0; t_j ~ 0.5 | 3
1, 1.6487212707001281
