// Attention of one head, forward: for some queries at a time, block after block of keys, keeping for each query the highest
// score so far, the sum of the exponentials and the mixture of values, all of which shrink when a higher score comes
// (arXiv:2205.14135, algorithm 1). Scores are never written out beyond one block, which stays in the first cache level.
#include "attention.h"

// Keys of a block: scores, keys and queries of one fit the first cache level.
// Queries of a block: each key that is read from further away serves so many.
enum { KEYS = 128, QUERIES = 64, MOST_GROUPS = 2, MOST_TILE = 8 };

int64_t ns_attention_scratch(int64_t s, int64_t d) {
  const int64_t dp = padded(d, LANES);
  // Keys and values, as float32 at most; of two groups scores and their shares in bfloat16; queries and mixtures of a block; a group's
  // queries or results as rows.
  return 2 * padded(s, 8) * dp + MOST_GROUPS * LANES * (KEYS + KEYS / 2) + 2 * QUERIES * dp + LANES * dp;
}

// Per query: the highest score and the sum of exponentials so far.
typedef struct {
  float top[QUERIES];
  float total[QUERIES];
} progress;

// 2^x for x <= 0, to 1e-7 above -126 and exactly 0 from -127, whose exponent is that of 0.
#define power_of_two(result, x)                                                           \
  {                                                                                       \
    const vector bounded = __builtin_elementwise_max((x), (vector){0} - 127.0f);          \
    const vector shifted = bounded + 12582912.0f, r = bounded - (shifted - 12582912.0f);  \
    vector y = r * 1.3276471873675186e-3f + 9.675541333497545e-3f;                        \
    y = y * r + 5.5507132738655436e-2f;                                                   \
    y = y * r + 2.4022119723863744e-1f;                                                   \
    y = y * r + 6.931469670645344e-1f;                                                    \
    y = y * r + 1.0f;                                                                     \
    result = (vector)((integers)y + ((integers)shifted << 23));                           \
  }

// p[j, group] = sum over i < d of k[j, i]·q[i, group], for `tile` keys.
NS_INLINE void scores(float *p, const float *k, const float *q, int64_t d, int64_t dp, const int groups, const int tile) {
  vector x[MOST_TILE][MOST_GROUPS] = {0};
  for (int64_t i = 0; i < d; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < tile; j++)
#pragma clang loop unroll(full)
      for (int g = 0; g < groups; g++) x[j][g] += k[j * dp + i] * load(q + (i * groups + g) * LANES);
#pragma clang loop unroll(full)
  for (int j = 0; j < tile; j++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) store(p + (j * groups + g) * LANES, x[j][g]);
}

// mixed[c, group] += sum over n keys of v[j, c]·p[j, group], for `tile` columns.
NS_INLINE void mix(float *mixed, const float *v, const float *p, int64_t n, int64_t dp, const int groups, const int tile) {
  vector x[MOST_TILE][MOST_GROUPS];
#pragma clang loop unroll(full)
  for (int c = 0; c < tile; c++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) x[c][g] = load(mixed + (c * groups + g) * LANES);
  for (int64_t j = 0; j < n; j++)
#pragma clang loop unroll(full)
    for (int c = 0; c < tile; c++)
#pragma clang loop unroll(full)
      for (int g = 0; g < groups; g++) x[c][g] += v[j * dp + c] * load(p + (j * groups + g) * LANES);
#pragma clang loop unroll(full)
  for (int c = 0; c < tile; c++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) store(mixed + (c * groups + g) * LANES, x[c][g]);
}

// The last key that lane l of a group sees is last + l, counted from the block's first.
NS_INLINE void hide_later(float *p, int64_t n, int64_t last, const int groups) {
  for (int g = 0; g < groups; g++)
    for (int64_t j = 0; j < n; j++)
      for (int64_t l = 0; l < LANES; l++)
        if (j > last + g * LANES + l) p[(j * groups + g) * LANES + l] = -INFINITY;
}

// Scores of n keys to exponentials, relative to the highest score so far; what was mixed before shrinks accordingly.
NS_INLINE void exponentials(float *p, float *tops, float *totals, float *mixed, int64_t n, int64_t dp, float scale,
                            const int groups) {
  for (int g = 0; g < groups; g++) {
    float *const top_place = tops + g * LANES, *const total_place = totals + g * LANES;
    const vector before = load(top_place);
    vector top = before;
    for (int64_t j = 0; j < n; j++) top = __builtin_elementwise_max(top, load(p + (j * groups + g) * LANES));
    store(top_place, top);
    const vector highest = top * scale;
    vector shrunk, total = {0};
    power_of_two(shrunk, (before - top) * scale);
    for (int64_t j = 0; j < n; j++) {
      float *const place = p + (j * groups + g) * LANES;
      vector share;
      power_of_two(share, load(place) * scale - highest);
      total += share;
      store(place, share);
    }
    store(total_place, load(total_place) * shrunk + total);
    for (int64_t c = 0; c < dp; c++) {
      float *const place = mixed + (c * groups + g) * LANES;
      store(place, load(place) * shrunk);
    }
  }
}

