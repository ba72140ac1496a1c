# What must fail, and how: the column the caret points at, then the sentence; `row` for a value of
# the table outside its domain.

1 +
-
! 4 a number, a name or a '(' is missing: found the end of the formula

(1 + 2
-
! 7 the closing ')' is missing: found the end of the formula

1 + 2)
-
! 6 this ')' closes nothing

3 4
-
! 3 an operator is missing before '4'

N D
-
! 3 an operator is missing before 'D'

* 3
-
! 1 a number, a name or a '(' is missing: found '*'

lgo(N)
-
! 1 unknown function 'lgo'; did you mean 'log'?

ln(N)
-
! 1 unknown function 'ln'; did you mean 'log'?

alpha(N - 1)
-
! 1 unknown function 'alpha'; for a product write alpha*(...); `forescale expr` lists the functions

1 + log()
-
! 5 log takes 1 argument, log(x); found 0

pow(N)
-
! 1 pow takes 2 arguments, pow(x, p); found 1

max(N)
-
! 1 max takes at least 2 arguments, max(a, b, ...); found 1

clamp(N, 1)
-
! 1 clamp takes 3 arguments, clamp(x, lo, hi); found 2

log(N, )
-
! 8 an argument after the ',' is missing: found ')'

log(N D)
-
! 7 a ',' or the closing ')' is missing: found 'D'

where(N = 3, 1, 2)
-
! 9 '=' makes an equation and stands once, outside all parentheses; to compare, write ==

y = a = b
-
! 7 a second '='; a formula has at most one, to compare write ==

N**2
-
! 2 '**' is not used here: a power is written ^, as in N^-alpha

1 < N < 3
-
! 7 comparisons do not chain; write a < b and b < c

a && b
-
! 3 '&&' is not used here: write `and`

a || b
-
! 3 '||' is not used here: write `or`

!a
-
! 1 '!' is not used here: write `not`, or != for 'not equal'

a <> b
-
! 3 '<>' is not used here: write != for 'not equal'

N % 2
-
! 3 '%' is not used here: there is no remainder or percent; write the number as a fraction

a not b
-
! 3 `not` stands before what it denies: not (a == b)

N $ 2
-
! 3 '$' is no part of a formula

N @ 2
-
! 3 '@' is no part of a formula

C > 7B
-
! 5 '7B': formulas take plain numbers; write the size as a power, as in 7e9

2N + 1
-
! 1 '2N' is a number run into a name; write 2*N for a product

. + 1
-
! 1 '.' is no number here

1 + 'abc
-
! 5 this ' is never closed

`N + 1
-
! 1 this ` is never closed

`` + 1
-
! 1 a column name is missing between the backticks

a[3]
-
! 3 the column that indexes the parameter, as in a[family], is missing: found '3'

a[family + 1
-
! 10 the closing ']' is missing: found '+'

E + alhpa*N
N = 1; E ~ 1; alpha ~ 2
! 5 unknown name 'alhpa'; did you mean 'alpha'?

N + compute
N = 1; D = 2
! 5 unknown name 'compute'; known are N, D

x
-
! 1 unknown name 'x'; nothing is named here

'abc' + 1
-
! 1 the text 'abc' stands where a number is needed; text is only compared with a column of text

N == 'abc'
N = 1
! 6 N holds numbers; compare it with a number, not with text

2*family
family = GPT, Llama
! 3 family holds text, not numbers; compare it, as in family == 'GPT', or index a parameter with it, as in a[family]

family == 3
family = GPT, Llama
! 1 family holds text; compare it with a text, as in family == 'abc'

family < 'Llama'
family = GPT, Llama
! 1 text has no order; compare it with == or !=

a[N]
N = 1; a[family] ~ 1
! 3 N does not hold text, so it has no levels to index a by

a[family]
family = GPT; a ~ 1
! 1 a has one value for all rows; write it without [family]

a + 1
family = GPT; a[family] ~ 1
! 1 a has one value per level of family; write a[family]

a[kind]
family = GPT; kind = x; a[family] ~ 1
! 3 a has one value per level of family, not of kind

# Domains.

log(N)
N = 1, NA, -3, -4
! row 2 log(N) needs N > 0, found -3

A*log(N - D)
N = 3, 2; D = 1, 2; A ~ 1
! row 1 log(N - D) needs N - D > 0, found 0

log(N) + log(D)
N = 1, 1, -1; D = 1, -2, 1
! row 1 log(D) needs D > 0, found -2

A*N^-alpha
N = 1, -3; A ~ 1; alpha ~ 1
! row 1 N^-alpha needs N >= 0, found -3

A*N^-alpha
N = 1, 0; A ~ 1; alpha ~ 1
! row 1 N^-alpha needs N > 0, found 0

N^0.3
N = -1
! row 0 N^0.3 needs N >= 0, found -1

sqrt(N)
N = 4, -1
! row 1 sqrt(N) needs N >= 0, found -1

a/(N - 1)
N = 1; a ~ 1
! row 0 a/(N - 1) needs N - 1 other than 0, found 0

1/N
N = 2, 0
! row 1 1/N needs N other than 0, found 0

logit(p)
p = 0.5, 1
! row 1 logit(p) needs p between 0 and 1, found 1

log1p(x)
x = -1
! row 0 log1p(x) needs x > -1, found -1

lbeta(a, k)
k = 3, 0; a ~ 1
! row 1 lbeta(a, k) needs k > 0, found 0

where(x > 1, log(x - 2), 0)
x = 1, 1.5
! row 1 log(x - 2) needs x - 2 > 0, found -0.5

2*log(1 - 3)
-
! 3 log(-2): -2 is not > 0

# Sums over a set.

sum_j(2*N)
N = 1
! 1 nothing here changes from term to term: what does ends in _j, as in sum_j(t_j*x_j)

sum_j(x_j, 2)
x_j = 1 | 2
! 7 a sum takes one expression, as in sum_j(t_j*x_j), or first the number of its terms, 1 to 1000, as in sum_j(8, x^j)

sum_j(2.5, x^j)
x = 2
! 7 a sum takes one expression, as in sum_j(t_j*x_j), or first the number of its terms, 1 to 1000, as in sum_j(8, x^j)

sum_j(3, x)
x = 2
! 1 nothing here changes from term to term: what does ends in _j, as in sum_j(t_j*x_j), or is j itself

sum_j(3, j*x_j)
x_j = 1 | 2
! 12 x_j has 2 members, others of sum_j have 3

sum_a(1000, sum_b(1000, a*b*x))
x = 2
! 13 the sums of this formula make more than 131072 terms

j*sum_j(3, x^j)
x = 2
! 1 unknown name 'j'; known are x

sum_j(x_j*sum_j(x_j))
x_j = 1 | 2
! 1 sum_j stands inside sum_j; give it another index

sum_j(t_j*x_j)
x_j = 1 | 2; t_j ~ 1 | 2 | 3
! 11 x_j has 2 members, others of sum_j have 3

1 + x_j
x_j = 1 | 2
! 5 x_j is a set of 2 columns; it stands inside a sum over them

sum_j(log(x_j))
x_j = 1, 2 | 3, -4
! row 1 log(`x_j[2]`) needs `x_j[2]` > 0, found -4

sum_j(t_j*w_j)
t_j ~ 1 | 2
! 11 unknown name 'w_j'; did you mean 't_j'?

sum(x_j)
x_j = 1 | 2
! 1 unknown function 'sum'; for a product write sum*(...); `forescale expr` lists the functions
