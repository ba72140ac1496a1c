#include "opt/model.h"

#include "opt/dense.h"
#include "opt/rows.h"

#include <math.h>
#include <string.h>
#include <stdlib.h>

static int max_steps(void){ static int k=0; if(!k) k=getenv("MS")?atoi(getenv("MS")):8; return k;}
static double eta(void){ static double k=0; if(!k) k=getenv("ETA")?atof(getenv("ETA")):.1; return k;}
static int maj(void){ static int k=-1; if(k<0) k=getenv("MAJ")?atoi(getenv("MAJ")):1; return k;}
static double lst(void){ static double k=-1; if(k<0) k=getenv("LST")?atof(getenv("LST")):.1; return k;}
long st_inner, st_ls, st_solve;

/* Holds what sits on a bound and is pushed outward, by the slope or by the step itself. */
static void direction(fsci_model *m)
{
    const size_t p = m->p;
    for (size_t j = 0; j < p; j++)
        m->held[j] = m->below[j] >= m->above[j] || (m->s[j] <= m->below[j] && m->g[j] >= 0) ||
                     (m->s[j] >= m->above[j] && m->g[j] <= 0);
    for (bool again = true; again;) {
        again = false;
        fsci_cholesky(p, m->H, m->held, m->L);
        fsci_cholesky_solve(p, m->L, m->g, m->d);
        for (size_t j = 0; j < p; j++)
            if (!m->held[j] && ((m->s[j] <= m->below[j] && m->d[j] < 0) ||
                                (m->s[j] >= m->above[j] && m->d[j] > 0)))
                m->held[j] = again = true;
    }
}

static double longest(const fsci_model *m)
{
    double t = INFINITY;
    for (size_t j = 0; j < m->p; j++) {
        if (m->d[j] < 0)
            t = fmin(t, (m->below[j] - m->s[j]) / m->d[j]);
        else if (m->d[j] > 0)
            t = fmin(t, (m->above[j] - m->s[j]) / m->d[j]);
    }
    return t;
}

/* Root of the increasing, piecewise linear slope along d, within a tenth of its value at 0. */
static double line_search(const fsci_model *m, double slope0, double limit)
{
    double sd = 0, dd = 0, lo = 0, hi = limit, t = fmin(1, limit);
    for (size_t j = 0; j < m->p; j++) {
        sd += m->scale[j] * m->s[j] * m->d[j];
        dd += m->scale[j] * m->d[j] * m->d[j];
    }
    for (int k = 0; k < 20; k++) {
        double first, second;
        fsci_rows_along(m->n, m->w, m->z, m->y, t, m->delta, &first, &second);
        st_ls++;
        first += m->lambda * (sd + t * dd);
        second += m->lambda * dd;
        if (fabs(first) <= lst() * fabs(slope0) || (first < 0 && t >= limit))
            break;
        if (first < 0)
            lo = t;
        else
            hi = t;
        t = t - first / second;
        if (!(t > lo && t < hi))
            t = hi < INFINITY ? 0.5 * (lo + hi) : 4 * lo;
    }
    return t;
}

double fsci_model_minimise(fsci_model *m)
{
    const size_t n = m->n, p = m->p;
    memset(m->s, 0, p * sizeof *m->s);
    memcpy(m->z, m->r, n * sizeof *m->z);
    double gained = 0;
    st_solve++;
    for (m->steps = 0; m->steps < max_steps(); m->steps++) {
        if (m->steps == 0 && maj()) {
            memcpy(m->g, m->g0, p * sizeof *m->g);
            memcpy(m->H, m->H0, p * p * sizeof *m->H);
        } else {
            fsci_rows_score(n, m->w, m->z, m->delta, m->slope, m->curvature);
            fsci_rows_gradient(n, p, m->J, m->stride, m->slope, m->g);
            fsci_rows_gram(n, p, m->J, m->stride, m->curvature, m->rows, m->H);
        }
        st_inner++;
        for (size_t j = 0; j < p; j++) {
            m->g[j] += m->lambda * m->scale[j] * m->s[j];
            m->H[j * p + j] += m->lambda * m->scale[j];
        }
        direction(m);
        double slope0 = fsci_rows_dot(p, m->g, m->d);
        m->decrement = -slope0;
        if (!(slope0 < 0) || (m->steps > 0 && -slope0 <= eta() * gained))
            break;
        fsci_rows_image(n, p, m->J, m->stride, m->d, m->y);
        double limit = longest(m), t = line_search(m, slope0, limit);
        for (size_t j = 0; j < p; j++)
            m->s[j] = fmin(fmax(m->s[j] + t * m->d[j], m->below[j]), m->above[j]);
        fsci_rows_move(n, t, m->y, m->z);
        gained -= 0.5 * t * slope0;
        if (m->delta == INFINITY && t < limit)
            { m->steps++; m->decrement = 0; break; }
    }
    return fsci_rows_decrease(n, m->w, m->r, m->z, m->delta);
}
