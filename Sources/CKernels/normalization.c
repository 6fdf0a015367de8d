// The second halves of group norm (statistics known, fused with SiLU) and layer norm whole, forward and backward.
#include "common.h"

#pragma clang fp reassociate(on)

typedef float f32_t;
typedef bf16 bf16_t;

// Channels are done in chunks whose coefficients stay in registers over a block of rows.
#define BLOCK_ROWS 64
#define CHUNK 32
#define SUMS_CHUNK(NAME, WIDTH) \
  sums_chunk_##NAME(sum_dz + i, sum_dzx + i, x + at + i, dy + at + i, scale + i, shift + i, mean + i, n, c, WIDTH)
#define BACKWARD_CHUNK(NAME, WIDTH) \
  backward_chunk_##NAME(dx + at + i, x + at + i, dy + at + i, scale + i, shift + i, p + i, q + i, s + i, n, c, WIDTH)

NS_INLINE float activate(float z, int activation) { return activation ? z * ns_sigmoidf(z) : z; }
NS_INLINE float slope(float z, int activation) { return activation ? ns_silu_slope(z) : 1.0f; }

// The activation is a constant inside each loop, so that the plain case has no exp in it.
#define LOOPS(T, NAME, ACT)                                                                                            \
  NS_INLINE void scale_shift_chunk_##NAME(T##_t *y, const T##_t *x, const float *scale, const float *shift,            \
                                          int64_t rows, int64_t c, int64_t width) {                                    \
    float a[CHUNK], b[CHUNK];                                                                                          \
    for (int64_t i = 0; i < width; i++) a[i] = scale[i];                                                               \
    for (int64_t i = 0; i < width; i++) b[i] = shift[i];                                                               \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t i = 0; i < width; i++)                                                                              \
        store_##T(y + r * c, i, activate(load_##T(x + r * c, i) * a[i] + b[i], ACT));                                  \
  }                                                                                                                    \
  NS_CLONES static void scale_shift_##NAME(T##_t *y, const T##_t *x, const float *scale, const float *shift,           \
                                           int64_t rows, int64_t c) {                                                  \
    for (int64_t r = 0; r < rows; r += BLOCK_ROWS) {                                                                   \
      const int64_t n = r + BLOCK_ROWS < rows ? BLOCK_ROWS : rows - r, at = r * c;                                     \
      int64_t i = 0;                                                                                                   \
      for (; i + CHUNK <= c; i += CHUNK) scale_shift_chunk_##NAME(y + at + i, x + at + i, scale + i, shift + i, n, c, CHUNK);\
      if (i < c) scale_shift_chunk_##NAME(y + at + i, x + at + i, scale + i, shift + i, n, c, c - i);                  \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_INLINE void sums_chunk_##NAME(double *sum_dz, double *sum_dzx, const T##_t *x, const T##_t *dy, const float *scale,\
                                   const float *shift, const float *mean, int64_t rows, int64_t c, int64_t width) {    \
    float a[CHUNK] = {0}, b[CHUNK] = {0};                                                                              \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t i = 0; i < width; i++) {                                                                            \
        const float v = load_##T(x + r * c, i);                                                                        \
        const float dz = load_##T(dy + r * c, i) * slope(v * scale[i] + shift[i], ACT);                                \
        a[i] += dz;                                                                                                    \
        b[i] += dz * (v - mean[i]);                                                                                    \
      }                                                                                                                \
    for (int64_t i = 0; i < width; i++) {                                                                              \
      sum_dz[i] += a[i];                                                                                               \
      sum_dzx[i] += b[i];                                                                                              \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void sums_##NAME(double *sum_dz, double *sum_dzx, const T##_t *x, const T##_t *dy,                  \
                                    const float *scale, const float *shift, const float *mean, int64_t rows,           \
                                    int64_t c) {                                                                       \
    for (int64_t r = 0; r < rows; r += BLOCK_ROWS) {                                                                   \
      const int64_t n = r + BLOCK_ROWS < rows ? BLOCK_ROWS : rows - r, at = r * c;                                     \
      int64_t i = 0;                                                                                                   \
      for (; i + CHUNK <= c; i += CHUNK) SUMS_CHUNK(NAME, CHUNK);                                                      \
      if (i < c) SUMS_CHUNK(NAME, c - i);                                                                              \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_INLINE void backward_chunk_##NAME(T##_t *dx, const T##_t *x, const T##_t *dy, const float *scale,                 \
                                       const float *shift, const float *p, const float *q, const float *s,             \
                                       int64_t rows, int64_t c, int64_t width) {                                       \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t i = 0; i < width; i++) {                                                                            \
        const float v = load_##T(x + r * c, i);                                                                        \
        const float dz = load_##T(dy + r * c, i) * slope(v * scale[i] + shift[i], ACT);                                \
        store_##T(dx + r * c, i, dz * p[i] + v * q[i] + s[i]);                                                         \
      }                                                                                                                \
  }                                                                                                                    \
  NS_CLONES static void backward_##NAME(T##_t *dx, const T##_t *x, const T##_t *dy, const float *scale,                \
                                        const float *shift, const float *p, const float *q, const float *s,            \
                                        int64_t rows, int64_t c) {                                                     \
    for (int64_t r = 0; r < rows; r += BLOCK_ROWS) {                                                                   \
      const int64_t n = r + BLOCK_ROWS < rows ? BLOCK_ROWS : rows - r, at = r * c;                                     \
      int64_t i = 0;                                                                                                   \
      for (; i + CHUNK <= c; i += CHUNK) BACKWARD_CHUNK(NAME, CHUNK);                                                  \
      if (i < c) BACKWARD_CHUNK(NAME, c - i);                                                                          \
    }                                                                                                                  \
  }
