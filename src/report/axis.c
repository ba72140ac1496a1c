#include "report/axis.h"

#include "report/quantity.h"

#include <math.h>
#include <string.h>

enum { MOST_TICKS = 128, WANTED_TICKS = 6 };

static double scaled(const fsci_axis *axis, double value)
{
    return !axis->log ? value : value > 0 ? log10(value) : NAN;
}

fsci_axis fsci_axis_read(const fsci_json *json)
{
    const char *scale = fsci_json_get_string(json, "scale");
    fsci_axis axis = {.label = fsci_json_get_string(json, "label"),
                      .unit = fsci_json_get_string(json, "unit"),
                      .categories = fsci_json_get(json, "categories"),
                      .log = scale && !strcmp(scale, "log"),
                      .lo = NAN,
                      .hi = NAN};
    fsci_axis_cover(&axis, fsci_json_get_number(json, "min"));
    axis.fixed_lo = isfinite(axis.lo);
    fsci_axis_cover(&axis, fsci_json_get_number(json, "max"));
    axis.fixed_hi = isfinite(fsci_json_get_number(json, "max"));
    if (axis.categories) {
        axis.lo = 0.4;
        axis.hi = (double)fsci_json_count(axis.categories) + 0.6;
        axis.fixed_lo = axis.fixed_hi = true;
    }
    return axis;
}

void fsci_axis_cover(fsci_axis *axis, double value)
{
    double at = scaled(axis, value);
    if (!isfinite(at))
        return;
    if (!axis->fixed_lo && !(at >= axis->lo))
        axis->lo = at;
    if (!axis->fixed_hi && !(at <= axis->hi))
        axis->hi = at;
}

void fsci_axis_settle(fsci_axis *axis)
{
    if (!isfinite(axis->lo) || !isfinite(axis->hi)) {
        axis->lo = 0;
        axis->hi = 1;
    }
    if (!axis->log && axis->lo >= 0 && axis->lo < 0.2 * axis->hi && !axis->fixed_lo) {
        axis->lo = 0;
        axis->fixed_lo = true;
    }
    double air = 0.04 * (axis->hi - axis->lo);
    if (!(air > 0))
        air = axis->log ? 0.5 : fmax(fabs(axis->lo), 1) / 2;
    axis->lo -= axis->fixed_lo ? 0 : air;
    axis->hi += axis->fixed_hi && axis->hi > axis->lo ? 0 : air;
}

double fsci_axis_place(const fsci_axis *axis, double value)
{
    double fraction = (scaled(axis, value) - axis->lo) / (axis->hi - axis->lo);
    return axis->from + fraction * (axis->to - axis->from);
}

double fsci_axis_value(const fsci_axis *axis, double fraction)
{
    double at = axis->lo + fraction * (axis->hi - axis->lo);
    return axis->log ? pow(10, at) : at;
}

/* ---- ticks ------------------------------------------------------------------------------- */

typedef struct tick_list {
    fsci_arena *arena;
    const fsci_axis *axis;
    fsci_tick *ticks;
    size_t n;
} tick_list;

static void add(tick_list *list, double value, const char *text)
{
    const fsci_axis *axis = list->axis;
    double at = scaled(axis, value), slack = 1e-9 * (axis->hi - axis->lo);
    if (list->n < MOST_TICKS && at >= axis->lo - slack && at <= axis->hi + slack)
        list->ticks[list->n++] = (fsci_tick){fsci_axis_place(axis, value), text};
}

/* The step 1, 2 or 5 times a power of ten that gives about WANTED_TICKS. */
static double nice_step(double range)
{
    double rough = range / WANTED_TICKS, power = pow(10, floor(log10(rough)));
    double lead = rough / power;
    return power * (lead <= 1.5 ? 1 : lead <= 3.5 ? 2 : lead <= 7.5 ? 5 : 10);
}

static void linear_ticks(tick_list *list)
{
    const fsci_axis *axis = list->axis;
    double step = nice_step(axis->hi - axis->lo);
    double first = ceil(axis->lo / step - 1e-9), last = floor(axis->hi / step + 1e-9);
    for (double i = first; i <= last && i < first + MOST_TICKS; i++)
        add(list, i * step, fsci_say_amount(list->arena, i * step, step * 10, axis->unit));
}

/* "10²²", "2·10²²": powers above the numbers people read digit by digit. */
static const char *power_text(fsci_arena *arena, int lead, int exponent)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    const char *power = "";
    int size = exponent < 0 ? -exponent : exponent;
    for (int unit = size >= 100 ? 100 : size >= 10 ? 10 : 1; power && unit; unit /= 10)
        power = fsci_format(arena, "%s%s", power, digits[size / unit % 10]);
    if (!power)
        return NULL;
    return lead == 1 ? fsci_format(arena, "10%s%s", exponent < 0 ? "⁻" : "", power)
                     : fsci_format(arena, "%d·10%s%s", lead, exponent < 0 ? "⁻" : "", power);
}

static const char *log_text(const tick_list *list, int lead, int exponent)
{
    double value = lead * pow(10, exponent);
    if (exponent >= -3 && (exponent < 5 || fsci_unit_is_counted(list->axis->unit)))
        return fsci_say_amount(list->arena, value, NAN, list->axis->unit);
    return power_text(list->arena, lead, exponent);
}

static void log_ticks(tick_list *list)
{
    double lo = list->axis->lo, hi = list->axis->hi, decades = hi - lo;
    int stride = 1 + (int)(decades / 8);
    for (int e = (int)floor(lo); e <= (int)ceil(hi) && list->n < MOST_TICKS; e++)
        for (int lead = 1; lead <= 9; lead++) {
            bool named = lead == 1 ? e % stride == 0
                                   : decades < 0.8 || (decades < 2 && (lead == 2 || lead == 5));
            if (named || (decades < 5 && lead > 1))
                add(list, lead * pow(10, e), named ? log_text(list, lead, e) : NULL);
        }
}

static void category_ticks(tick_list *list)
{
    double at = 1;
    FSCI_JSON_EACH (name, list->axis->categories)
        add(list, at++, name->string ? name->string : "");
}

size_t fsci_axis_ticks(fsci_arena *arena, const fsci_axis *axis, fsci_tick **ticks)
{
    tick_list list = {.arena = arena, .axis = axis};
    list.ticks = *ticks = FSCI_NEW(arena, fsci_tick, MOST_TICKS);
    if (!list.ticks)
        return 0;
    if (axis->categories)
        category_ticks(&list);
    else if (axis->log)
        log_ticks(&list);
    else
        linear_ticks(&list);
    return list.n;
}
