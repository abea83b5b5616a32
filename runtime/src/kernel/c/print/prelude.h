#include <stdint.h>

#define NEST static __attribute__((noinline))
#define UNLIKELY(c) __builtin_expect(!!(c), 0)
/* The iterations of the next loop are independent: that was proven. */
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

struct task;
struct context {
    int64_t (*launch)(const struct task *);
    uint64_t (*call)(uint64_t code, uint64_t a, uint64_t b, uint64_t *failed);
    void (*matmul)(uint8_t *dst, const uint8_t *left, const uint8_t *right, int64_t m, int64_t n, int64_t k,
                   int64_t row, int64_t left_row, int64_t left_column, int64_t right_row, int64_t right_column, int64_t size);
    const uint64_t *functions;
};
struct task {
    int64_t (*body)(const uint64_t *, uint8_t *const *, const struct context *, int64_t, int64_t, uint64_t *,
                    uint64_t *);
    const uint64_t *frame;
    uint8_t *const *slots;
    const struct context *context;
    int64_t trips;
    uint64_t cost;
    uint64_t folds;
    const uint64_t *combines;
    uint64_t *totals;
    uint64_t *trap;
};
struct cascade64 {
    uint64_t count;
    double partial[56];
};
struct cascade32 {
    uint64_t count;
    float partial[56];
};

/* Compilers know these as one instruction; the distance is taken modulo the width. */
static inline uint32_t rotl32(uint64_t x, uint64_t n) {
    const uint32_t low = (uint32_t)x;
    return low << (n & 31) | low >> (-n & 31);
}
static inline uint64_t rotl64(uint64_t x, uint64_t n) {
    return x << (n & 63) | x >> (-n & 63);
}
static inline int64_t clz64(uint64_t x) {
    return x ? __builtin_clzll(x) : 64;
}
static inline int64_t ctz64(uint64_t x) {
    return x ? __builtin_ctzll(x) : 64;
}

