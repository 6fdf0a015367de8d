// Attention of one head, forward and backward, in blocks of eight queries: a block's scores stay in the first cache levels
// and are never written out whole. Keys are kept transposed, so that scores and mixtures are both plain vector updates.
//
// Widths are padded to whole vectors: s to sp, d to dp, both multiples of 16; padding holds zeros.
#include "common.h"

#pragma clang fp reassociate(on)
#pragma clang diagnostic ignored "-Wpsabi"

#define ROWS 8
#define LANES 16

typedef float f32_t;
typedef bf16 bf16_t;
typedef float vector __attribute__((vector_size(64), aligned(4)));

NS_INLINE int64_t padded(int64_t n) { return (n + LANES - 1) / LANES * LANES; }
NS_INLINE vector load(const float *p) { return *(const vector *)p; }
NS_INLINE void store(float *p, vector v) { *(vector *)p = v; }

int64_t ns_attention_scratch(int64_t t, int64_t s, int64_t d, int backward) {
  (void)t;
  const int64_t sp = padded(s), dp = padded(d);
  // Forward: kᵀ, v, and a block's q, scores and results. Backward: k, kᵀ, vᵀ, dk, dv, and a block's q, do, dq, p, ds.
  return backward ? 5 * sp * dp + ROWS * (3 * dp + 2 * sp) : 2 * sp * dp + ROWS * (2 * dp + sp);
}

// out[r, j] = sum over i < d of a[r, i]·b[i, j] for eight rows; a has row length dp, b and out sp.
NS_INLINE void scores(float *out, const float *a, const float *b, int64_t d, int64_t dp, int64_t sp) {
  int64_t j = 0;
  for (; j + 2 * LANES <= sp; j += 2 * LANES) {
    vector x[ROWS] = {0}, y[ROWS] = {0};
    for (int64_t i = 0; i < d; i++) {
      const vector b0 = load(b + i * sp + j), b1 = load(b + i * sp + j + LANES);
#pragma clang loop unroll(full)
      for (int r = 0; r < ROWS; r++) {
        const float w = a[r * dp + i];
        x[r] += w * b0;
        y[r] += w * b1;
      }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) {
      store(out + r * sp + j, x[r]);
      store(out + r * sp + j + LANES, y[r]);
    }
  }
  for (; j < sp; j += LANES) {
    vector x[ROWS] = {0};
    for (int64_t i = 0; i < d; i++) {
      const vector b0 = load(b + i * sp + j);
#pragma clang loop unroll(full)
      for (int r = 0; r < ROWS; r++) x[r] += a[r * dp + i] * b0;
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) store(out + r * sp + j, x[r]);
  }
}

// out[r, i] = sum over j < s of p[r, j]·v[j, i] for eight rows; p has row length sp, v and out dp.
NS_INLINE void mixtures(float *out, const float *p, const float *v, int64_t s, int64_t sp, int64_t dp) {
  for (int64_t i = 0; i < dp; i += LANES) {
    vector x[ROWS] = {0};
    for (int64_t j = 0; j < s; j++) {
      const vector b0 = load(v + j * dp + i);
#pragma clang loop unroll(full)
      for (int r = 0; r < ROWS; r++) x[r] += p[r * sp + j] * b0;
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) store(out + r * dp + i, x[r]);
  }
}

// total[j, i] += sum over eight rows of p[r, j]·a[r, i].
NS_INLINE void collect(float *total, const float *p, const float *a, int64_t s, int64_t sp, int64_t dp) {
  for (int64_t i = 0; i < dp; i += LANES) {
    vector x[ROWS];
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) x[r] = load(a + r * dp + i);
    for (int64_t j = 0; j < s; j++) {
      vector sum = load(total + j * dp + i);
#pragma clang loop unroll(full)
      for (int r = 0; r < ROWS; r++) sum += p[r * sp + j] * x[r];
      store(total + j * dp + i, sum);
    }
  }
}

NS_INLINE float largest(vector v) {
  float top = v[0];
#pragma clang loop unroll(full)
  for (int l = 1; l < LANES; l++) top = v[l] > top ? v[l] : top;
  return top;
}

