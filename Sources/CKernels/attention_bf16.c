// Attention of one head, forward, with the processor's products of bfloat16 pairs (AVX-512 BF16): the algorithm of
// attention_forward.c with half of its multiplications. Two neighbouring numbers that are multiplied and added stand in one
// 32-bit lane: channels 2i and 2i + 1 of queries and keys, keys 2j and 2j + 1 of scores and values.
#include "attention.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))
#define INLINE static inline __attribute__((always_inline)) TARGET

// Keys of a block: a multiple of 16.
enum { KEYS = 128, MOST_GROUPS = 2 };

typedef uint32_t pair;

// Whole vectors of pairs in the scratch memory, which is counted in floats: it has room, keys and values being half as wide.
typedef struct {
  pair *keys;      // (s, channel pairs)
  pair *values;    // (key pairs, dp)
  float *scores;   // (KEYS, groups, 16)
  pair *shares;    // (KEYS / 2, groups, 16)
  pair *queries;   // (channel pairs, groups, 16)
  float *mixed;    // (dp, groups, 16)
  float *plain;    // (16, dp)
} places;

INLINE __m512i round_to_bf16(__m512 x) { return _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(x)); }

// 2^x for x <= 0, exactly 0 below -125; to 3e-6, a thousandth of what rounding takes.
INLINE __m512 power_of_two(__m512 x) {
  const __m512 bounded = _mm512_max_ps(x, _mm512_set1_ps(-125.0f));
  const __m512 whole = _mm512_roundscale_ps(bounded, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 r = _mm512_sub_ps(bounded, whole);
  __m512 y = _mm512_set1_ps(9.570101791622765e-3f);
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(5.591786031001071e-2f));
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(2.4024744830815697e-1f));
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(6.931218147384369e-1f));
  y = _mm512_fmadd_ps(y, r, _mm512_set1_ps(1.0f));
  const __mmask16 there = _mm512_cmp_ps_mask(x, _mm512_set1_ps(-125.0f), _CMP_GE_OQ);
  return _mm512_maskz_scalef_ps(there, y, whole);
}

INLINE __m512 multiply_pairs(__m512 sum, __m512i a, __m512i b) {
  return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
}

// Scores of 8 keys.
INLINE void score(float *p, const pair *k, const pair *q, int64_t pairs, const int groups) {
  __m512 x[8][MOST_GROUPS];
#pragma clang loop unroll(full)
  for (int j = 0; j < 8; j++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) x[j][g] = _mm512_setzero_ps();
  for (int64_t i = 0; i < pairs; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < 8; j++)
#pragma clang loop unroll(full)
      for (int g = 0; g < groups; g++)
        x[j][g] = multiply_pairs(
            x[j][g], _mm512_loadu_si512(q + (i * groups + g) * LANES), _mm512_set1_epi32((int)k[j * pairs + i]));
#pragma clang loop unroll(full)
  for (int j = 0; j < 8; j++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) _mm512_storeu_ps(p + (j * groups + g) * LANES, x[j][g]);
}

// Adds n pairs of keys to 8 columns of mixtures.
INLINE void mix(float *mixed, const pair *v, const pair *p, int64_t n, int64_t dp, const int groups) {
  __m512 x[8][MOST_GROUPS];
#pragma clang loop unroll(full)
  for (int c = 0; c < 8; c++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) x[c][g] = _mm512_loadu_ps(mixed + (c * groups + g) * LANES);
  for (int64_t j = 0; j < n; j++)
#pragma clang loop unroll(full)
    for (int c = 0; c < 8; c++)
#pragma clang loop unroll(full)
      for (int g = 0; g < groups; g++)
        x[c][g] = multiply_pairs(
            x[c][g], _mm512_loadu_si512(p + (j * groups + g) * LANES), _mm512_set1_epi32((int)v[j * dp + c]));
#pragma clang loop unroll(full)
  for (int c = 0; c < 8; c++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) _mm512_storeu_ps(mixed + (c * groups + g) * LANES, x[c][g]);
}

