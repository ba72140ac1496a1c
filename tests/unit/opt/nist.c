/* The NIST Statistical Reference Datasets for nonlinear regression (lower, average and higher level
 * of difficulty), each from both of its published starts, with exact derivatives.
 * https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml */
#include "opt/least_squares.h"
#include "unit.h"

#include <float.h>

/* The model at x, and its derivatives by b. */
typedef double nist_model(const double *b, double x, double *d);

static double misra1a(const double *b, double x, double *d)
{
    const double e = exp(-b[1] * x);
    d[0] = 1 - e, d[1] = b[0] * x * e;
    return b[0] * (1 - e);
}

static double lanczos(const double *b, double x, double *d)
{
    double sum = 0;
    for (int k = 0; k < 6; k += 2) {
        d[k] = exp(-b[k + 1] * x), d[k + 1] = -x * b[k] * d[k];
        sum += b[k] * d[k];
    }
    return sum;
}

static double mgh17(const double *b, double x, double *d)
{
    d[0] = 1, d[1] = exp(-x * b[3]), d[2] = exp(-x * b[4]);
    d[3] = -x * b[1] * d[1], d[4] = -x * b[2] * d[2];
    return b[0] + b[1] * d[1] + b[2] * d[2];
}

static double roszman1(const double *b, double x, double *d)
{
    const double pi = acos(-1), u = x - b[3], v = u * u + b[2] * b[2];
    d[0] = 1, d[1] = -x, d[2] = -u / v / pi, d[3] = -b[2] / v / pi;
    return b[0] - b[1] * x - atan(b[2] / u) / pi;
}

static double rat42(const double *b, double x, double *d)
{
    const double e = exp(b[1] - b[2] * x), s = 1 + e;
    d[0] = 1 / s, d[1] = -b[0] * e / (s * s), d[2] = -x * d[1];
    return b[0] / s;
}

static double rat43(const double *b, double x, double *d)
{
    const double e = exp(b[1] - b[2] * x), s = 1 + e, power = pow(s, -1 / b[3]);
    d[0] = power, d[1] = -b[0] * power * e / (s * b[3]), d[2] = -x * d[1];
    d[3] = b[0] * power * log(s) / (b[3] * b[3]);
    return b[0] * power;
}

static double mgh09(const double *b, double x, double *d)
{
    const double top = x * x + x * b[1], bottom = x * x + x * b[2] + b[3];
    d[0] = top / bottom, d[1] = b[0] * x / bottom;
    d[3] = -b[0] * top / (bottom * bottom), d[2] = x * d[3];
    return b[0] * top / bottom;
}

static double thurber(const double *b, double x, double *d)
{
    const double top = b[0] + x * (b[1] + x * (b[2] + x * b[3]));
    const double bottom = 1 + x * (b[4] + x * (b[5] + x * b[6]));
    d[0] = 1 / bottom, d[1] = x * d[0], d[2] = x * d[1], d[3] = x * d[2];
    d[4] = -top * d[1] / bottom, d[5] = x * d[4], d[6] = x * d[5];
    return top / bottom;
}

static double mgh10(const double *b, double x, double *d)
{
    const double u = x + b[2], e = exp(b[1] / u);
    d[0] = e, d[1] = b[0] * e / u, d[2] = -d[1] * b[1] / u;
    return b[0] * e;
}

static double eckerle4(const double *b, double x, double *d)
{
    const double u = (x - b[2]) / b[1], e = exp(-0.5 * u * u) / b[1];
    d[0] = e, d[1] = b[0] * e * (u * u - 1) / b[1], d[2] = b[0] * e * u / b[1];
    return b[0] * e;
}

static double bennett5(const double *b, double x, double *d)
{
    const double u = b[1] + x, power = pow(u, -1 / b[2]);
    d[0] = power, d[1] = -b[0] * power / (b[2] * u), d[2] = b[0] * power * log(u) / (b[2] * b[2]);
    return b[0] * power;
}

static const double misra1a_x[] = {77.6,  114.9, 141.1, 190.8, 239.9, 289.0, 332.8,
                                   378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0};
static const double misra1a_y[] = {10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02,
                                   44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78};

static const double lanczos1_x[] = {0.00, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35,
                                    0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70, 0.75,
                                    0.80, 0.85, 0.90, 0.95, 1.00, 1.05, 1.10, 1.15};
