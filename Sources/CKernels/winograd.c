// Winograd's F(2×2, 3×3) (arXiv:1509.09308): 16 multiplications where the plain sum of 2×2 outputs takes 36.
//
//   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A, of a tile d of 4×4 inputs and a kernel g, summed over the input channels
//
//   Bᵀ = 1  0 -1  0     G =  1    0    0     Aᵀ = 1  1  1  0
//        0  1  1  0         1/2  1/2  1/2         0  1 -1 -1
//        0 -1  1  0         1/2 -1/2  1/2
//        0  1  0 -1          0    0    1
//
// And F(2, 3) for kernels of one column, which is the same without the factors on the right: 4 multiplications instead of 6.
// W is the width of a tile of inputs, 4 or 1.
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

NS_CLONES void ns_winograd_weights(const ns_winograd *s, float *u, const float *weights, int reversed, int64_t from,
                                   int64_t to) {
  const int64_t ci = s->ci, co = s->co;
  const int kw = s->kw, size = 3 * kw, w = kw == 3 ? 4 : 1;
  for (int64_t o = from; o < to; o++)
    for (int64_t i = 0; i < ci; i++) {
      const float *const kernel = weights + (reversed ? i * co + o : o * ci + i) * size;
      float g[9];
      for (int k = 0; k < size; k++) g[k] = kernel[reversed ? size - 1 - k : k];
      float half[4][3];
      for (int c = 0; c < kw; c++) {
        half[0][c] = g[c];
        half[1][c] = 0.5f * (g[c] + g[kw + c] + g[2 * kw + c]);
        half[2][c] = 0.5f * (g[c] - g[kw + c] + g[2 * kw + c]);
        half[3][c] = g[2 * kw + c];
      }
      for (int r = 0; r < 4; r++) {
        const float *const row = half[r];
        float *const out = u + (w * r * ci + i) * co + o;
        out[0] = row[0];
        if (w == 1) continue;
        out[ci * co] = 0.5f * (row[0] + row[1] + row[2]);
        out[2 * ci * co] = 0.5f * (row[0] - row[1] + row[2]);
        out[3 * ci * co] = row[2];
      }
    }
}