// Scores of n keys to pairs of shares; `top`, `total` and `mixed` as in attention_forward.c. Lane l of the group sees keys up to
// last + l.
INLINE void weigh(const places at, __m512 *top, __m512 *total, int64_t n, int64_t last, int64_t d, __m512 scale, const int g,
                  const int groups) {
  const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const __m512 before = *top;
  // Rows that are not there, and keys that are not seen, have no score.
  const int64_t even = padded(n, 2);
  for (int64_t j = n; j < even; j++) _mm512_storeu_ps(at.scores + (j * groups + g) * LANES, _mm512_set1_ps(-INFINITY));
  for (int64_t j = last + 1 > 0 ? last + 1 : 0; j < n; j++) {
    const __mmask16 hidden = _mm512_cmplt_epi32_mask(lane, _mm512_set1_epi32((int)(j - last)));
    float *const row = at.scores + (j * groups + g) * LANES;
    _mm512_mask_storeu_ps(row, hidden, _mm512_set1_ps(-INFINITY));
  }
  __m512 highest = before;
  for (int64_t j = 0; j < n; j++) highest = _mm512_max_ps(highest, _mm512_loadu_ps(at.scores + (j * groups + g) * LANES));
  *top = highest;
  const __m512 shift = _mm512_mul_ps(highest, scale);
  __m512 sum = _mm512_setzero_ps();
  for (int64_t j = 0; j < even; j += 2) {
    const float *const row = at.scores + (j * groups + g) * LANES;
    const __m512 a = power_of_two(_mm512_fmsub_ps(_mm512_loadu_ps(row), scale, shift));
    const __m512 b = power_of_two(_mm512_fmsub_ps(_mm512_loadu_ps(row + groups * LANES), scale, shift));
    sum = _mm512_add_ps(sum, _mm512_add_ps(a, b));
    const __m512i both = _mm512_or_si512(round_to_bf16(a), _mm512_slli_epi32(round_to_bf16(b), 16));
    _mm512_storeu_si512(at.shares + (j / 2 * groups + g) * LANES, both);
  }
  const __m512 shrunk = power_of_two(_mm512_mul_ps(_mm512_sub_ps(before, highest), scale));
  *total = _mm512_fmadd_ps(*total, shrunk, sum);
  for (int64_t c = 0; c < d; c++) {
    float *const row = at.mixed + (c * groups + g) * LANES;
    _mm512_storeu_ps(row, _mm512_mul_ps(_mm512_loadu_ps(row), shrunk));
  }
}

// (count, d) with a stride to (count, pairs): a row as it lies, a last odd channel with a zero beside it.
INLINE void copy_row(pair *out, const bf16 *in, int64_t d, int64_t pairs) {
  out[pairs - 1] = 0;
  memcpy(out, in, (size_t)d * 2);
}

INLINE void queries(bf16 *out, const bf16 *q, const places at, int64_t rows, int64_t s, int64_t d, int64_t stride, float scale,
                    int64_t last, const int groups) {
  const int64_t dp = padded(d, LANES), pairs = (d + 1) / 2;
  __m512 top[MOST_GROUPS], total[MOST_GROUPS];
  for (int g = 0; g < groups; g++) top[g] = _mm512_set1_ps(-INFINITY), total[g] = _mm512_setzero_ps();
  memset(at.mixed, 0, (size_t)(groups * LANES * dp) * 4);
  for (int g = 0; g < groups; g++) {
    const int64_t from = g * LANES, wide = padded(pairs, LANES);
    pair *const plain = (pair *)at.plain;
    for (int64_t r = 0; r < LANES; r++) {
      memset(plain + r * wide, 0, (size_t)wide * 4);
      if (from + r < rows) copy_row(plain + r * wide, q + (from + r) * stride, d, pairs);
    }
    for (int64_t i = 0; i < wide; i += LANES)
      transpose_tile((float *)at.queries + (i * groups + g) * LANES, groups * LANES, (const float *)plain + i, wide);
  }
  for (int64_t from = 0; from < s; from += KEYS) {
    const int64_t n = s - from < KEYS ? s - from : KEYS;
    for (int64_t j = 0; j < n; j += 8)
      score(at.scores + j * groups * LANES, at.keys + (from + j) * pairs, at.queries, pairs, groups);
    for (int g = 0; g < groups; g++)
      weigh(at, top + g, total + g, n, last - from + g * LANES, d, _mm512_set1_ps(scale), g, groups);
    for (int64_t c = 0; c < d; c += 8)
      mix(at.mixed + c * groups * LANES, at.values + from / 2 * dp + c, at.shares, (n + 1) / 2, dp, groups);
  }
  for (int g = 0; g < groups; g++) {
    const int64_t from = g * LANES, count = rows - from < LANES ? rows - from : LANES;
    for (int64_t c = 0; c < d; c++) {
      float *const row = at.mixed + (c * groups + g) * LANES;
      _mm512_storeu_ps(row, _mm512_div_ps(_mm512_loadu_ps(row), total[g]));
    }
    for (int64_t i = 0; i < dp; i += LANES)
      transpose_tile(at.plain + i, dp, at.mixed + (i * groups + g) * LANES, groups * LANES);
    scatter_bf16(out + from * stride, at.plain, count, d, dp, stride);
  }
}