static const double lanczos1_y[] = {
    2.513400000000,     2.044333373291,     1.668404436564,     1.366418021208,
    1.123232487372,     9.268897180037e-01, 7.679338563728e-01, 6.388775523106e-01,
    5.337835317402e-01, 4.479363617347e-01, 3.775847884350e-01, 3.197393199326e-01,
    2.720130773746e-01, 2.324965529032e-01, 1.996589546065e-01, 1.722704126914e-01,
    1.493405660168e-01, 1.300700206922e-01, 1.138119324644e-01, 1.000415587559e-01,
    8.833209084540e-02, 7.833544019350e-02, 6.976693743449e-02, 6.239312536719e-02};

static const double mgh17_x[] = {0,   10,  20,  30,  40,  50,  60,  70,  80,  90,  100,
                                 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210,
                                 220, 230, 240, 250, 260, 270, 280, 290, 300, 310, 320};
static const double mgh17_y[] = {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818,
                                 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558,
                                 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438,
                                 0.431, 0.424, 0.420, 0.414, 0.411, 0.406};

static const double roszman1_x[] = {
    -4868.68, -4868.09, -4867.41, -3375.19, -3373.14, -3372.03, -2473.74, -2472.35, -2469.45,
    -1894.65, -1893.40, -1497.24, -1495.85, -1493.41, -1208.68, -1206.18, -1206.04, -997.92,
    -996.61,  -996.31,  -834.94,  -834.66,  -710.03,  -530.16,  -464.17};
static const double roszman1_y[] = {
    0.252429, 0.252141, 0.251809, 0.297989, 0.296257, 0.295319, 0.339603, 0.337731, 0.333820,
    0.389510, 0.386998, 0.438864, 0.434887, 0.427893, 0.471568, 0.461699, 0.461144, 0.513532,
    0.506641, 0.505062, 0.535648, 0.533726, 0.568064, 0.612886, 0.624169};

static const double rat42_x[] = {9, 14, 21, 28, 42, 57, 63, 70, 79};
static const double rat42_y[] = {8.930,  10.800, 18.590, 22.330, 39.350,
                                 56.110, 61.730, 64.620, 67.080};

static const double rat43_x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const double rat43_y[] = {16.08,  33.83,  65.80,  97.20,  191.55, 326.20, 386.87, 520.53,
                                 590.03, 651.92, 724.93, 699.56, 689.96, 637.56, 717.41};

static const double mgh09_x[] = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
static const double mgh09_y[] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                                 0.0456, 0.0342, 0.0323, 0.0235, 0.0246};

static const double thurber_x[] = {-3.067, -2.981, -2.921, -2.912, -2.840, -2.797, -2.702, -2.699,
                                   -2.633, -2.481, -2.363, -2.322, -1.501, -1.460, -1.274, -1.212,
                                   -1.100, -1.046, -0.915, -0.714, -0.566, -0.545, -0.400, -0.309,
                                   -0.109, -0.103, 0.010,  0.119,  0.377,  0.790,  0.963,  1.006,
                                   1.115,  1.572,  1.841,  2.047,  2.200};
static const double thurber_y[] = {
    80.574,   84.248,   87.264,   87.195,   89.076,   89.608,   89.868,   90.101,
    92.405,   95.854,   100.696,  101.060,  401.672,  390.724,  567.534,  635.316,
    733.054,  759.087,  894.206,  990.785,  1090.109, 1080.914, 1122.643, 1178.351,
    1260.531, 1273.514, 1288.339, 1327.543, 1353.863, 1414.509, 1425.208, 1421.384,
    1442.962, 1464.350, 1468.705, 1447.894, 1457.628};

static const double boxbod_x[] = {1, 2, 3, 5, 7, 10};
static const double boxbod_y[] = {109, 149, 149, 191, 213, 224};

static const double mgh10_x[] = {50, 55, 60,  65,  70,  75,  80,  85,
                                 90, 95, 100, 105, 110, 115, 120, 125};
static const double mgh10_y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                                 8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};

static const double eckerle4_x[] = {400,   405,   410,   415,   420,   425,   430,   435,   436.5,
                                    438,   439.5, 441,   442.5, 444,   445.5, 447,   448.5, 450,
                                    451.5, 453,   454.5, 456,   457.5, 459,   460.5, 462,   463.5,
                                    465,   470,   475,   480,   485,   490,   495,   500};
