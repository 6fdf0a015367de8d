// Attention of one head, backward, in blocks of sixteen queries; a block's scores are computed again and never written out whole.
#include "attention.h"

int64_t ns_attention_backward_scratch(int64_t s, int64_t d) {
  const int64_t sp = padded(s, 8), dp = padded(d, LANES);
  // k, v, dk, dv; scores and their gradients; q, do and dq, each as rows and across.
  return 4 * sp * dp + 2 * sp * LANES + 6 * dp * LANES;
}

// Rows (16, dp) to across (dp, 16), and back.
NS_INLINE void turn_across(float *out, const float *in, int64_t dp) {
  for (int64_t i = 0; i < dp; i += LANES) transpose_tile(out + i * LANES, LANES, in + i, dp);
}
NS_INLINE void turn_back(float *out, const float *in, int64_t dp) {
  for (int64_t i = 0; i < dp; i += LANES) transpose_tile(out + i, dp, in + i * LANES, LANES);
}

// Keys of a block, which stay near while they are mixed; sums of a tile, which are kept in registers.
enum { KEYS = 128, MOST_TILE = 8 };

// out[j, lane] = sum over i < d of a[j, i]·q[i, lane]; sp is a multiple of the tile.
NS_INLINE void products(float *out, const float *a, const float *q, int64_t sp, int64_t d, int64_t dp, const int tile) {
  for (int64_t j = 0; j < sp; j += tile) {
    vector x[MOST_TILE] = {0};
    const float *row = a + j * dp;
    for (int64_t i = 0; i < d; i++) {
      const vector v = load(q + i * LANES);
#pragma clang loop unroll(full)
      for (int k = 0; k < tile; k++) x[k] += row[k * dp + i] * v;
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < tile; k++) store(out + (j + k) * LANES, x[k]);
  }
}

// out[i, lane] = sum over j < s of a[j, i]·p[j, lane]; what lies beyond d is no sum of anything, or zeros.
NS_INLINE void mixtures(float *out, const float *a, const float *p, int64_t s, int64_t d, int64_t dp, const int tile) {
  for (int64_t i = 0; i < dp; i++) store(out + i * LANES, (vector){0});
  for (int64_t from = 0; from < s; from += KEYS) {
    const int64_t end = s < from + KEYS ? s : from + KEYS;
    for (int64_t i = 0; i < d; i += tile) {
      vector x[MOST_TILE];
#pragma clang loop unroll(full)
      for (int k = 0; k < tile; k++) x[k] = load(out + (i + k) * LANES);
      for (int64_t j = from; j < end; j++) {
        const vector v = load(p + j * LANES);
#pragma clang loop unroll(full)
        for (int k = 0; k < tile; k++) x[k] += a[j * dp + i + k] * v;
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < tile; k++) store(out + (i + k) * LANES, x[k]);
    }
  }
}

// total[j, i] += sum over 16 lanes of p[j, lane]·rows[lane, i]; s is a multiple of the tile.
NS_INLINE void collect(float *total, const float *p, const float *rows, int64_t s, int64_t dp, const int tile) {
  for (int64_t j = 0; j < s; j += tile)
    for (int64_t i = 0; i < dp; i += LANES) {
      vector x[MOST_TILE];
#pragma clang loop unroll(full)
      for (int k = 0; k < tile; k++) x[k] = load(total + (j + k) * dp + i);
      for (int r = 0; r < LANES; r++) {
        const vector v = load(rows + r * dp + i);
#pragma clang loop unroll(full)
        for (int k = 0; k < tile; k++) x[k] += p[(j + k) * LANES + r] * v;
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < tile; k++) store(total + (j + k) * dp + i, x[k]);
    }
}

// Scores to exp(scale·(x - maximum)) over s keys, and 1 / their sum for every lane. Lane r sees keys up to last + r.
NS_INLINE void exponentials(float *x, float *share, int64_t s, int64_t last, float scale) {
  for (int64_t j = last + 1; j < s; j++)
    for (int64_t l = 0; l < LANES; l++)
      if (j > last + l) x[j * LANES + l] = -INFINITY;
  float top[LANES], total[LANES];
  for (int l = 0; l < LANES; l++) top[l] = x[l];
  for (int64_t j = 1; j < s; j++)
    for (int l = 0; l < LANES; l++) top[l] = x[j * LANES + l] > top[l] ? x[j * LANES + l] : top[l];
  for (int l = 0; l < LANES; l++) total[l] = 0;
  for (int64_t j = 0; j < s; j++) {
    float *row = x + j * LANES;
    for (int l = 0; l < LANES; l++) {
      const float v = (row[l] - top[l]) * scale;
      row[l] = v < -86.9f ? 0.0f : ns_exp_inside(v < -86.9f ? -86.9f : v);
      total[l] += row[l];
    }
  }
  for (int l = 0; l < LANES; l++) share[l] = 1.0f / total[l];
}

