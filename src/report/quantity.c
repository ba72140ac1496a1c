#include "report/quantity.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char fsci_missing[] = "–";

enum { DEFAULT_DIGITS = 4, MOST_DIGITS = 7 };

static const struct {
    const char *unit, *name;
    bool counted;
} units[] = {{"param", "parameters", true}, {"token", "tokens", true}, {"FLOPs", "FLOP", false}};

static const struct {
    double factor;
    const char *suffix;
} multiples[] = {{1e12, " T"}, {1e9, " B"}, {1e6, " M"}, {1e3, " K"}};

/* How a number and those beside it are shown. */
typedef struct style {
    double factor;      /* shown = value / factor */
    const char *suffix; /* " B"; "" for none */
    bool scientific;
    double step; /* the last digit shown, in units of the value; 0 when `digits` decides */
    int digits;  /* significant digits when step is 0; trailing zeros are then dropped */
} style;

static size_t find_unit(const char *unit)
{
    size_t i = 0, n = sizeof units / sizeof *units;
    while (i < n && !(unit && !strcmp(units[i].unit, unit)))
        i++;
    return i;
}

bool fsci_unit_is_counted(const char *unit)
{
    size_t i = find_unit(unit);
    return i < sizeof units / sizeof *units && units[i].counted;
}

const char *fsci_unit_name(const char *unit)
{
    size_t i = find_unit(unit);
    return i < sizeof units / sizeof *units ? units[i].name : unit ? unit : "";
}

static int exponent(double value)
{
    return value == 0 || !isfinite(value) ? 0 : (int)floor(log10(fabs(value)));
}

static style style_for(double value, double resolution, int digits, const char *unit)
{
    bool known = isfinite(resolution) && resolution > 0;
    double size = fmax(fabs(value), known ? resolution : 0);
    style s = {.factor = 1, .suffix = "", .digits = digits};
    if (known) /* two digits of the resolution, but never more than MOST_DIGITS of the value */
        s.step = pow(10, fmax(exponent(resolution) - 1, exponent(size) - MOST_DIGITS + 1));
    if (fsci_unit_is_counted(unit) && size < 1e15) {
        for (size_t i = 0; i < sizeof multiples / sizeof *multiples; i++)
            if (size >= multiples[i].factor) {
                s.factor = multiples[i].factor;
                s.suffix = multiples[i].suffix;
                break;
            }
    } else {
        s.scientific = size >= 1e5 || (size > 0 && size < 1e-4);
    }
    return s;
}

void fsci_write_fixed(double value, int decimals, char text[FSCI_FIXED_TEXT])
{
    static const long long powers[] = {1,      10,      100,      1000,      10000,
                                       100000, 1000000, 10000000, 100000000, 1000000000};
    long long power = powers[decimals], n = llround(fabs(value) * (double)power);
    const char *sign = value < 0 && n ? "-" : "";
    if (decimals)
        snprintf(text, FSCI_FIXED_TEXT, "%s%lld.%0*lld", sign, n / power, decimals, n % power);
    else
        snprintf(text, FSCI_FIXED_TEXT, "%s%lld", sign, n);
}

static void drop_zeros(char *text)
{
    if (!strchr(text, '.'))
        return;
    size_t n = strlen(text);
    while (text[n - 1] == '0')
        n--;
    text[n - (text[n - 1] == '.')] = '\0';
}

/* `value` rounded to a multiple of `step`, a power of ten; `exact` keeps zeros at the end. */
static void write_plain(double value, double step, bool exact, char text[FSCI_FIXED_TEXT])
{
    if (step >= 1)
        fsci_write_fixed(round(value / step) * step, 0, text);
    else
        fsci_write_fixed(value, (int)fmin(9, (double)lround(-log10(step))), text);
    if (!exact)
        drop_zeros(text);
}

static void write_scientific(double value, double step, bool exact, char text[FSCI_FIXED_TEXT])
{
    int e = exponent(value);
    step = fmax(step, pow(10, e - MOST_DIGITS + 1));
    double unit = pow(10, e), shown = fmin(step / unit, 1);
    if (fabs(round(value / unit / shown)) * shown > 10 - 1e-6) /* 9.996 is shown as 10.00 */
        unit = pow(10, ++e);
    write_plain(value / unit, fmin(step / unit, 1), exact, text);
    size_t n = strlen(text);
    if (e != 0)
        snprintf(text + n, FSCI_FIXED_TEXT - n, "e%d", e);
}

static void write_styled(style s, double value, char text[FSCI_FIXED_TEXT])
{
    if (fabs(value) < DBL_MIN) /* no scale holds what is below the normal numbers */
        value = 0;
    double step = s.step > 0 ? s.step : pow(10, exponent(value) - s.digits + 1);
    if (!isfinite(value))
        snprintf(text, FSCI_FIXED_TEXT, "%s", fsci_missing);
    else if ((s.scientific && value != 0) || fabs(value / s.factor) >= 1e9)
        write_scientific(value, step, s.step > 0, text);
    else
        write_plain(value / s.factor, step / s.factor, s.step > 0, text);
}

static const char *say(fsci_arena *arena, style s, double value, const char *unit)
{
    char text[FSCI_FIXED_TEXT];
    const char *name = fsci_unit_name(unit);
    write_styled(s, value, text);
    if (!isfinite(value))
        return fsci_missing;
    return fsci_format(arena, "%s%s%s%s", text, s.suffix, *name ? " " : "", name);
}

