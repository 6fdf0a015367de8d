// Winograd's F(m×m, 3×3) (arXiv:1509.09308), m = 2 or 4: (m + 2)² multiplications where the plain sum of m×m outputs takes 9 m².
//
//   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A, of a tile d of (m + 2)×(m + 2) inputs and a kernel g, summed over the input channels
//
// And F(m, 3) for kernels of one column, which is the same without the factors on the right: m + 2 multiplications instead of 3 m.
//
// The factors are those of Toom and Cook: polynomials at m + 1 points and at infinity. The points are 0, ±1 for m = 2, and 0, ±5/8, ±3/2 for
// m = 4, with which float32 loses less than half of what it loses with the customary 0, ±1, ±2 (scripts/winograd_points.py).
#include "vectors.h"

typedef float f32_t;
typedef bf16 bf16_t;
typedef uint16_t narrow_vector __attribute__((vector_size(32), aligned(2)));

#define vector_of_f32(p) load(p)
#define put_f32(p, v) store(p, v)
#define vector_of_bf16(p) ((vector)(__builtin_convertvector(*(const narrow_vector *)(p), integers) << 16))
// As store_bf16 does it.
#define put_bf16(p, v)                                                                                 \
  {                                                                                                    \
    const vector value = (v);                                                                          \
    const integers bits = (integers)value, high = bits >> 16, whole = (integers)(value == value);      \
    const integers rounded = (bits + 0x7fff + (high & 1)) >> 16;                                       \
    *(narrow_vector *)(p) =                                                                            \
        __builtin_convertvector((rounded & whole) | ((high | 0x40) & ~whole), narrow_vector);          \
  }

// Points a and b, -a and -b.
#define A 0.625f
#define B 1.5f
#define AA (A * A)
#define BB (B * B)

// MARK: The factors, along one direction: elements of x are s apart

// G x: three numbers become m + 2.
NS_INLINE void kernel_2(vector *x, int s) {
  const vector even = 0.5f * (x[0] + x[2 * s]), odd = 0.5f * x[s];
  x[3 * s] = x[2 * s];
  x[s] = even + odd, x[2 * s] = even - odd;
}

NS_INLINE void kernel_4(vector *x, int s) {
  const vector g = x[0], h = x[s], k = x[2 * s];
  // Each point's row is divided by its distances to the others.
  const float of_a = 1 / (2 * AA * (AA - BB)), of_b = 1 / (2 * BB * (BB - AA));
  x[0] = g * (1 / (AA * BB));
  x[s] = of_a * (g + AA * k + A * h), x[2 * s] = of_a * (g + AA * k - A * h);
  x[3 * s] = of_b * (g + BB * k + B * h), x[4 * s] = of_b * (g + BB * k - B * h);
  x[5 * s] = k;
}

// Bᵀ x
NS_INLINE void input_2(vector *x, int s) {
  const vector d1 = x[s], d2 = x[2 * s];
  x[0] = x[0] - d2, x[s] = d1 + d2, x[2 * s] = d2 - d1, x[3 * s] = d1 - x[3 * s];
}

NS_INLINE void input_4(vector *x, int s) {
  const vector d1 = x[s], d2 = x[2 * s], d3 = x[3 * s], d4 = x[4 * s];
  const vector even_a = d4 - BB * d2, odd_a = d3 - BB * d1, even_b = d4 - AA * d2, odd_b = d3 - AA * d1;
  x[0] = AA * BB * x[0] - (AA + BB) * d2 + d4;
  x[s] = even_a + A * odd_a, x[2 * s] = even_a - A * odd_a;
  x[3 * s] = even_b + B * odd_b, x[4 * s] = even_b - B * odd_b;
  x[5 * s] = AA * BB * d1 - (AA + BB) * d3 + x[5 * s];
}

// Aᵀ x: m + 2 numbers become m.
NS_INLINE void output_2(vector *x, int s) {
  const vector sum = x[s] + x[2 * s], difference = x[s] - x[2 * s];
  x[0] = x[0] + sum, x[s] = difference - x[3 * s];
}

