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

// out[j, lane] = sum over i < d of a[j, i]·q[i, lane]; sp is a multiple of 8.
NS_INLINE void products(float *out, const float *a, const float *q, int64_t sp, int64_t d, int64_t dp) {
  for (int64_t j = 0; j < sp; j += 8) {
    vector x[8] = {0};
    const float *row = a + j * dp;
    for (int64_t i = 0; i < d; i++) {
      const vector v = load(q + i * LANES);
#pragma clang loop unroll(full)
      for (int k = 0; k < 8; k++) x[k] += row[k * dp + i] * v;
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < 8; k++) store(out + (j + k) * LANES, x[k]);
  }
}

// `count` columns of mixtures, all kept in registers.
NS_INLINE void mix(float *out, const float *a, const float *p, int64_t s, int64_t dp, int count) {
  vector x[LANES] = {0};
  for (int64_t j = 0; j < s; j++) {
    const vector v = load(p + j * LANES);
#pragma clang loop unroll(full)
    for (int k = 0; k < count; k++) x[k] += a[j * dp + k] * v;
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < count; k++) store(out + k * LANES, x[k]);
}

// out[i, lane] = sum over j < s of a[j, i]·p[j, lane]; columns beyond the last group of 8 that d touches are zeros.
NS_INLINE void mixtures(float *out, const float *a, const float *p, int64_t s, int64_t d, int64_t dp) {
  int64_t i = 0;
  for (; i + 8 < d; i += LANES) mix(out + i * LANES, a + i, p, s, dp, LANES);
  if (i < d) {
    mix(out + i * LANES, a + i, p, s, dp, 8);
    for (int k = 8; k < LANES; k++) store(out + (i + k) * LANES, (vector){0});
  }
}

// total[j, i] += sum over 16 lanes of p[j, lane]·rows[lane, i].
NS_INLINE void collect(float *total, const float *p, const float *rows, int64_t s, int64_t dp) {
  for (int64_t i = 0; i < dp; i += LANES) {
    vector x[LANES];
#pragma clang loop unroll(full)
    for (int r = 0; r < LANES; r++) x[r] = load(rows + r * dp + i);
    for (int64_t j = 0; j < s; j++) {
      vector sum = load(total + j * dp + i), other = {0};
#pragma clang loop unroll(full)
      for (int r = 0; r < LANES; r += 2) {
        sum += p[j * LANES + r] * x[r];
        other += p[j * LANES + r + 1] * x[r + 1];
      }
      store(total + j * dp + i, sum + other);
    }
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
  NS_CLONES static void backward_##T(T##_t *dq, T##_t *dk, T##_t *dv, const T##_t *q, const T##_t *k, const T##_t *v, \
                                     const T##_t *dout, int64_t t, int64_t keys, int64_t d, int64_t sq, int64_t sk,   \
                                     float scale, int causal, float *scratch) {                                       \
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
      const int64_t s = causal && r + rows < keys ? r + rows : keys;                                                  \
      gather_##T(rows_q, q + r * sq, rows, LANES, d, dp, sq);                                                         \
      gather_##T(rows_o, dout + r * sq, rows, LANES, d, dp, sq);                                                      \
      turn_across(fq, rows_q, dp);                                                                                    \
      turn_across(fo, rows_o, dp);                                                                                    \
      products(p, fk, fq, padded(s, 8), d, dp);                                                                       \
      products(ds, fv, fo, padded(s, 8), d, dp);                                                                      \
      exponentials(p, share, s, causal ? r : keys, scale);                                                            \
      for (int64_t j = 0; j < s; j++) store(p + j * LANES, load(p + j * LANES) * load(share));                        \
      softmax_backward(ds, p, s, scale);                                                                              \
      mixtures(gq, fk, ds, s, d, dp);                                                                                 \
      turn_back(rows_g, gq, dp);                                                                                      \
      scatter_##T(dq + r * sq, rows_g, rows, d, dp, sq);                                                              \
      collect(gk, ds, rows_q, s, dp);                                                                                 \
      collect(gv, p, rows_o, s, dp);                                                                                  \
    }                                                                                                                 \
    scatter_##T(dk, gk, keys, d, dp, sk);                                                                             \
    scatter_##T(dv, gv, keys, d, dp, sk);                                                                             \
  }
BACKWARD(f32)
BACKWARD(bf16)

void ns_attention_backward(int dtype, void *dq, void *dk, void *dv, const void *q, const void *k, const void *v,
                           const void *dout, int64_t t, int64_t s, int64_t d, int64_t sq, int64_t sk, float scale,
                           int causal, float *scratch) {
  dtype ? backward_bf16(dq, dk, dv, q, k, v, dout, t, s, d, sq, sk, scale, causal, scratch)
        : backward_f32(dq, dk, dv, q, k, v, dout, t, s, d, sq, sk, scale, causal, scratch);
}