// Scores to probabilities: softmax of scale·x over the first `seen` of sp columns; the others become 0.
NS_INLINE void softmax_row(float *x, int64_t seen, int64_t sp, float scale) {
  // Whole vectors only: a rest done one by one would cost more than all before it.
  for (int64_t j = seen; j < sp; j++) x[j] = -INFINITY;
  float lanes[LANES], total = 0;
  for (int l = 0; l < LANES; l++) lanes[l] = x[l];
  for (int64_t j = LANES; j < sp; j += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] = x[j + l] > lanes[l] ? x[j + l] : lanes[l];
  const float top = largest(load(lanes));
  vector sum = {0};
  for (int64_t j = 0; j < sp; j += LANES) {
    for (int l = 0; l < LANES; l++) {
      const float v = (x[j + l] - top) * scale;
      x[j + l] = v < -86.9f ? 0.0f : ns_exp_inside(v < -86.9f ? -86.9f : v);
    }
    sum += load(x + j);
  }
  for (int l = 0; l < LANES; l++) total += sum[l];
  const float k = 1.0f / total;
  for (int64_t j = 0; j < sp; j += LANES) store(x + j, load(x + j) * k);
}

// p's softmax and its pullback: ds = scale·p∘(ds - sum(p∘ds)).
NS_INLINE void softmax_row_backward(float *ds, const float *p, int64_t sp, float scale) {
  vector sum = {0};
  for (int64_t j = 0; j < sp; j += LANES) sum += load(p + j) * load(ds + j);
  float dot = 0;
  for (int l = 0; l < LANES; l++) dot += sum[l];
  for (int64_t j = 0; j < sp; j += LANES) store(ds + j, scale * load(p + j) * (load(ds + j) - dot));
}

NS_INLINE int64_t visible(int causal, int64_t row, int64_t s) { return causal && row + 1 < s ? row + 1 : s; }