static inline uint64_t bits64(double x) {
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline uint64_t bits32(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline double from_bits64(uint64_t bits) {
    double x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
static inline float from_bits32(uint64_t bits) {
    const uint32_t low = (uint32_t)bits;
    float x;
    __builtin_memcpy(&x, &low, sizeof x);
    return x;
}
/* The lanes of a block, by halves. */
#define JOIN(name, type, lanes, op)                                                                            \
    static inline type name(const type *a) {                                                                   \
        type l[lanes];                                                                                         \
        for (int k = 0; k < lanes; k++) l[k] = a[k];                                                           \
        for (int half = lanes / 2; half > 0; half /= 2)                                                        \
            for (int k = 0; k < half; k++) l[k] = l[k] op l[k + half];                                         \
        return l[0];                                                                                           \
    }
JOIN(add_lanes64, double, 8, +)
JOIN(mul_lanes64, double, 8, *)
JOIN(add_lanes32, float, 16, +)
JOIN(mul_lanes32, float, 16, *)
/* A NaN loses, of equal zeros the first one stays. */
static inline double min64(double a, double b) { return a != a ? b : b < a ? b : a; }
static inline double max64(double a, double b) { return a != a ? b : b > a ? b : a; }
static inline float min32(float a, float b) { return a != a ? b : b < a ? b : a; }
static inline float max32(float a, float b) { return a != a ? b : b > a ? b : a; }
/* Two at a time. */
typedef double pair_f64 __attribute__((vector_size(16)));
static inline pair_f64 sqrt_pair(double a, double b) {
#if defined(__SSE2__)
    return (pair_f64)__builtin_ia32_sqrtpd((pair_f64){a, b});
#else
    return (pair_f64){__builtin_sqrt(a), __builtin_sqrt(b)};
#endif
}
/* Iterations side by side: a bool is a mask. */
typedef double lanes_f64 __attribute__((vector_size(64)));
typedef int64_t lanes_i64 __attribute__((vector_size(64)));
typedef uint64_t lanes_u64 __attribute__((vector_size(64)));
static inline lanes_f64 splat_f64(double x) { return (lanes_f64){x, x, x, x, x, x, x, x}; }
static inline lanes_i64 splat_i64(int64_t x) { return (lanes_i64){x, x, x, x, x, x, x, x}; }
#define LANE_NUMBERS ((lanes_i64){0, 1, 2, 3, 4, 5, 6, 7})
static inline lanes_f64 load_f64(const double *p) {
    lanes_f64 x;
    __builtin_memcpy(&x, p, sizeof x);
    return x;
}
static inline lanes_i64 load_i64(const int64_t *p) {
    lanes_i64 x;
    __builtin_memcpy(&x, p, sizeof x);
    return x;
}
/* From an element back. */
#if defined(__clang__)
#define REVERSED(x) __builtin_shufflevector(x, x, 7, 6, 5, 4, 3, 2, 1, 0)
#else
#define REVERSED(x) __builtin_shuffle(x, (lanes_i64){7, 6, 5, 4, 3, 2, 1, 0})
#endif
static inline lanes_f64 load_back_f64(const double *p) { return REVERSED(load_f64(p - 7)); }
static inline lanes_i64 load_back_i64(const int64_t *p) { return REVERSED(load_i64(p - 7)); }
static inline lanes_i64 choose_i64(lanes_i64 mask, lanes_i64 a, lanes_i64 b) { return (mask & a) | (~mask & b); }
static inline lanes_f64 choose_f64(lanes_i64 mask, lanes_f64 a, lanes_f64 b) {
    return (lanes_f64)choose_i64(mask, (lanes_i64)a, (lanes_i64)b);
}
static inline lanes_f64 lanes_min(lanes_f64 a, lanes_f64 b) {
    return choose_f64((lanes_i64)(a != a) | (lanes_i64)(b < a), b, a);
}
static inline lanes_f64 lanes_max(lanes_f64 a, lanes_f64 b) {
    return choose_f64((lanes_i64)(a != a) | (lanes_i64)(b > a), b, a);
}
/* The sign of a lane counts. */
static inline _Bool any_lane(lanes_i64 mask) {
#if defined(__AVX512DQ__) && defined(__GNUC__) && !defined(__clang__)
    typedef long long word __attribute__((vector_size(64)));
    return __builtin_ia32_cvtq2mask512((word)mask) != 0;
#else
    uint64_t any = 0;
    for (int l = 0; l < 8; l++) any |= (uint64_t)mask[l];
    return any >> 63 != 0;
#endif
}
/* Conversions saturate, NaN becomes 0. Fractions are taken care of apart: GCC before 14 makes one rounding of
   (double)(int64_t)x, and -0.5 would come out as -0.0. */
#define FRACTION(x) (!((x) <= -1.0 || (x) >= 1.0))
static inline int32_t to_i32(double x) {
    return FRACTION(x) ? 0 : x <= -2147483648.0 ? INT32_MIN : x >= 2147483647.0 ? INT32_MAX : (int32_t)x;
}
static inline uint32_t to_u32(double x) {
    return x >= 4294967295.0 ? UINT32_MAX : x > 0.0 ? (uint32_t)x : 0;
}
static inline int64_t to_i64(double x) {
    return FRACTION(x) ? 0 : x < -9223372036854775808.0 ? INT64_MIN : x >= 9223372036854775808.0 ? INT64_MAX : (int64_t)x;
}
static inline uint64_t to_u64(double x) {
    return x >= 18446744073709551616.0 ? UINT64_MAX : x > 0.0 ? (uint64_t)x : 0;
}
static inline int64_t rem_euclid(int64_t a, int64_t b) {
    const int64_t r = a % b;
    return r >= 0 ? r : b < 0 ? r - b : r + b;
}
static inline int64_t div_euclid(int64_t a, int64_t b) {
    const int64_t q = a / b;
    return a % b >= 0 ? q : b > 0 ? q - 1 : q + 1;
}
/* Some index of a loop is outside of its type. */
static inline _Bool loop_leaves(__int128 start, __int128 count, __int128 step, __int128 lo, __int128 hi) {
    const __int128 last = start + (count - 1) * step;
    return count > 0 && (last < lo || last > hi);
}
static __attribute__((noinline, cold)) int64_t fail(uint64_t *trap, int64_t code, uint64_t a, uint64_t b,
                                                    uint64_t c) {
    trap[0] = a;
    trap[1] = b;
    trap[2] = c;
    return code;
}