NS_INLINE void output_4(vector *x, int s) {
  const vector sum_a = x[s] + x[2 * s], odd_a = x[s] - x[2 * s], sum_b = x[3 * s] + x[4 * s], odd_b = x[3 * s] - x[4 * s];
  x[0] = x[0] + sum_a + sum_b;
  x[s] = A * odd_a + B * odd_b;
  x[2 * s] = AA * sum_a + BB * sum_b;
  x[3 * s] = AA * A * odd_a + BB * B * odd_b + x[5 * s];
}

// MARK: Whole tiles, of (M + 2)×W inputs, W being M + 2 or 1

#define UNROLLED _Pragma("clang loop unroll(full)")

#define WEIGHTS(M, W)                                                                                            \
  NS_CLONES static void weights_##M##_##W(const ns_winograd *s, float *u, const float *weights, int reversed,    \
                                          int64_t from, int64_t to) {                                            \
    enum { TAPS = W == 1 ? 3 : 9, KW = TAPS / 3 };                                                               \
    const int64_t ci = s->ci, co = s->co;                                                                        \
    const int64_t to_output = (reversed ? 1 : ci) * TAPS, to_input = (reversed ? co : 1) * TAPS;                 \
    for (int64_t o = from; o < to; o += LANES)                                                                   \
      for (int64_t i = 0; i < ci; i++) {                                                                         \
        const float *const kernel = weights + o * to_output + i * to_input;                                      \
        vector x[(M + 2) * W] = {0};                                                                             \
        UNROLLED for (int k = 0; k < TAPS; k++) {                                                                \
          const float *const tap = kernel + (reversed ? TAPS - 1 - k : k);                                       \
          UNROLLED for (int l = 0; l < LANES; l++) x[k / KW * W + k % KW][l] = tap[l * to_output];               \
        }                                                                                                        \
        UNROLLED for (int c = 0; c < KW; c++) kernel_##M(x + c, W);                                              \
        if (W > 1) UNROLLED for (int r = 0; r < M + 2; r++) kernel_##M(x + W * r, 1);                            \
        UNROLLED for (int p = 0; p < (M + 2) * W; p++) store(u + (p * ci + i) * co + o, x[p]);                   \
      }                                                                                                          \
  }

#define INPUT(T, M, W)                                                                                           \
  NS_CLONES static void input_##T##_##M##_##W(const ns_winograd *s, float *v, const T##_t *x, int64_t first,     \
                                              int64_t count, int64_t rows) {                                     \
    static const T##_t nothing[LANES] = {0};                                                                     \
    enum { SIZE = (M + 2) * W, WIDE = W == 1 ? 1 : M };                                                          \
    const int64_t across = (s->ow + WIDE - 1) / WIDE, down = (s->oh + M - 1) / M, ci = s->ci;                    \
    for (int64_t t = 0; t < count; t++) {                                                                        \
      const int64_t tile = first + t, picture = tile / (across * down);                                          \
      const int64_t y = tile / across % down * M - s->top, left = tile % across * WIDE - s->left;                \
      /* Outside of the picture there are zeros, the same ones for all channels. */                              \
      const T##_t *from[SIZE];                                                                                   \
      int64_t step[SIZE];                                                                                        \
      for (int i = 0; i < SIZE; i++) {                                                                           \
        const int64_t py = y + i / W, px = left + i % W;                                                         \
        const int inside = py >= 0 && py < s->h && px >= 0 && px < s->w;                                         \
        from[i] = inside ? x + ((picture * s->h + py) * s->w + px) * ci : nothing;                               \
        step[i] = inside;                                                                                        \
      }                                                                                                          \
      for (int64_t c = 0; c < ci; c += LANES) {                                                                  \
        vector d[SIZE];                                                                                          \
        UNROLLED for (int i = 0; i < W; i++) {                                                                   \
          UNROLLED for (int r = 0; r < M + 2; r++)                                                               \
            d[W * r + i] = vector_of_##T(from[W * r + i] + c * step[W * r + i]);                                 \
          input_##M(d + i, W);                                                                                   \
        }                                                                                                        \
        UNROLLED for (int r = 0; r < M + 2; r++) {                                                               \
          if (W > 1) input_##M(d + W * r, 1);                                                                    \
          UNROLLED for (int i = W * r; i < W * (r + 1); i++) store(v + (i * rows + t) * ci + c, d[i]);           \
        }                                                                                                        \
      }                                                                                                          \
    }                                                                                                            \
  }