static const double eckerle4_y[] = {
    0.0001575, 0.0001699, 0.0002350, 0.0003102, 0.0004917, 0.0008710, 0.0017418,
    0.0046400, 0.0065895, 0.0097302, 0.0149002, 0.0237310, 0.0401683, 0.0712559,
    0.1264458, 0.2073413, 0.2902366, 0.3445623, 0.3698049, 0.3668534, 0.3106727,
    0.2078154, 0.1164354, 0.0616764, 0.0337200, 0.0194023, 0.0117831, 0.0074357,
    0.0022732, 0.0008800, 0.0004579, 0.0002345, 0.0001586, 0.0001143, 0.0000710};

static const double bennett5_x[] = {
    7.447168,  8.102586,  8.452547,  8.711278,  8.916774,  9.087155,  9.232590,  9.359535,
    9.472166,  9.573384,  9.665293,  9.749461,  9.827092,  9.899128,  9.966321,  10.029280,
    10.088510, 10.144430, 10.197380, 10.247670, 10.295560, 10.341250, 10.384950, 10.426820,
    10.467000, 10.505640, 10.542830, 10.578690, 10.613310, 10.646780, 10.679150, 10.710520,
    10.740920, 10.770440, 10.799100, 10.826970, 10.854080, 10.880470, 10.906190, 10.931260,
    10.955720, 10.979590, 11.002910, 11.025700, 11.047980, 11.069770, 11.091100, 11.111980,
    11.132440, 11.152480, 11.172130, 11.191410, 11.210310, 11.228870, 11.247090, 11.264980,
    11.282560, 11.299840, 11.316820, 11.333520, 11.349940, 11.366100, 11.382000, 11.397660,
    11.413070, 11.428240, 11.443200, 11.457930, 11.472440, 11.486750, 11.500860, 11.514770,
    11.528490, 11.542020, 11.555380, 11.568550, 11.581560, 11.594420, 11.607121, 11.619640,
    11.632000, 11.644210, 11.656280, 11.668200, 11.679980, 11.691620, 11.703130, 11.714510,
    11.725760, 11.736880, 11.747890, 11.758780, 11.769550, 11.780200, 11.790730, 11.801160,
    11.811480, 11.821700, 11.831810, 11.841820, 11.851730, 11.861550, 11.871270, 11.880890,
    11.890420, 11.899870, 11.909220, 11.918490, 11.927680, 11.936780, 11.945790, 11.954730,
    11.963590, 11.972370, 11.981070, 11.989700, 11.998260, 12.006740, 12.015150, 12.023490,
    12.031760, 12.039970, 12.048100, 12.056170, 12.064180, 12.072120, 12.080010, 12.087820,
    12.095580, 12.103280, 12.110920, 12.118500, 12.126030, 12.133500, 12.140910, 12.148270,
    12.155570, 12.162830, 12.170030, 12.177170, 12.184270, 12.191320, 12.198320, 12.205270,
    12.212170, 12.219030, 12.225840, 12.232600, 12.239320, 12.245990, 12.252620, 12.259200,
    12.265750, 12.272240};
static const double bennett5_y[] = {
    -34.834702, -34.393200, -34.152901, -33.979099, -33.845901, -33.732899, -33.640301, -33.559200,
    -33.486801, -33.423100, -33.365101, -33.313000, -33.260899, -33.217400, -33.176899, -33.139198,
    -33.101601, -33.066799, -33.035000, -33.003101, -32.971298, -32.942299, -32.916302, -32.890202,
    -32.864101, -32.841000, -32.817799, -32.797501, -32.774300, -32.757000, -32.733799, -32.716400,
    -32.699100, -32.678799, -32.661400, -32.644001, -32.626701, -32.612202, -32.597698, -32.583199,
    -32.568699, -32.554298, -32.539799, -32.525299, -32.510799, -32.499199, -32.487598, -32.473202,
    -32.461601, -32.435501, -32.435501, -32.426800, -32.412300, -32.400799, -32.392101, -32.380501,
    -32.366001, -32.357300, -32.348598, -32.339901, -32.328400, -32.319698, -32.311001, -32.299400,
    -32.290699, -32.282001, -32.273300, -32.264599, -32.256001, -32.247299, -32.238602, -32.229900,
    -32.224098, -32.215401, -32.203800, -32.198002, -32.189400, -32.183601, -32.174900, -32.169102,
    -32.163300, -32.154598, -32.145901, -32.140099, -32.131401, -32.125599, -32.119801, -32.111198,
    -32.105400, -32.096699, -32.090900, -32.088001, -32.079300, -32.073502, -32.067699, -32.061901,
    -32.056099, -32.050301, -32.044498, -32.038799, -32.033001, -32.027199, -32.024300, -32.018501,
    -32.012699, -32.004002, -32.001099, -31.995300, -31.989500, -31.983700, -31.977900, -31.972099,
    -31.969299, -31.963501, -31.957701, -31.951900, -31.946100, -31.940300, -31.937401, -31.931601,
    -31.925800, -31.922899, -31.917101, -31.911301, -31.908400, -31.902599, -31.896900, -31.893999,
    -31.888201, -31.885300, -31.882401, -31.876600, -31.873699, -31.867901, -31.862101, -31.859200,
    -31.856300, -31.850500, -31.844700, -31.841801, -31.838900, -31.833099, -31.830200, -31.827299,
    -31.821600, -31.818701, -31.812901, -31.809999, -31.807100, -31.801300, -31.798401, -31.795500,
    -31.789700, -31.786800};