#define HEAD(T)                                                                                                       \
  /* Up to QUERIES of them, in sets of `groups`; the last key that query r sees is last + r. */                       \
  NS_INLINE void queries_##T(T##_t *out, const T##_t *q, const float *k, const float *v, int64_t rows, int64_t s,     \
                             int64_t d, int64_t stride, float scale, int64_t last, float *scratch, const int groups,  \
                             const int tile) {                                                                        \
    const int64_t dp = padded(d, LANES), lanes = groups * LANES, all = padded(rows, lanes);                           \
    float *const p = scratch, *const across = p + lanes * KEYS, *const mixed = across + all * dp;                     \
    float *const plain = mixed + all * dp;                                                                            \
    progress so_far;                                                                                                  \
    for (int l = 0; l < all; l++) so_far.top[l] = -INFINITY, so_far.total[l] = 0;                                     \
    for (int64_t i = 0; i < all * dp; i++) mixed[i] = 0;                                                              \
    for (int64_t r = 0; r < all; r += LANES) {                                                                        \
      float *const place = across + r / lanes * lanes * dp + r % lanes;                                               \
      gather_##T(plain, q + r * stride, rows - r, LANES, d, dp, stride);                                              \
      for (int64_t i = 0; i < dp; i += LANES) transpose_tile(place + i * lanes, lanes, plain + i, dp);                \
    }                                                                                                                 \
    for (int64_t from = 0; from < s; from += KEYS) {                                                                  \
      const int64_t n = s - from < KEYS ? s - from : KEYS;                                                            \
      for (int64_t r = 0; r < all; r += lanes) {                                                                      \
        for (int64_t j = 0; j < n; j += tile)                                                                         \
          scores(p + j * lanes, k + (from + j) * dp, across + r * dp, d, dp, groups, tile);                           \
        if (from + n > last + r + 1) hide_later(p, n, last + r - from, groups);                                       \
        exponentials(p, so_far.top + r, so_far.total + r, mixed + r * dp, n, dp, scale, groups);                      \
        for (int64_t c = 0; c < d; c += tile)                                                                         \
          mix(mixed + r * dp + c * lanes, v + from * dp + c, p, n, dp, groups, tile);                                 \
      }                                                                                                               \
    }                                                                                                                 \
    for (int64_t r = 0; r < rows; r += LANES) {                                                                       \
      float *const place = mixed + r / lanes * lanes * dp + r % lanes;                                                \
      const vector share = 1.0f / load(so_far.total + r);                                                             \
      for (int64_t i = 0; i < dp; i++) store(place + i * lanes, load(place + i * lanes) * share);                     \
      for (int64_t i = 0; i < dp; i += LANES) transpose_tile(plain + i, dp, place + i * lanes, lanes);                \
      scatter_##T(out + r * stride, plain, rows - r < LANES ? rows - r : LANES, d, dp, stride);                       \
    }                                                                                                                 \
  }                                                                                                                   \
  NS_CLONES static void attention_##T(T##_t *out, const T##_t *q, const T##_t *k, const T##_t *v, int64_t t,          \
                                      int64_t keys, int64_t d, int64_t sq, int64_t sk, float scale, int causal,       \
                                      int64_t first, float *scratch) {                                                \
    const int many = has_many_registers();                                                                            \
    const int64_t sp = padded(keys, 8), dp = padded(d, LANES);                                                        \
    float *const fk = scratch, *const fv = fk + sp * dp, *const rest = fv + sp * dp;                                  \
    gather_##T(fk, k, keys, sp, d, dp, sk);                                                                           \
    gather_##T(fv, v, keys, sp, d, dp, sk);                                                                           \
    for (int64_t r = 0; r < t; r += QUERIES) {                                                                        \
      const int64_t rows = t - r < QUERIES ? t - r : QUERIES;                                                         \
      /* The block's last query sees the most keys. */                                                                \
      const int64_t s = causal && first + r + rows < keys ? first + r + rows : keys;                                  \
      const int64_t last = causal ? first + r : keys;                                                                 \
      if (many && rows > LANES)                                                                                       \
        queries_##T(out + r * sq, q + r * sq, fk, fv, rows, s, d, sq, scale, last, rest, 2, 8);                       \
      else if (many)                                                                                                  \
        queries_##T(out + r * sq, q + r * sq, fk, fv, rows, s, d, sq, scale, last, rest, 1, 8);                       \
      else                                                                                                            \
        queries_##T(out + r * sq, q + r * sq, fk, fv, rows, s, d, sq, scale, last, rest, 1, 4);                       \
    }                                                                                                                 \
  }
HEAD(f32)
HEAD(bf16)

void ns_attention(int dtype, void *out, const void *q, const void *k, const void *v, int64_t t, int64_t s, int64_t d,
                  int64_t sq, int64_t sk, float scale, int causal, int64_t first, float *scratch) {
  const float by_two = scale * 1.44269504088896341f;
  if (!dtype)
    attention_f32(out, q, k, v, t, s, d, sq, sk, by_two, causal, first, scratch);
  else if (!ns_attention_dot_products(out, q, k, v, t, s, d, sq, sk, by_two, causal, first, scratch))
    attention_bf16(out, q, k, v, t, s, d, sq, sk, by_two, causal, first, scratch);
}