TARGET static void attention(bf16 *out, const bf16 *q, const bf16 *k, const bf16 *v, int64_t t, int64_t keys, int64_t d,
                             int64_t sq, int64_t sk, float scale, int causal, int64_t first, float *scratch) {
  const int64_t dp = padded(d, LANES), pairs = (d + 1) / 2, sp = padded(keys, 8);
  places at;
  at.keys = (pair *)scratch;
  at.values = at.keys + sp * pairs;
  at.mixed = (float *)(at.values + sp / 2 * dp);
  at.scores = at.mixed + MOST_GROUPS * LANES * dp;
  at.shares = (pair *)(at.scores + MOST_GROUPS * LANES * KEYS);
  at.queries = at.shares + MOST_GROUPS * LANES * KEYS / 2;
  at.plain = (float *)(at.queries + MOST_GROUPS * LANES * padded(pairs, LANES));
  for (int64_t j = 0; j < sp; j++) {
    if (j < keys)
      copy_row(at.keys + j * pairs, k + j * sk, d, pairs);
    else
      memset(at.keys + j * pairs, 0, (size_t)pairs * 4);
  }
  for (int64_t j = 0; j < sp; j += 2) {
    pair *const row = at.values + j / 2 * dp;
    const bf16 *const one = v + j * sk, *const other = one + sk;
    if (j + 1 < keys)
      for (int64_t c = 0; c < d; c++) row[c] = one[c] | (pair)other[c] << 16;
    else if (j < keys)
      for (int64_t c = 0; c < d; c++) row[c] = one[c];
    else
      memset(row, 0, (size_t)d * 4);
    memset(row + d, 0, (size_t)(dp - d) * 4);
  }
  for (int64_t r = 0; r < t;) {
    const int64_t left = t - r, rows = left < 2 * LANES ? left : 2 * LANES;
    const int64_t s = causal && first + r + rows < keys ? first + r + rows : keys;
    const int64_t last = causal ? first + r : keys;
    if (rows > LANES)
      queries(out + r * sq, q + r * sq, at, rows, s, d, sq, scale, last, 2);
    else
      queries(out + r * sq, q + r * sq, at, rows, s, d, sq, scale, last, 1);
    r += rows;
  }
}

int ns_attention_dot_products(void *out, const void *q, const void *k, const void *v, int64_t t, int64_t s, int64_t d,
                              int64_t sq, int64_t sk, float scale, int causal, int64_t first, float *scratch) {
  if (!__builtin_cpu_supports("avx512bf16") || !__builtin_cpu_supports("avx512dq")) return 0;
  attention(out, q, k, v, t, s, d, sq, sk, scale, causal, first, scratch);
  return 1;
}
#else
int ns_attention_dot_products(void *out, const void *q, const void *k, const void *v, int64_t t, int64_t s, int64_t d,
                              int64_t sq, int64_t sk, float scale, int causal, int64_t first, float *scratch) {
  return 0;
}
#endif