typedef struct nist_problem {
    const char *name;
    nist_model *model;
    size_t n, p;
    const double *x, *y;
    double start[2][7], certified[7], sum_of_squares;
} nist_problem;

#define DATA(name) sizeof name##_x / sizeof *name##_x
#define XY(name)   name##_x, name##_y

static const nist_problem problems[] = {
    {"Misra1a",
     misra1a,
     DATA(misra1a),
     2,
     XY(misra1a),
     {{500, 0.0001}, {250, 0.0005}},
     {2.3894212918E+02, 5.5015643181E-04},
     1.2455138894E-01},
    {"Lanczos1",
     lanczos,
     DATA(lanczos1),
     6,
     XY(lanczos1),
     {{1.2, 0.3, 5.6, 5.5, 6.5, 7.6}, {0.5, 0.7, 3.6, 4.2, 4, 6.3}},
     {9.5100000027E-02, 1.0000000001E+00, 8.6070000013E-01, 3.0000000002E+00, 1.5575999998E+00,
      5.0000000001E+00},
     1.4307867721E-25},
    {"MGH17",
     mgh17,
     DATA(mgh17),
     5,
     XY(mgh17),
     {{50, 150, -100, 1, 2}, {0.5, 1.5, -1, 0.01, 0.02}},
     {3.7541005211E-01, 1.9358469127E+00, -1.4646871366E+00, 1.2867534640E-02, 2.2122699662E-02},
     5.4648946975E-05},
    {"Roszman1",
     roszman1,
     DATA(roszman1),
     4,
     XY(roszman1),
     {{0.1, -0.00001, 1000, -100}, {0.2, -0.000005, 1200, -150}},
     {2.0196866396E-01, -6.1953516256E-06, 1.2044556708E+03, -1.8134269537E+02},
     4.9484847331E-04},
    {"Rat42",
     rat42,
     DATA(rat42),
     3,
     XY(rat42),
     {{100, 1, 0.1}, {75, 2.5, 0.07}},
     {7.2462237576E+01, 2.6180768402E+00, 6.7359200066E-02},
     8.0565229338E+00},
    {"Rat43",
     rat43,
     DATA(rat43),
     4,
     XY(rat43),
     {{100, 10, 1, 1}, {700, 5, 0.75, 1.3}},
     {6.9964151270E+02, 5.2771253025E+00, 7.5962938329E-01, 1.2792483859E+00},
     8.7864049080E+03},
    {"MGH09",
     mgh09,
     DATA(mgh09),
     4,
     XY(mgh09),
     {{25, 39, 41.5, 39}, {0.25, 0.39, 0.415, 0.39}},
     {1.9280693458E-01, 1.9128232873E-01, 1.2305650693E-01, 1.3606233068E-01},
     3.0750560385E-04},
    {"Thurber",
     thurber,
     DATA(thurber),
     7,
     XY(thurber),
     {{1000, 1000, 400, 40, 0.7, 0.3, 0.03}, {1300, 1500, 500, 75, 1, 0.4, 0.05}},
     {1.2881396800E+03, 1.4910792535E+03, 5.8323836877E+02, 7.5416644291E+01, 9.6629502864E-01,
      3.9797285797E-01, 4.9727297349E-02},
     5.6427082397E+03},
    {"BoxBOD",
     misra1a,
     DATA(boxbod),
     2,
     XY(boxbod),
     {{1, 1}, {100, 0.75}},
     {2.1380940889E+02, 5.4723748542E-01},
     1.1680088766E+03},
    {"MGH10",
     mgh10,
     DATA(mgh10),
     3,
     XY(mgh10),
     {{2, 400000, 25000}, {0.02, 4000, 250}},
     {5.6096364710E-03, 6.1813463463E+03, 3.4522363462E+02},
     8.7945855171E+01},
    {"Eckerle4",
     eckerle4,
     DATA(eckerle4),
     3,
     XY(eckerle4),
     {{1, 10, 500}, {1.5, 5, 450}},
     {1.5543827178E+00, 4.0888321754E+00, 4.5154121844E+02},
     1.4635887487E-03},
    {"Bennett5",
     bennett5,
     DATA(bennett5),
     3,
     XY(bennett5),
     {{-2000, 50, 0.8}, {-1500, 45, 0.85}},
     {-2.5235058043E+03, 4.6736564644E+01, 9.3218483193E-01},
     5.2404744073E-04},
};
enum { N_PROBLEMS = sizeof problems / sizeof *problems };