LOOPS(f32, f32, 0)
LOOPS(bf16, bf16, 0)
LOOPS(f32, silu_f32, 1)
LOOPS(bf16, silu_bf16, 1)

void ns_scale_shift(int dtype, void *y, const void *x, const float *scale, const float *shift, int activation, int64_t rows,
                    int64_t c) {
  if (activation)
    dtype ? scale_shift_silu_bf16(y, x, scale, shift, rows, c) : scale_shift_silu_f32(y, x, scale, shift, rows, c);
  else
    dtype ? scale_shift_bf16(y, x, scale, shift, rows, c) : scale_shift_f32(y, x, scale, shift, rows, c);
}

void ns_scale_shift_sums(int dtype, double *a, double *b, const void *x, const void *dy, const float *scale,
                         const float *shift, const float *mean, int activation, int64_t rows, int64_t c) {
  if (activation)
    dtype ? sums_silu_bf16(a, b, x, dy, scale, shift, mean, rows, c) : sums_silu_f32(a, b, x, dy, scale, shift, mean, rows, c);
  else
    dtype ? sums_bf16(a, b, x, dy, scale, shift, mean, rows, c) : sums_f32(a, b, x, dy, scale, shift, mean, rows, c);
}

void ns_scale_shift_backward(int dtype, void *dx, const void *x, const void *dy, const float *scale, const float *shift,
                             const float *p, const float *q, const float *s, int activation, int64_t rows, int64_t c) {
  if (activation)
    dtype ? backward_silu_bf16(dx, x, dy, scale, shift, p, q, s, rows, c)
          : backward_silu_f32(dx, x, dy, scale, shift, p, q, s, rows, c);
  else
    dtype ? backward_bf16(dx, x, dy, scale, shift, p, q, s, rows, c) : backward_f32(dx, x, dy, scale, shift, p, q, s, rows, c);
}

#define LAYER_NORM(T)                                                                                                  \
  NS_CLONES static void layer_norm_##T(T##_t *y, float *mean, float *rstd, const T##_t *x, const float *scale,         \
                                       const float *shift, float epsilon, int64_t rows, int64_t c) {                   \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *row = x + r * c;                                                                                    \
      float s = 0, q = 0;                                                                                              \
      for (int64_t i = 0; i < c; i++) s += load_##T(row, i);                                                           \
      const float m = s / (float)c;                                                                                    \
      for (int64_t i = 0; i < c; i++) {                                                                                \
        const float d = load_##T(row, i) - m;                                                                          \
        q += d * d;                                                                                                    \
      }                                                                                                                \
      const float k = 1.0f / __builtin_sqrtf(q / (float)c + epsilon);                                                  \
      mean[r] = m;                                                                                                     \
      rstd[r] = k;                                                                                                     \
      for (int64_t i = 0; i < c; i++) store_##T(y + r * c, i, (load_##T(row, i) - m) * k * scale[i] + shift[i]);       \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void layer_norm_backward_##T(T##_t *dx, float *dscale, float *dshift, const T##_t *x,               \
                                                const T##_t *dy, const float *mean, const float *rstd,                 \
                                                const float *scale, int64_t rows, int64_t c) {                         \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *rx = x + r * c, *ry = dy + r * c;                                                                   \
      const float m = mean[r], k = rstd[r];                                                                            \
      float a = 0, b = 0;                                                                                              \
      for (int64_t i = 0; i < c; i++) {                                                                                \
        const float g = load_##T(ry, i), h = (load_##T(rx, i) - m) * k;                                                \
        dscale[i] += g * h;                                                                                            \
        dshift[i] += g;                                                                                                \
        a += g * scale[i];                                                                                             \
        b += g * scale[i] * h;                                                                                         \
      }                                                                                                                \
      a /= (float)c;                                                                                                   \
      b /= (float)c;                                                                                                   \
      for (int64_t i = 0; i < c; i++) {                                                                                \
        const float h = (load_##T(rx, i) - m) * k;                                                                     \
        store_##T(dx + r * c, i, k * (load_##T(ry, i) * scale[i] - a - h * b));                                        \
      }                                                                                                                \
    }                                                                                                                  \
  }
LAYER_NORM(f32)
LAYER_NORM(bf16)

void ns_layer_norm(int dtype, void *y, float *mean, float *rstd, const void *x, const float *scale, const float *shift,
                   float epsilon, int64_t rows, int64_t c) {
  dtype ? layer_norm_bf16(y, mean, rstd, x, scale, shift, epsilon, rows, c)
        : layer_norm_f32(y, mean, rstd, x, scale, shift, epsilon, rows, c);
}

void ns_layer_norm_backward(int dtype, void *dx, float *dscale, float *dshift, const void *x, const void *dy,
                            const float *mean, const float *rstd, const float *scale, int64_t rows, int64_t c) {
  dtype ? layer_norm_backward_bf16(dx, dscale, dshift, x, dy, mean, rstd, scale, rows, c)
        : layer_norm_backward_f32(dx, dscale, dshift, x, dy, mean, rstd, scale, rows, c);
}
