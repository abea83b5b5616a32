#if defined(NARROW) && defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("prefer-vector-width=256")
#endif
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

/* The elements before the one that begins a cache line, where vectors are as long as lines. */
#if defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__) && !defined(NARROW)
#define UNROLLED _Pragma("GCC unroll 4")
static inline int64_t to_line(const void *element, int64_t size) {
    return (int64_t)(-(uintptr_t)element & 63) / size;
}
#else
#define UNROLLED
static inline int64_t to_line(const void *element, int64_t size) {
    return 0;
}
#endif

/* In a loop with s = s + a[2 * i + 1] + a[2 * i] GCC (12 at least) adds other elements: it makes vectors of the terms and
   forgets their order. With one of these at its end a loop is none that it makes vectors of: where `x` is the sum, and
   where an element of an array is. What begins with the second one is not made part of the condition before it. */
#if defined(__clang__) || !defined(__GNUC__)
#define ORDERED(x) ((void)0)
#define IN_ORDER ((void)0)
#define ALONE(x) ((void)0)
#else
#if defined(__x86_64__)
#define ORDERED(x) __asm__("" : "+x"(x))
#elif defined(__aarch64__)
#define ORDERED(x) __asm__("" : "+w"(x))
#else
#define ORDERED(x) __asm__("" : "+m"(x))
#endif
#define IN_ORDER __asm__("")
/* An integer that the compiler does not make part of what it is used in. */
#define ALONE(x) __asm__("" : "+r"(x))
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
/* `c ? a : b` without a jump, which GCC would make of it. */
static inline int64_t choose(_Bool c, int64_t a, int64_t b) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    __asm__("testb\t%1, %1\n\tcmovneq\t%2, %0" : "+r"(b) : "q"(c), "rm"(a) : "cc");
    return b;
#else
    return c ? a : b;
#endif
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
/* `x / c` with `high + low` for `1 / c`: the same bits, and no division. Where a product could underflow (the exponent of
   the number, which is not zero, is below -800) it is a division after all. */
static inline double quotient(double x, double c, double high, double low) {
#if defined(__FMA__) || defined(__aarch64__)
    if (UNLIKELY((bits64(x) << 1) - 1 < (1023ull - 800) << 53)) return x / c;
    return __builtin_fma(x, high, x * low);
#else
    (void)high, (void)low;
    return x / c;
#endif
}
/* Two at a time. */
typedef double pair_f64 __attribute__((vector_size(16)));
static inline pair_f64 sqrt_pair(double a, double b) {
#if defined(__SSE2__)
    return (pair_f64)__builtin_ia32_sqrtpd((pair_f64){a, b});
#else
    return (pair_f64){__builtin_sqrt(a), __builtin_sqrt(b)};
#endif
}
/* Iterations side by side: a bool is a mask. Eight lanes are one vector of 512 bits or several shorter ones; GCC takes
   comparisons of vectors that are too long for the machine apart into single elements. */
#if defined(__AVX512F__)
#define PARTS 1
#define EACH(f, ...) f(0, __VA_ARGS__)
#elif defined(__AVX2__)
#define PARTS 2
#define EACH(f, ...) f(0, __VA_ARGS__), f(1, __VA_ARGS__)
#else
#define PARTS 4
#define EACH(f, ...) f(0, __VA_ARGS__), f(1, __VA_ARGS__), f(2, __VA_ARGS__), f(3, __VA_ARGS__)
#endif
#define WIDTH (8 / PARTS)
typedef double part_f64 __attribute__((vector_size(8 * WIDTH)));
typedef int64_t part_i64 __attribute__((vector_size(8 * WIDTH)));
typedef uint64_t part_u64 __attribute__((vector_size(8 * WIDTH)));
typedef struct { part_f64 p[PARTS]; } lanes_f64;
typedef struct { part_i64 p[PARTS]; } lanes_i64;
#define LANE(x, l) (x).p[(l) / WIDTH][(l) % WIDTH]

#define TWO(n, op, cast, of) (cast)((of)a.p[n] op (of)b.p[n])
#define OPERATION(name, result, lanes, of, op)                                                                 \
    static inline lanes_##result name(lanes_##lanes a, lanes_##lanes b) {                                      \
        return (lanes_##result){{EACH(TWO, op, part_##result, part_##of)}};                                    \
    }