#define LOOPS(T)                                                                                                       \
  /* (rows, d) with a stride to (count, dp); missing rows and columns are zeros. */                                    \
  NS_INLINE void gather_##T(float *out, const T##_t *in, int64_t rows, int64_t count, int64_t d, int64_t dp,           \
                            int64_t stride) {                                                                          \
    for (int64_t r = 0; r < count; r++) {                                                                              \
      for (int64_t i = 0; i < dp; i++) out[r * dp + i] = 0;                                                            \
      if (r < rows)                                                                                                    \
        for (int64_t i = 0; i < d; i++) out[r * dp + i] = load_##T(in + r * stride, i);                                \
    }                                                                                                                  \
  }                                                                                                                    \
  /* The same, transposed: (d, sp). */                                                                                 \
  NS_INLINE void gather_transposed_##T(float *out, const T##_t *in, int64_t s, int64_t sp, int64_t d,                  \
                                       int64_t stride) {                                                               \
    for (int64_t i = 0; i < d; i++)                                                                                    \
      for (int64_t j = s; j < sp; j++) out[i * sp + j] = 0;                                                            \
    for (int64_t j = 0; j < s; j++)                                                                                    \
      for (int64_t i = 0; i < d; i++) out[i * sp + j] = load_##T(in + j * stride, i);                                  \
  }                                                                                                                    \
  NS_INLINE void scatter_##T(T##_t *out, const float *in, int64_t rows, int64_t d, int64_t dp, int64_t stride) {       \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t i = 0; i < d; i++) store_##T(out + r * stride, i, in[r * dp + i]);                                  \
  }                                                                                                                    \
  NS_CLONES static void attention_##T(T##_t *out, const T##_t *q, const T##_t *k, const T##_t *v, int64_t t,           \
                                      int64_t s, int64_t d, int64_t sq, int64_t sk, float scale, int causal,           \
                                      int64_t first, float *scratch) {                                                 \
    const int64_t sp = padded(s), dp = padded(d);                                                                      \
    float *kt = scratch, *fv = kt + sp * dp, *fq = fv + sp * dp, *mix = fq + ROWS * dp, *p = mix + ROWS * dp;          \
    gather_transposed_##T(kt, k, s, sp, d, sk);                                                                        \
    gather_##T(fv, v, s, s, d, dp, sk);                                                                                \
    for (int64_t r0 = 0; r0 < t; r0 += ROWS) {                                                                         \
      const int64_t rows = t - r0 < ROWS ? t - r0 : ROWS;                                                              \
      gather_##T(fq, q + r0 * sq, rows, ROWS, d, dp, sq);                                                              \
      scores(p, fq, kt, d, dp, sp);                                                                                    \
      for (int64_t r = 0; r < ROWS; r++) softmax_row(p + r * sp, visible(causal, first + r0 + r, s), sp, scale);       \
      mixtures(mix, p, fv, s, sp, dp);                                                                                 \
      scatter_##T(out + r0 * sq, mix, rows, d, dp, sq);                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  /* dV = Pᵀ·dO; dP = dO·Vᵀ; dS = scale·P∘(dP - rowsum(P∘dP)); dQ = dS·K; dK = dSᵀ·Q */                                \
  NS_CLONES static void backward_##T(T##_t *dq, T##_t *dk, T##_t *dv, const T##_t *q, const T##_t *k, const T##_t *v,  \
                                     const T##_t *dout, int64_t t, int64_t s, int64_t d, int64_t sq, int64_t sk,       \
                                     float scale, int causal, float *scratch) {                                        \
    const int64_t sp = padded(s), dp = padded(d);                                                                      \
    float *fk = scratch, *kt = fk + sp * dp, *vt = kt + sp * dp, *gk = vt + sp * dp, *gv = gk + sp * dp;               \
    float *fq = gv + sp * dp, *fo = fq + ROWS * dp, *gq = fo + ROWS * dp, *p = gq + ROWS * dp, *ds = p + ROWS * sp;    \
    gather_##T(fk, k, s, s, d, dp, sk);                                                                                \
    gather_transposed_##T(kt, k, s, sp, d, sk);                                                                        \
    gather_transposed_##T(vt, v, s, sp, d, sk);                                                                        \
    for (int64_t i = 0; i < 2 * sp * dp; i++) gk[i] = 0;                                                               \
    for (int64_t r0 = 0; r0 < t; r0 += ROWS) {                                                                         \
      const int64_t rows = t - r0 < ROWS ? t - r0 : ROWS;                                                              \
      gather_##T(fq, q + r0 * sq, rows, ROWS, d, dp, sq);                                                              \
      gather_##T(fo, dout + r0 * sq, rows, ROWS, d, dp, sq);                                                           \
      scores(p, fq, kt, d, dp, sp);                                                                                    \
      scores(ds, fo, vt, d, dp, sp);                                                                                   \
      for (int64_t r = 0; r < ROWS; r++) {                                                                             \
        softmax_row(p + r * sp, visible(causal, r0 + r, s), sp, scale);                                                \
        softmax_row_backward(ds + r * sp, p + r * sp, sp, scale);                                                      \
      }                                                                                                                \
      mixtures(gq, ds, fk, s, sp, dp);                                                                                 \
      scatter_##T(dq + r0 * sq, gq, rows, d, dp, sq);                                                                  \
      collect(gk, ds, fq, s, sp, dp);                                                                                  \
      collect(gv, p, fo, s, sp, dp);                                                                                   \
    }                                                                                                                  \
    scatter_##T(dk, gk, s, d, dp, sk);                                                                                 \
    scatter_##T(dv, gv, s, d, dp, sk);                                                                                 \
  }
LOOPS(f32)
LOOPS(bf16)

void ns_attention(int dtype, void *out, const void *q, const void *k, const void *v, int64_t t, int64_t s, int64_t d,
                  int64_t sq, int64_t sk, float scale, int causal, int64_t first, float *scratch) {
  dtype ? attention_bf16(out, q, k, v, t, s, d, sq, sk, scale, causal, first, scratch)
        : attention_f32(out, q, k, v, t, s, d, sq, sk, scale, causal, first, scratch);
}
void ns_attention_backward(int dtype, void *dq, void *dk, void *dv, const void *q, const void *k, const void *v,
                           const void *dout, int64_t t, int64_t s, int64_t d, int64_t sq, int64_t sk, float scale,
                           int causal, float *scratch) {
  dtype ? backward_bf16(dq, dk, dv, q, k, v, dout, t, s, d, sq, sk, scale, causal, scratch)
        : backward_f32(dq, dk, dv, q, k, v, dout, t, s, d, sq, sk, scale, causal, scratch);
}
