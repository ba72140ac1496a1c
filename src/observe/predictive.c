#include "observe/predictive.h"

#include "num/distribution.h"
#include "num/quadrature.h"

#include <math.h>

/* z1 beyond this has no weight worth counting. */
static const double EDGE = 7.5;
/* Panels meet at these z1, which a normal density asks for, and where m is so many deviations of
 * the noise from y: there the integrand falls from one to nothing. */
static const double FIXED[] = {-2.5, 0, 2.5}, MOVING[] = {-7, -2.3, 2.3, 7};
enum { N_FIXED = 3, N_MOVING = 4, PANELS = N_FIXED + N_MOVING + 1, PANEL = 10, MOST_STEPS = 60 };

typedef struct rule {
    double x[PANEL], w[PANEL];
} rule;

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

static void insert(double *edge, size_t n, double z)
{
    z = fmin(fmax(z, -EDGE), EDGE);
    for (; n > 0 && edge[n - 1] > z; n--)
        edge[n] = edge[n - 1];
    edge[n] = z;
}

static void place_panels(const fsci_logit_normal *law, double y, double *edge)
{
    double root = sqrt(law->variance), inside = fmin(fmax(y, 0), 1);
    double deviation = sqrt(fsci_logit_noise_variance(&law->noise, inside));
    size_t n = 0;
    insert(edge, n++, -EDGE);
    insert(edge, n++, EDGE);
    for (int k = 0; k < N_FIXED; k++)
        insert(edge, n++, FIXED[k]);
    for (int k = 0; k < N_MOVING; k++) {
        double m = y + MOVING[k] * deviation;
        insert(edge, n++, m <= 0 ? -EDGE : m >= 1 ? EDGE : (log(m / (1 - m)) - law->centre) / root);
    }
}

/* P(Y <= y), and the density there. */
static double probability(const fsci_logit_normal *law, const rule *r, double y, double *density)
{
    double edge[PANELS + 1], sum = 0, root = sqrt(law->variance);
    *density = 0;
    place_panels(law, y, edge);
    for (int k = 0; k < PANELS; k++) {
        double half = (edge[k + 1] - edge[k]) / 2, middle = (edge[k + 1] + edge[k]) / 2;
        for (int i = 0; half > 0 && i < PANEL; i++) {
            double z = middle + half * r->x[i], weight = half * r->w[i] * fsci_normal_density(z);
            double m = sigmoid(law->centre + root * z);
            double sd = sqrt(fsci_logit_noise_variance(&law->noise, m)), u = (y - m) / sd;
            sum += weight * fsci_normal_cdf(u);
            *density += weight * fsci_normal_density(u) / sd;
        }
    }
    return sum;
}

double fsci_logit_normal_cdf(const fsci_logit_normal *law, double x)
{
    rule r = {{0}, {0}};
    double density;
    fsci_gauss_legendre(PANEL, r.x, r.w);
    return probability(law, &r, x, &density);
}

/* Where Newton begins: the noise as if it were a part of the log-odds. */
static double first_guess(const fsci_logit_normal *law, double level)
{
    double m = sigmoid(law->centre), spread = fmax(m * (1 - m), 1e-3);
    double noise = fsci_logit_noise_variance(&law->noise, m) / (spread * spread);
    double root = sqrt(law->variance + fmin(noise, 1));
    return sigmoid(law->centre + root * fsci_normal_quantile(level));
}

static double solve(const fsci_logit_normal *law, const rule *r, double level, double from)
{
    double lo = from, hi = 1.5, y = fmin(fmax(first_guess(law, level), lo), hi), density;
    for (int k = 0; k < MOST_STEPS; k++) {
        double excess = probability(law, r, y, &density) - level;
        if (excess > 0)
            hi = y;
        else
            lo = y;
        double next = y - excess / density;
        if (!(next > lo && next < hi))
            next = (lo + hi) / 2;
        double step = fabs(next - y);
        y = next;
        if (step < 1e-5) /* the error left is of the order of its square */
            break;
    }
    return y;
}

void fsci_logit_normal_quantiles(const fsci_logit_normal *law, size_t n, const double *levels,
                                 double *quantile)
{
    rule r = {{0}, {0}};
    double from = -1.5;
    fsci_gauss_legendre(PANEL, r.x, r.w);
    for (size_t i = 0; i < n; i++) {
        from = solve(law, &r, levels[i], from);
        quantile[i] = fmin(fmax(from, law->lowest), 1);
    }
}