OPERATION(add_f64, f64, f64, f64, +)
OPERATION(sub_f64, f64, f64, f64, -)
OPERATION(mul_f64, f64, f64, f64, *)
OPERATION(div_f64, f64, f64, f64, /)
OPERATION(eq_f64, i64, f64, f64, ==)
OPERATION(ne_f64, i64, f64, f64, !=)
OPERATION(lt_f64, i64, f64, f64, <)
OPERATION(le_f64, i64, f64, f64, <=)
OPERATION(add_i64, i64, i64, i64, +)
OPERATION(sub_i64, i64, i64, i64, -)
OPERATION(mul_i64, i64, i64, i64, *)
OPERATION(and_i64, i64, i64, i64, &)
OPERATION(or_i64, i64, i64, i64, |)
OPERATION(xor_i64, i64, i64, i64, ^)
OPERATION(eq_i64, i64, i64, i64, ==)
OPERATION(ne_i64, i64, i64, i64, !=)
OPERATION(lt_i64, i64, i64, i64, <)
OPERATION(le_i64, i64, i64, i64, <=)
OPERATION(lt_u64, i64, i64, u64, <)
OPERATION(le_u64, i64, i64, u64, <=)
OPERATION(shl_i64, i64, i64, u64, <<)
OPERATION(shr_i64, i64, i64, i64, >>)
OPERATION(shr_u64, i64, i64, u64, >>)
#define ONE(n, op) op a.p[n]
static inline lanes_f64 neg_f64(lanes_f64 a) { return (lanes_f64){{EACH(ONE, -)}}; }
static inline lanes_i64 neg_i64(lanes_i64 a) { return (lanes_i64){{EACH(ONE, -)}}; }
static inline lanes_i64 not_i64(lanes_i64 a) { return (lanes_i64){{EACH(ONE, ~)}}; }
#define LEAVES_I32(n, _) (part_i64)((a.p[n] << 32 >> 32) != a.p[n])
static inline lanes_i64 leaves_i32(lanes_i64 a) { return (lanes_i64){{EACH(LEAVES_I32, 0)}}; }

#if PARTS == 1
#define ALIKE(n, x) {x, x, x, x, x, x, x, x}
#define LANE_NUMBERS ((lanes_i64){{{0, 1, 2, 3, 4, 5, 6, 7}}})
#define BACK 7, 6, 5, 4, 3, 2, 1, 0
#elif PARTS == 2
#define ALIKE(n, x) {x, x, x, x}
#define LANE_NUMBERS ((lanes_i64){{{0, 1, 2, 3}, {4, 5, 6, 7}}})
#define BACK 3, 2, 1, 0
#else
#define ALIKE(n, x) {x, x}
#define LANE_NUMBERS ((lanes_i64){{{0, 1}, {2, 3}, {4, 5}, {6, 7}}})
#define BACK 1, 0
#endif
static inline lanes_f64 splat_f64(double x) { return (lanes_f64){{EACH(ALIKE, x)}}; }
static inline lanes_i64 splat_i64(int64_t x) { return (lanes_i64){{EACH(ALIKE, x)}}; }
/* Part by part: GCC copies a structure through memory. */
typedef double loose_f64 __attribute__((vector_size(8 * WIDTH), aligned(8), may_alias));
typedef int64_t loose_i64 __attribute__((vector_size(8 * WIDTH), aligned(8), may_alias));
#define LOAD(n, loose) *(const loose *)(p + n * WIDTH)
static inline lanes_f64 load_f64(const double *p) { return (lanes_f64){{EACH(LOAD, loose_f64)}}; }
static inline lanes_i64 load_i64(const int64_t *p) { return (lanes_i64){{EACH(LOAD, loose_i64)}}; }
/* From an element back. */
#if defined(__clang__)
#define REVERSED(n, x) __builtin_shufflevector((x).p[PARTS - 1 - n], (x).p[PARTS - 1 - n], BACK)
#else
#define REVERSED(n, x) __builtin_shuffle((x).p[PARTS - 1 - n], (part_i64){BACK})
#endif
static inline lanes_f64 load_back_f64(const double *p) {
    const lanes_f64 x = load_f64(p - 7);
    return (lanes_f64){{EACH(REVERSED, x)}};
}
static inline lanes_i64 load_back_i64(const int64_t *p) {
    const lanes_i64 x = load_i64(p - 7);
    return (lanes_i64){{EACH(REVERSED, x)}};
}
#define CHOOSE(n, part) (part)((mask.p[n] & (part_i64)a.p[n]) | (~mask.p[n] & (part_i64)b.p[n]))
#if PARTS == 2
#undef CHOOSE
#define CHOOSE(n, part) (part)__builtin_ia32_blendvpd256((part_f64)b.p[n], (part_f64)a.p[n], (part_f64)mask.p[n])
#endif
static inline lanes_i64 choose_i64(lanes_i64 mask, lanes_i64 a, lanes_i64 b) { return (lanes_i64){{EACH(CHOOSE, part_i64)}}; }
static inline lanes_f64 choose_f64(lanes_i64 mask, lanes_f64 a, lanes_f64 b) { return (lanes_f64){{EACH(CHOOSE, part_f64)}}; }
static inline lanes_f64 min_f64(lanes_f64 a, lanes_f64 b) { return choose_f64(or_i64(ne_f64(a, a), lt_f64(b, a)), b, a); }
static inline lanes_f64 max_f64(lanes_f64 a, lanes_f64 b) { return choose_f64(or_i64(ne_f64(a, a), lt_f64(a, b)), b, a); }
/* The sign of a lane counts. */
static inline _Bool any_lane(lanes_i64 mask) {
    part_i64 any = mask.p[0];
    for (int n = 1; n < PARTS; n++) any |= mask.p[n];
#if defined(__AVX512DQ__) && defined(__GNUC__) && !defined(__clang__)
    typedef long long word __attribute__((vector_size(64)));
    return __builtin_ia32_cvtq2mask512((word)any) != 0;
#elif PARTS == 2
    return __builtin_ia32_movmskpd256((part_f64)any) != 0;
#else
    uint64_t bits = 0;
    for (int l = 0; l < WIDTH; l++) bits |= (uint64_t)any[l];
    return bits >> 63 != 0;
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