// ds = scale·p∘(ds - sum over keys of p∘ds) in every lane.
NS_INLINE void softmax_backward(float *ds, const float *p, int64_t s, float scale) {
  vector dot = {0};
  for (int64_t j = 0; j < s; j++) dot += load(p + j * LANES) * load(ds + j * LANES);
  for (int64_t j = 0; j < s; j++)
    store(ds + j * LANES, scale * load(p + j * LANES) * (load(ds + j * LANES) - dot));
}

#define BACKWARD(T)                                                                                                   \
  /* dV = Pᵀ·dO; dP = dO·Vᵀ; dS = scale·P∘(dP - rowsum(P∘dP)); dQ = dS·K; dK = dSᵀ·Q */                               \
  NS_INLINE void head_##T(T##_t *dq, T##_t *dk, T##_t *dv, const T##_t *q, const T##_t *k, const T##_t *v,            \
                          const T##_t *dout, int64_t t, int64_t keys, int64_t d, int64_t sq, int64_t sk, float scale, \
                          int causal, float *scratch, const int tile) {                                               \
    const int64_t sp = padded(keys, 8), dp = padded(d, LANES);                                                        \
    float *fk = scratch, *fv = fk + sp * dp, *gk = fv + sp * dp, *gv = gk + sp * dp;                                  \
    float *p = gv + sp * dp, *ds = p + sp * LANES, *rows_q = ds + sp * LANES, *rows_o = rows_q + dp * LANES;          \
    float *fq = rows_o + dp * LANES, *fo = fq + dp * LANES, *gq = fo + dp * LANES, *rows_g = gq + dp * LANES;         \
    float share[LANES];                                                                                               \
    gather_##T(fk, k, keys, sp, d, dp, sk);                                                                           \
    gather_##T(fv, v, keys, sp, d, dp, sk);                                                                           \
    for (int64_t i = 0; i < 2 * sp * dp; i++) gk[i] = 0;                                                              \
    for (int64_t r = 0; r < t; r += LANES) {                                                                          \
      const int64_t rows = t - r < LANES ? t - r : LANES;                                                             \
      const int64_t s = causal && r + rows < keys ? r + rows : keys, all = padded(s, 8);                              \
      gather_##T(rows_q, q + r * sq, rows, LANES, d, dp, sq);                                                         \
      gather_##T(rows_o, dout + r * sq, rows, LANES, d, dp, sq);                                                      \
      turn_across(fq, rows_q, dp);                                                                                    \
      turn_across(fo, rows_o, dp);                                                                                    \
      products(p, fk, fq, all, d, dp, tile);                                                                          \
      products(ds, fv, fo, all, d, dp, tile);                                                                         \
      exponentials(p, share, s, causal ? r : keys, scale);                                                            \
      for (int64_t j = 0; j < s; j++) store(p + j * LANES, load(p + j * LANES) * load(share));                        \
      softmax_backward(ds, p, s, scale);                                                                              \
      for (int64_t j = s; j < all; j++) store(p + j * LANES, (vector){0}), store(ds + j * LANES, (vector){0});        \
      mixtures(gq, fk, ds, s, d, dp, tile);                                                                           \
      turn_back(rows_g, gq, dp);                                                                                      \
      scatter_##T(dq + r * sq, rows_g, rows, d, dp, sq);                                                              \
      collect(gk, ds, rows_q, all, dp, tile);                                                                         \
      collect(gv, p, rows_o, all, dp, tile);                                                                          \
    }                                                                                                                 \
    scatter_##T(dk, gk, keys, d, dp, sk);                                                                             \
    scatter_##T(dv, gv, keys, d, dp, sk);                                                                             \
  }                                                                                                                   \
  NS_CLONES static void backward_##T(T##_t *dq, T##_t *dk, T##_t *dv, const T##_t *q, const T##_t *k, const T##_t *v, \
                                     const T##_t *dout, int64_t t, int64_t keys, int64_t d, int64_t sq, int64_t sk,   \
                                     float scale, int causal, float *scratch) {                                       \
    if (has_many_registers())                                                                                         \
      head_##T(dq, dk, dv, q, k, v, dout, t, keys, d, sq, sk, scale, causal, scratch, 8);                             \
    else                                                                                                              \
      head_##T(dq, dk, dv, q, k, v, dout, t, keys, d, sq, sk, scale, causal, scratch, 4);                             \
  }
BACKWARD(f32)
BACKWARD(bf16)

void ns_attention_backward(int dtype, void *dq, void *dk, void *dv, const void *q, const void *k, const void *v,
                           const void *dout, int64_t t, int64_t s, int64_t d, int64_t sq, int64_t sk, float scale,
                           int causal, float *scratch) {
  dtype ? backward_bf16(dq, dk, dv, q, k, v, dout, t, s, d, sq, sk, scale, causal, scratch)
        : backward_f32(dq, dk, dv, q, k, v, dout, t, s, d, sq, sk, scale, causal, scratch);
}
