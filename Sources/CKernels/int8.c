// Products in 8-bit integers: x · Wᵀ with every row of x and of W divided by its own largest magnitude / 127 and rounded.
//
// The processor multiplies unsigned by signed bytes, so that rows of x are stored plus 128; what that adds to a sum, 128 times the sum of
// the weights, is taken off again. Sums are exact; what is lost is lost in rounding.
//
// Packed weights: blocks of 64 outputs, each (⌈k/4⌉, 64, 4) bytes, then all scales, then all corrections.
#include "common.h"

#define OUTPUTS 64
#define ROWS 6

typedef float f32_t;
typedef bf16 bf16_t;

static int64_t quads(int64_t k) { return (k + 3) / 4; }
static int64_t blocks(int64_t n) { return (n + OUTPUTS - 1) / OUTPUTS; }

int64_t ns_int8_packed_bytes(int64_t n, int64_t k) { return blocks(n) * OUTPUTS * (4 * quads(k) + 8); }
int64_t ns_int8_row_bytes(int64_t k) { return 4 * quads(k); }

typedef struct {
  const int8_t *bytes;
  const float *scales;
  const int32_t *corrections;
} weights;

static weights parts(const void *packed, int64_t n, int64_t k) {
  const int64_t count = blocks(n) * OUTPUTS;
  weights w;
  w.bytes = packed;
  w.scales = (const float *)((const char *)packed + count * 4 * quads(k));
  w.corrections = (const int32_t *)(w.scales + count);
  return w;
}

// The bits of 1.5·2^23 + 128 + x hold round(x) + 128 in their lowest byte.
#define SHIFT (12582912.0f + 128.0f)

// Infinite and NaN rows get a scale that is not finite, which their products then are neither.
#define ROUNDING(T)                                                                                                    \
  NS_INLINE float scale_of_##T(const T##_t *x, int64_t k) {                                                            \
    uint32_t top = 0;                                                                                                  \
    for (int64_t i = 0; i < k; i++) {                                                                                  \
      const uint32_t bits = ns_float_bits(load_##T(x, i)) & 0x7fffffff;                                                \
      top = bits > top ? bits : top;                                                                                   \
    }                                                                                                                  \
    return ns_bits_float(top) * (1.0f / 127.0f);                                                                       \
  }                                                                                                                    \
  NS_CLONES static void quantize_##T(uint8_t *q, float *scales, const T##_t *x, int64_t rows, int64_t k) {             \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *const row = x + r * k;                                                                              \
      uint8_t *const out = q + r * 4 * quads(k);                                                                       \
      const float scale = scale_of_##T(row, k), inverse = scale > 0 ? 1.0f / scale : 0.0f;                             \
      scales[r] = scale;                                                                                               \
      for (int64_t i = 0; i < k; i++) out[i] = (uint8_t)ns_float_bits(load_##T(row, i) * inverse + SHIFT);             \
      for (int64_t i = k; i < 4 * quads(k); i++) out[i] = 128;                                                         \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void pack_##T(void *packed, const T##_t *w, int64_t n, int64_t k) {                                 \
    const weights to = parts(packed, n, k);                                                                            \
    for (int64_t o = 0; o < blocks(n) * OUTPUTS; o++) {                                                                \
      const T##_t *const row = w + o * k;                                                                              \
      int8_t *const out = (int8_t *)to.bytes + o / OUTPUTS * OUTPUTS * 4 * quads(k) + o % OUTPUTS * 4;                 \
      const float scale = o < n ? scale_of_##T(row, k) : 0, inverse = scale > 0 ? 1.0f / scale : 0.0f;                 \
      int32_t sum = 0;                                                                                                 \
      for (int64_t i = 0; i < 4 * quads(k); i++) {                                                                     \
        const float v = o < n && i < k ? load_##T(row, i) * inverse : 0;                                               \
        const int8_t b = (int8_t)((int)(ns_float_bits(v + SHIFT) & 0xff) - 128);                                       \
        out[i / 4 * OUTPUTS * 4 + i % 4] = b;                                                                          \
        sum += b;                                                                                                      \
      }                                                                                                                \
      ((float *)to.scales)[o] = scale;                                                                                 \
      ((int32_t *)to.corrections)[o] = 128 * sum;                                                                      \
    }                                                                                                                  \
  }
ROUNDING(f32)
ROUNDING(bf16)

void ns_int8_pack(int dtype, void *packed, const void *w, int64_t n, int64_t k) {
  dtype == 0 ? pack_f32(packed, w, n, k) : pack_bf16(packed, w, n, k);
}

void ns_int8_quantize(int dtype, uint8_t *q, float *scales, const void *x, int64_t rows, int64_t k) {
  dtype == 0 ? quantize_f32(q, scales, x, rows, k) : quantize_bf16(q, scales, x, rows, k);
}