#define INPUT(T, W)                                                                                                    \
  NS_CLONES static void input_##T##_##W(const ns_winograd *s, float *v, const T##_t *x, int64_t first, int64_t count,  \
                                        int64_t rows) {                                                                \
    static const T##_t nothing[LANES] = {0};                                                                           \
    const int64_t step_across = W == 4 ? 2 : 1, across = (s->ow + step_across - 1) / step_across;                      \
    const int64_t down = (s->oh + 1) / 2, ci = s->ci;                                                                  \
    for (int64_t t = 0; t < count; t++) {                                                                              \
      const int64_t tile = first + t, picture = tile / (across * down);                                                \
      const int64_t y = tile / across % down * 2 - s->top, left = tile % across * step_across - s->left;               \
      /* Outside of the picture there are zeros, the same ones for all channels. */                                    \
      const T##_t *from[4 * W];                                                                                        \
      int64_t step[4 * W];                                                                                             \
      for (int i = 0; i < 4 * W; i++) {                                                                                \
        const int64_t py = y + i / W, px = left + i % W;                                                               \
        const int inside = py >= 0 && py < s->h && px >= 0 && px < s->w;                                               \
        from[i] = inside ? x + ((picture * s->h + py) * s->w + px) * ci : nothing;                                     \
        step[i] = inside;                                                                                              \
      }                                                                                                                \
      for (int64_t c = 0; c < ci; c += LANES) {                                                                        \
        vector d[4 * W];                                                                                               \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++) {                                               \
          const vector a = vector_of_##T(from[i] + c * step[i]), b = vector_of_##T(from[W + i] + c * step[W + i]);     \
          const vector e = vector_of_##T(from[2 * W + i] + c * step[2 * W + i]);                                       \
          const vector f = vector_of_##T(from[3 * W + i] + c * step[3 * W + i]);                                       \
          d[i] = a - e, d[W + i] = b + e, d[2 * W + i] = e - b, d[3 * W + i] = b - f;                                  \
        }                                                                                                              \
        _Pragma("clang loop unroll(full)") for (int r = 0; r < 4; r++) {                                               \
          float *const out = v + (W * r * rows + t) * ci + c;                                                          \
          const vector *const row = d + W * r;                                                                         \
          if (W == 1) {                                                                                                \
            store(out, row[0]);                                                                                        \
            continue;                                                                                                  \
          }                                                                                                            \
          store(out, row[0] - row[2]);                                                                                 \
          store(out + rows * ci, row[1] + row[2]);                                                                     \
          store(out + 2 * rows * ci, row[2] - row[1]);                                                                 \
          store(out + 3 * rows * ci, row[1] - row[3]);                                                                 \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }
INPUT(f32, 4)
INPUT(f32, 1)
INPUT(bf16, 4)
INPUT(bf16, 1)

void ns_winograd_input(const ns_winograd *s, int dtype, float *v, const void *x, int64_t first, int64_t count,
                       int64_t rows) {
  if (s->kw == 3)
    dtype == 0 ? input_f32_4(s, v, x, first, count, rows) : input_bf16_4(s, v, x, first, count, rows);
  else
    dtype == 0 ? input_f32_1(s, v, x, first, count, rows) : input_bf16_1(s, v, x, first, count, rows);
}

#define OUTPUT(T, W)                                                                                                   \
  NS_CLONES static void output_##T##_##W(const ns_winograd *s, T##_t *y, const float *m, const float *bias,            \
                                         int64_t first, int64_t count, int64_t rows) {                                 \
    const int64_t step_across = W == 4 ? 2 : 1, across = (s->ow + step_across - 1) / step_across;                      \
    const int64_t down = (s->oh + 1) / 2, co = s->co;                                                                  \
    for (int64_t t = 0; t < count; t++) {                                                                              \
      const int64_t tile = first + t, picture = tile / (across * down);                                                \
      const int64_t py = tile / across % down * 2, px = tile % across * step_across;                                   \
      T##_t *const out = y + ((picture * s->oh + py) * s->ow + px) * co, *const below = out + s->ow * co;              \
      const int wide = px + 1 < s->ow, high = py + 1 < s->oh;                                                          \
      for (int64_t c = 0; c < co; c += LANES) {                                                                        \
        vector a[W], b[W];                                                                                             \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < W; i++) {                                               \
          const float *const in = m + (i * rows + t) * co + c;                                                         \
          const vector e = load(in + W * rows * co), f = load(in + 2 * W * rows * co);                                 \
          a[i] = load(in) + e + f, b[i] = e - f - load(in + 3 * W * rows * co);                                        \
        }                                                                                                              \
        const vector shift = bias ? load(bias + c) : (vector){0};                                                      \
        if (W == 1) {                                                                                                  \
          put_##T(out + c, a[0] + shift);                                                                              \
          if (high) put_##T(below + c, b[0] + shift);                                                                  \
          continue;                                                                                                    \
        }                                                                                                              \
        put_##T(out + c, a[0] + a[1] + a[2] + shift);                                                                  \
        if (wide) put_##T(out + co + c, a[1] - a[2] - a[3] + shift);                                                   \
        if (high) put_##T(below + c, b[0] + b[1] + b[2] + shift);                                                      \
        if (wide && high) put_##T(below + co + c, b[1] - b[2] - b[3] + shift);                                         \
      }                                                                                                                \
    }                                                                                                                  \
  }
OUTPUT(f32, 4)
OUTPUT(f32, 1)
OUTPUT(bf16, 4)
OUTPUT(bf16, 1)

void ns_winograd_output(const ns_winograd *s, int dtype, void *y, const float *m, const float *bias, int64_t first,
                        int64_t count, int64_t rows) {
  if (s->kw == 3)
    dtype == 0 ? output_f32_4(s, y, m, bias, first, count, rows) : output_bf16_4(s, y, m, bias, first, count, rows);
  else
    dtype == 0 ? output_f32_1(s, y, m, bias, first, count, rows) : output_bf16_1(s, y, m, bias, first, count, rows);
}
