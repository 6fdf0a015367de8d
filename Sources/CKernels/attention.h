// Shared parts of the attention files. Sixteen queries are the lanes of a vector, so that the softmax over the keys
// needs no sums across lanes, and keys and values are read as they lie, one number for all lanes.
//
// "Across" buffers hold queries side by side: (rows, 16). Widths d are padded to dp, a multiple of 16, with zeros.
#pragma once
#include "vectors.h"

#pragma clang fp reassociate(on)
typedef float f32_t;
typedef bf16 bf16_t;

NS_INLINE int64_t padded(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// One step of a 16×16 transposition: exchanges the off-diagonal blocks of size S in every pair of rows S apart.
#define FROM(S, C, FIRST) (FIRST ? (((C) & (S)) ? 16 + (C) - (S) : (C)) : (((C) & (S)) ? 16 + (C) : (C) + (S)))
#define MASK(S, FIRST)                                                                                                 \
  FROM(S, 0, FIRST), FROM(S, 1, FIRST), FROM(S, 2, FIRST), FROM(S, 3, FIRST), FROM(S, 4, FIRST), FROM(S, 5, FIRST),    \
      FROM(S, 6, FIRST), FROM(S, 7, FIRST), FROM(S, 8, FIRST), FROM(S, 9, FIRST), FROM(S, 10, FIRST),                  \
      FROM(S, 11, FIRST), FROM(S, 12, FIRST), FROM(S, 13, FIRST), FROM(S, 14, FIRST), FROM(S, 15, FIRST)
#define EXCHANGE(S)                                                            \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) {         \
    if (i & (S)) continue;                                                     \
    const vector a = x[i], b = x[i + (S)];                                     \
    x[i] = __builtin_shufflevector(a, b, MASK(S, 1));                          \
    x[i + (S)] = __builtin_shufflevector(a, b, MASK(S, 0));                    \
  }

// out[c, r] = in[r, c] for 16 rows and 16 columns.
NS_INLINE void transpose_tile(float *out, int64_t out_stride, const float *in, int64_t in_stride) {
  vector x[LANES];
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) x[i] = load(in + i * in_stride);
  EXCHANGE(8)
  EXCHANGE(4)
  EXCHANGE(2)
  EXCHANGE(1)
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) store(out + i * out_stride, x[i]);
}

// Thirty-two vector registers of sixteen floats hold the sums of eight keys and more, sixteen of eight floats those of
// four.
NS_INLINE int has_many_registers(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f");
#else
  return 0;
#endif
}

#define GATHERING(T)                                                                                             \
  /* (rows, d) with a stride to (count, dp); missing rows and columns are zeros. */                              \
  NS_INLINE void gather_##T(float *out, const T##_t *in, int64_t rows, int64_t count, int64_t d, int64_t dp,     \
                            int64_t stride) {                                                                    \
    for (int64_t r = 0; r < count; r++) {                                                                        \
      float *row = out + r * dp;                                                                                 \
      for (int64_t i = dp - LANES; i < dp; i++) row[i] = 0;                                                      \
      if (r < rows)                                                                                              \
        for (int64_t i = 0; i < d; i++) row[i] = load_##T(in + r * stride, i);                                   \
      else                                                                                                       \
        for (int64_t i = 0; i < dp; i++) row[i] = 0;                                                             \
    }                                                                                                            \
  }                                                                                                              \
  NS_INLINE void scatter_##T(T##_t *out, const float *in, int64_t rows, int64_t d, int64_t dp, int64_t stride) { \
    for (int64_t r = 0; r < rows; r++)                                                                           \
      for (int64_t i = 0; i < d; i++) store_##T(out + r * stride, i, in[r * dp + i]);                            \
  }
// 0 where the processor cannot; scale is times log2(e), the rest is ns_attention's.
int ns_attention_dot_products(void *out, const void *q, const void *k, const void *v, int64_t t, int64_t s, int64_t d,
                              int64_t sq, int64_t sk, float scale, int causal, int64_t first, float *scratch);

GATHERING(f32)
GATHERING(bf16)