static bool residual(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const nist_problem *q = context;
    for (size_t i = 0; i < q->n; i++) {
        double d[7];
        r[i] = q->model(theta, q->x[i], d) - q->y[i];
        if (!isfinite(r[i]))
            return false;
        for (size_t j = 0; J && j < q->p; j++)
            J[j * stride + i] = d[j];
    }
    return true;
}

/* The tables above are what NIST certifies: the sum of squares at the certified parameters. */
static void tables_reproduce_the_certified_sums(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_PROBLEMS; k++) {
        const nist_problem *q = &problems[k];
        double r[200], sum = 0;
        assert_true(residual((void *)q, q->certified, r, NULL, 0));
        for (size_t i = 0; i < q->n; i++)
            sum += r[i] * r[i];
        if (q->sum_of_squares > 1e-20) /* Lanczos1 is an exact fit at the digits certified */
            assert_rel(sum, q->sum_of_squares, 1e-9);
        else
            assert_true(sum < 1e-19);
    }
}

static fsci_ls_result solve(const nist_problem *q, fsci_residual_fn *f, double *theta)
{
    const fsci_ls_problem problem = {.n = q->n, .p = q->p, .residual = f, .context = (void *)q};
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(q->n, q->p);
    assert_non_null(workspace);
    const fsci_ls_result result = fsci_ls_solve(&problem, NULL, workspace, theta);
    fsci_ls_workspace_free(workspace);
    return result;
}

static void check_answer(const nist_problem *q, fsci_ls_result result, const double *theta)
{
    for (size_t j = 0; j < q->p; j++)
        assert_rel(theta[j], q->certified[j], 2e-7);
    if (q->sum_of_squares > 1e-20) {
        assert_rel(result.value, q->sum_of_squares, 1e-10);
        assert_int_equal(result.stop, FSCI_STOP_CONVERGED);
    } else {
        assert_true(result.value < 1.001 * q->sum_of_squares);
    }
}

static void reaches_the_certified_values_from_both_starts(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_PROBLEMS; k++)
        for (int start = 0; start < 2; start++) {
            const nist_problem *q = &problems[k];
            if (q->model == mgh10 && start == 0)
                continue; /* the next test */
            double theta[7];
            memcpy(theta, q->start[start], sizeof theta);
            check_answer(q, solve(q, residual, theta), theta);
        }
}

/* MGH10 with the logarithm of its scale as parameter, as a caller should have it. */
static bool log_residual(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const double b[] = {exp(theta[0]), theta[1], theta[2]};
    if (!residual(context, b, r, J, stride))
        return false;
    for (size_t i = 0; J && i < ((const nist_problem *)context)->n; i++)
        J[i] *= b[0];
    return true;
}

static void mgh10_is_easy_in_the_logarithm_of_its_scale(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_PROBLEMS; k++)
        for (int start = 0; problems[k].model == mgh10 && start < 2; start++) {
            const nist_problem *q = &problems[k];
            double theta[] = {log(q->start[start][0]), q->start[start][1], q->start[start][2]};
            const fsci_ls_result result = solve(q, log_residual, theta);
            assert_true(result.iterations < 150);
            theta[0] = exp(theta[0]);
            check_answer(q, result, theta);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_reproduce_the_certified_sums),
        cmocka_unit_test(reaches_the_certified_values_from_both_starts),
        cmocka_unit_test(mgh10_is_easy_in_the_logarithm_of_its_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