// Sums of a tile of rows and 64 outputs to numbers.
#define FINISHING(T)                                                                                                  \
  NS_INLINE void finish_##T(T##_t *y, const int32_t *sums, const float *row_scales, weights w, const float *bias,     \
                            int64_t rows, int64_t outputs, int64_t n) {                                               \
    for (int64_t r = 0; r < rows; r++)                                                                                \
      for (int64_t o = 0; o < outputs; o++)                                                                           \
        store_##T(y + r * n, o, (float)(sums[r * OUTPUTS + o] - w.corrections[o]) * (row_scales[r] * w.scales[o]) +   \
                                    bias[o]);                                                                         \
  }
FINISHING(f32)
FINISHING(bf16)

typedef void (*summing)(int32_t *sums, const uint8_t *q, const int8_t *w, int64_t rows, int64_t quads);

NS_INLINE void product(summing sum, int dtype, void *y, const uint8_t *q, const float *scales, const void *packed,
                       const float *bias, int64_t rows, int64_t n, int64_t k) {
  const weights all = parts(packed, n, k);
  const int64_t kq = quads(k);
  static const float nothing[OUTPUTS] = {0};
  int32_t sums[ROWS * OUTPUTS];
  for (int64_t from = 0; from < n; from += OUTPUTS) {
    const weights w = {all.bytes + from * 4 * kq, all.scales + from, all.corrections + from};
    const int64_t outputs = n - from < OUTPUTS ? n - from : OUTPUTS;
    for (int64_t r = 0; r < rows; r += ROWS) {
      const int64_t count = rows - r < ROWS ? rows - r : ROWS;
      sum(sums, q + r * 4 * kq, w.bytes, count, kq);
      const float *const shift = bias ? bias + from : nothing;
      if (dtype == 0)
        finish_f32((float *)y + r * n + from, sums, scales + r, w, shift, count, outputs, n);
      else
        finish_bf16((bf16 *)y + r * n + from, sums, scales + r, w, shift, count, outputs, n);
    }
  }
}

NS_INLINE void sum_anywhere(int32_t *sums, const uint8_t *q, const int8_t *w, int64_t rows, int64_t quads) {
  for (int64_t r = 0; r < rows; r++) {
    int32_t *const out = sums + r * OUTPUTS;
    for (int o = 0; o < OUTPUTS; o++) out[o] = 0;
    for (int64_t i = 0; i < quads; i++) {
      const uint8_t *const a = q + (r * quads + i) * 4;
      const int8_t *const b = w + i * OUTPUTS * 4;
      for (int o = 0; o < OUTPUTS; o++)
        out[o] += a[0] * b[4 * o] + a[1] * b[4 * o + 1] + a[2] * b[4 * o + 2] + a[3] * b[4 * o + 3];
    }
  }
}

NS_CLONES static void product_anywhere(int dtype, void *y, const uint8_t *q, const float *scales, const void *packed,
                                       const float *bias, int64_t rows, int64_t n, int64_t k) {
  product(sum_anywhere, dtype, y, q, scales, packed, bias, rows, n, k);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma")))
#define INLINE static inline __attribute__((always_inline)) TARGET

INLINE void sum_rows(int32_t *sums, const uint8_t *q, const int8_t *w, const int rows, int64_t quads) {
  __m512i x[ROWS][4];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++) x[r][c] = _mm512_setzero_si512();
  for (int64_t i = 0; i < quads; i++) {
    __m512i b[4];
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++) b[c] = _mm512_loadu_si512(w + i * OUTPUTS * 4 + c * 64);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      int32_t four;
      memcpy(&four, q + (r * quads + i) * 4, 4);
      const __m512i a = _mm512_set1_epi32(four);
#pragma clang loop unroll(full)
      for (int c = 0; c < 4; c++) x[r][c] = _mm512_dpbusd_epi32(x[r][c], a, b[c]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++) _mm512_storeu_si512(sums + r * OUTPUTS + c * 16, x[r][c]);
}

INLINE void sum_vnni(int32_t *sums, const uint8_t *q, const int8_t *w, int64_t rows, int64_t quads) {
  switch (rows) {
    case 1: return sum_rows(sums, q, w, 1, quads);
    case 2: return sum_rows(sums, q, w, 2, quads);
    case 3: return sum_rows(sums, q, w, 3, quads);
    case 4: return sum_rows(sums, q, w, 4, quads);
    case 5: return sum_rows(sums, q, w, 5, quads);
    default: return sum_rows(sums, q, w, ROWS, quads);
  }
}

TARGET static void product_vnni(int dtype, void *y, const uint8_t *q, const float *scales, const void *packed,
                                const float *bias, int64_t rows, int64_t n, int64_t k) {
  product(sum_vnni, dtype, y, q, scales, packed, bias, rows, n, k);
}
#endif

int ns_int8_is_fast(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512dq");
#else
  return 0;
#endif
}

void ns_int8_product(int dtype, void *y, const uint8_t *q, const float *scales, const void *packed, const float *bias,
                     int64_t rows, int64_t n, int64_t k) {
#if defined(__x86_64__)
  if (ns_int8_is_fast()) return product_vnni(dtype, y, q, scales, packed, bias, rows, n, k);
#endif
  product_anywhere(dtype, y, q, scales, packed, bias, rows, n, k);
}
