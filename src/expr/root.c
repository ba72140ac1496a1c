#include "expr/root.h"

#include "expr/tree.h"

#include <float.h>
#include <math.h>

/* Steps outwards grow by a half, from a thirty-second of where the unknown has been seen. */
static const double growth = 1.5, first_share = 1.0 / 32;
enum { MAX_STEPS = 400, MAX_BISECTIONS = 1100, MAX_REFINEMENTS = 200 };

typedef struct search {
    const fsci_root *root;
    void *scratch;
    double *theta;
    size_t row;
} search;

static double value_at(const search *s, double y)
{
    double f;
    s->theta[s->root->unknown] = y;
    fsci_program_values(s->root->program, s->scratch, s->theta, s->row, s->row + 1, &f, 1);
    return f;
}

typedef struct point {
    double y, f;
} point;

/* One end of the search as it goes outwards. */
typedef struct front {
    point last;
    double step; /* signed */
    bool ended;
} front;

static bool crosses(point a, point b)
{
    return (a.f <= 0 && b.f >= 0) || (a.f >= 0 && b.f <= 0);
}

/* From the front to `outside`, where there is no value, by halves: a pole or a zero may lie at the
 * edge itself. */
static bool feel_for_edge(const search *s, front *f, double outside, point *found)
{
    for (int i = 0; i < MAX_BISECTIONS; i++) {
        double middle = f->last.y + 0.5 * (outside - f->last.y);
        point p = {middle, value_at(s, middle)};
        if (middle == f->last.y || middle == outside)
            return false;
        if (isnan(p.f)) {
            outside = middle;
        } else if (crosses(f->last, p)) {
            *found = p;
            return true;
        } else {
            f->last = p;
        }
    }
    return false;
}

/* One step outwards; true when the sign changed on it, between f->last and *found. */
static bool advance(const search *s, front *f, point *found)
{
    double y = f->last.y + f->step;
    point p = {y, value_at(s, y)};
    f->step *= growth;
    if (isnan(p.f)) {
        f->ended = true;
        return feel_for_edge(s, f, y, found);
    }
    if (crosses(f->last, p)) {
        *found = p;
        return true;
    }
    f->ended = isinf(y);
    f->last = p;
    return false;
}

/* A value near the middle of the range at which the expression has one: the middle, or one of ever
 * finer divisions of the range to either side. */
static point first_point(const search *s, double middle, double width)
{
    for (int parts = 1; parts <= 64; parts *= 2)
        for (int k = 0; k <= parts; k++) {
            double away = width * ((double)k / parts - 0.5);
            point p = {middle + away, value_at(s, middle + away)};
            if (!isnan(p.f))
                return p;
        }
    return (point){NAN, NAN};
}

/* Between two points of opposite sign: regula falsi with the Illinois weights, halved where that
 * does not shrink the bracket fast. */
static double refine(const search *s, point a, point b)
{
    double fa = a.f, fb = b.f;
    int side = 0;
    for (int i = 0; i < MAX_REFINEMENTS && a.f != 0 && b.f != 0; i++) {
        double y = isfinite(fa) && isfinite(fb) && i % 4 != 3 ? b.y - fb * (b.y - a.y) / (fb - fa)
                                                              : 0.5 * (a.y + b.y);
        if (!((y > a.y) == (y < b.y)) || y == a.y || y == b.y)
            y = 0.5 * (a.y + b.y);
        if (y == a.y || y == b.y || fabs(b.y - a.y) <= 2 * DBL_EPSILON * fabs(y))
            break;
        point p = {y, value_at(s, y)};
        if (isnan(p.f))
            return NAN;
        if (crosses(a, p)) {
            b = p, fb = p.f;
            fa = side == 1 ? fa / 2 : a.f;
            side = 1;
        } else {
            a = p, fa = p.f;
            fb = side == -1 ? fb / 2 : b.f;
            side = -1;
        }
    }
    return fabs(a.f) < fabs(b.f) ? a.y : b.y;
}

static double find(const search *s)
{
    const fsci_root *r = s->root;
    double middle = r->lo > 0 ? sqrt(r->lo) * sqrt(r->hi) : 0.5 * (r->lo + r->hi);
    double width = r->hi > r->lo ? r->hi - r->lo : fmax(fabs(middle), 1);
    point start = first_point(s, middle, width), found;
    if (isnan(start.f))
        return NAN;
    front up = {start, first_share * width, false}, down = {start, -first_share * width, false};
    for (int i = 0; i < MAX_STEPS && !(up.ended && down.ended); i++) {
        front *f = i % 2 ? &down : &up;
        if (!f->ended && advance(s, f, &found))
            return refine(s, f->last, found);
    }
    return NAN;
}

void fsci_root_unknown(const char *name, bool log, size_t unknown, fsci_symbol symbols[2])
{
    static const fsci_node exponent = {.kind = FSCI_NODE_NAME, .name = "\tlog", .height = 1};
    static const fsci_node *const arguments[] = {&exponent};
    static const fsci_node power = {
        .kind = FSCI_NODE_APPLY, .op = FSCI_OP_EXP, .args = arguments, .n_args = 1, .height = 2};
    symbols[0] = (fsci_symbol){
        .name = log ? exponent.name : name, .kind = FSCI_SYMBOL_PARAMETER, .first = unknown};
    symbols[1] =
        log ? (fsci_symbol){.name = name, .kind = FSCI_SYMBOL_FORMULA, .definition = &power}
            : symbols[0];
}

double fsci_root_find(const fsci_root *root, void *scratch, double *theta, size_t row,
                      double *by_theta, size_t n_parameters)
{
    const search s = {root, scratch, theta, row};
    double y = find(&s), f;
    if (root->within && !(y >= root->lo && y <= root->hi))
        y = NAN;
    theta[root->unknown] = y;
    if (!by_theta)
        return y;
    fsci_program_jacobian(root->program, scratch, theta, row, row + 1, &f, by_theta, 1);
    double slope = by_theta[root->unknown];
    by_theta[root->unknown] = 0;
    for (size_t j = 0; j < n_parameters; j++)
        by_theta[j] = isnan(y) ? NAN : -by_theta[j] / slope;
    by_theta[root->unknown] = 0;
    return y;
}