#define OUTPUT(T, M, W)                                                                                          \
  NS_CLONES static void output_##T##_##M##_##W(const ns_winograd *s, T##_t *y, const float *m, const float *bias, \
                                               int64_t first, int64_t count, int64_t rows) {                     \
    enum { WIDE = W == 1 ? 1 : M };                                                                              \
    const int64_t across = (s->ow + WIDE - 1) / WIDE, down = (s->oh + M - 1) / M, co = s->co;                    \
    for (int64_t t = 0; t < count; t++) {                                                                        \
      const int64_t tile = first + t, picture = tile / (across * down);                                          \
      const int64_t py = tile / across % down * M, px = tile % across * WIDE;                                    \
      T##_t *const out = y + ((picture * s->oh + py) * s->ow + px) * co;                                         \
      const int64_t high = s->oh - py, wide = s->ow - px;                                                        \
      for (int64_t c = 0; c < co; c += LANES) {                                                                  \
        vector d[(M + 2) * W];                                                                                   \
        UNROLLED for (int i = 0; i < W; i++) {                                                                   \
          UNROLLED for (int r = 0; r < M + 2; r++) d[W * r + i] = load(m + ((W * r + i) * rows + t) * co + c);   \
          output_##M(d + i, W);                                                                                  \
        }                                                                                                        \
        const vector shift = bias ? load(bias + c) : (vector){0};                                                \
        UNROLLED for (int r = 0; r < M; r++) {                                                                   \
          if (r >= high) break;                                                                                  \
          if (W > 1) output_##M(d + W * r, 1);                                                                   \
          UNROLLED for (int i = 0; i < WIDE; i++)                                                                \
            if (i < wide) put_##T(out + (r * s->ow + i) * co + c, d[W * r + i] + shift);                         \
        }                                                                                                        \
      }                                                                                                          \
    }                                                                                                            \
  }

#define TILES(M, W) WEIGHTS(M, W) INPUT(f32, M, W) INPUT(bf16, M, W) OUTPUT(f32, M, W) OUTPUT(bf16, M, W)
TILES(2, 4)
TILES(2, 1)
TILES(4, 6)
TILES(4, 1)

// The kind of tile that s has.
#define PICK(NAME, ...)                                                  \
  if (s->m == 2)                                                         \
    s->kw == 3 ? NAME##_2_4(__VA_ARGS__) : NAME##_2_1(__VA_ARGS__);      \
  else                                                                   \
    s->kw == 3 ? NAME##_4_6(__VA_ARGS__) : NAME##_4_1(__VA_ARGS__)

void ns_winograd_weights(const ns_winograd *s, float *u, const float *weights, int reversed, int64_t from, int64_t to) {
  PICK(weights, s, u, weights, reversed, from, to);
}

void ns_winograd_input(const ns_winograd *s, int dtype, float *v, const void *x, int64_t first, int64_t count,
                       int64_t rows) {
  if (dtype == 0) {
    PICK(input_f32, s, v, x, first, count, rows);
  } else {
    PICK(input_bf16, s, v, x, first, count, rows);
  }
}

void ns_winograd_output(const ns_winograd *s, int dtype, void *y, const float *m, const float *bias, int64_t first,
                        int64_t count, int64_t rows) {
  if (dtype == 0) {
    PICK(output_f32, s, y, m, bias, first, count, rows);
  } else {
    PICK(output_bf16, s, y, m, bias, first, count, rows);
  }
}