const char *fsci_say(fsci_arena *arena, double value, double resolution)
{
    return say(arena, style_for(value, resolution, DEFAULT_DIGITS, NULL), value, NULL);
}

const char *fsci_say_digits(fsci_arena *arena, double value, int digits)
{
    return say(arena, style_for(value, NAN, digits, NULL), value, NULL);
}

const char *fsci_say_rounded(fsci_arena *arena, double value, int digits)
{
    style s = style_for(value, NAN, digits, NULL);
    s.step = pow(10, exponent(value) - digits + 1);
    return say(arena, s, value, NULL);
}

const char *fsci_say_integer(fsci_arena *arena, double value)
{
    return isfinite(value) ? fsci_format(arena, "%.0f", value) : fsci_missing;
}

const char *fsci_say_quantity(fsci_arena *arena, double value, double resolution, const char *unit)
{
    return say(arena, style_for(value, resolution, DEFAULT_DIGITS, unit), value, unit);
}

const char *fsci_say_given(fsci_arena *arena, double value, const char *unit)
{
    int digits = DEFAULT_DIGITS;
    for (int more = digits; more <= MOST_DIGITS && isfinite(value) && value != 0; more++) {
        double step = pow(10, exponent(value) - more + 1);
        if (fabs(round(value / step) * step - value) <= 1e-12 * fabs(value)) {
            digits = more;
            break;
        }
    }
    return say(arena, style_for(value, NAN, digits, unit), value, unit);
}

const char *fsci_say_amount(fsci_arena *arena, double value, double resolution, const char *unit)
{
    char text[FSCI_FIXED_TEXT];
    style s = style_for(value, resolution, DEFAULT_DIGITS, unit);
    write_styled(s, value, text);
    return isfinite(value) ? fsci_format(arena, "%s%s", text, s.suffix) : fsci_missing;
}

const char *fsci_say_range(fsci_arena *arena, double lo, double hi, double value, const char *unit)
{
    char low[FSCI_FIXED_TEXT], high[FSCI_FIXED_TEXT];
    if (!isfinite(lo) || !isfinite(hi))
        return fsci_missing;
    style s = style_for(value, fsci_resolution(NAN, NAN, lo, hi), DEFAULT_DIGITS, unit);
    write_styled(s, lo, low);
    write_styled(s, hi, high);
    return fsci_format(arena, "%s to %s%s", low, high, s.suffix);
}

const char *fsci_say_estimate(fsci_arena *arena, double value, double lo, double hi,
                              const char *unit)
{
    char low[FSCI_FIXED_TEXT], high[FSCI_FIXED_TEXT];
    double resolution = fsci_resolution(value, NAN, lo, hi);
    const char *amount = fsci_say_amount(arena, value, resolution, unit);
    if (!isfinite(lo) || !isfinite(hi))
        return amount;
    style s = style_for(value, resolution, DEFAULT_DIGITS, unit);
    write_styled(s, lo, low);
    write_styled(s, hi, high);
    return fsci_format(arena, "%s (%s–%s)", amount, low, high);
}

const char *fsci_say_extent(fsci_arena *arena, double lo, double hi, const char *unit)
{
    char low[FSCI_FIXED_TEXT];
    style s = style_for(lo, NAN, DEFAULT_DIGITS, unit);
    write_styled(s, lo, low);
    return fsci_format(arena, "%s%s to %s", low, isfinite(lo) ? s.suffix : "",
                       fsci_say_quantity(arena, hi, NAN, unit));
}

/* A ratio that two digits would show as once is none. */
static bool is_beyond(double log10_ratio)
{
    return pow(10, log10_ratio) >= 1.05;
}

const char *fsci_say_decades(fsci_arena *arena, double log10_ratio)
{
    char decades[FSCI_FIXED_TEXT];
    if (!isfinite(log10_ratio))
        return fsci_missing;
    if (!is_beyond(log10_ratio))
        return log10_ratio > 0 ? "at the edge" : "inside";
    fsci_write_fixed(log10_ratio, 2, decades);
    return fsci_format(arena, "%s decades (%s times)", decades,
                       fsci_say_digits(arena, pow(10, log10_ratio), 2));
}

const char *fsci_say_place(fsci_arena *arena, double log10_ratio)
{
    if (!isfinite(log10_ratio))
        return NULL;
    if (!is_beyond(log10_ratio))
        return log10_ratio > 0 ? "at the edge of the data" : "inside the data";
    return fsci_format(arena, "%s beyond the data", fsci_say_decades(arena, log10_ratio));
}

/* As many decimals as tell it from 0 and from 100 %, at least one. */
const char *fsci_say_percent(fsci_arena *arena, double fraction)
{
    char text[FSCI_FIXED_TEXT];
    if (!isfinite(fraction))
        return fsci_missing;
    double rest = fmin(fabs(fraction), fabs(1 - fraction));
    double needed = rest > 0 ? ceil(-log10(rest) - 1e-6) - 2 : 1;
    fsci_write_fixed(100 * fraction, (int)fmin(fmax(needed, 1), 9), text);
    drop_zeros(text);
    return fsci_format(arena, "%s %%", text);
}

double fsci_resolution(double value, double se, double lo, double hi)
{
    double quarter = fabs(hi - lo) / 4; /* of a 95 % interval, about a standard error */
    double known = fmin(se > 0 ? se : NAN, quarter > 0 ? quarter : NAN);
    return value != 0 ? fmin(known, isnan(known) ? NAN : 10 * fabs(value)) : known;
}
