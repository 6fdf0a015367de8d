// Softmax along rows, forward and backward, and attention over sequences short enough to stay in cache.
#include "common.h"

#pragma clang fp reassociate(on)

typedef float f32_t;
typedef bf16 bf16_t;

// y = softmax(scale·x) over the first `seen` of n columns; the others become 0.
NS_INLINE void softmax_row(float *y, int64_t seen, float scale) {
  float top = -INFINITY, total = 0;
  for (int64_t i = 0; i < seen; i++) {
    const float v = y[i] * scale;
    y[i] = v;
    top = v > top ? v : top;
  }
  for (int64_t i = 0; i < seen; i++) {
    const float e = ns_expf(y[i] - top);
    y[i] = e;
    total += e;
  }
  const float k = 1.0f / total;
  for (int64_t i = 0; i < seen; i++) y[i] *= k;
}

#define LOOPS(T)                                                                                                       \
  NS_CLONES static void softmax_##T(T##_t *y, const T##_t *x, float scale, int64_t rows, int64_t n, int64_t period,    \
                                    int64_t offset, int64_t first) {                                                   \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *row = x + r * n;                                                                                    \
      T##_t *out = y + r * n;                                                                                          \
      int64_t seen = offset < 0 ? n : (first + r) % period + offset + 1;                                               \
      if (seen > n) seen = n;                                                                                          \
      float top = -INFINITY, total = 0;                                                                                \
      for (int64_t i = 0; i < seen; i++) {                                                                             \
        const float v = load_##T(row, i) * scale;                                                                      \
        top = v > top ? v : top;                                                                                       \
      }                                                                                                                \
      for (int64_t i = 0; i < seen; i++) total += ns_expf(load_##T(row, i) * scale - top);                             \
      const float k = 1.0f / total;                                                                                    \
      for (int64_t i = 0; i < seen; i++) store_##T(out, i, ns_expf(load_##T(row, i) * scale - top) * k);               \
      for (int64_t i = seen; i < n; i++) store_##T(out, i, 0.0f);                                                      \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void softmax_backward_##T(T##_t *dx, const T##_t *y, const T##_t *dy, float scale, int64_t rows,    \
                                             int64_t n) {                                                              \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *p = y + r * n, *g = dy + r * n;                                                                     \
      float dot = 0;                                                                                                   \
      for (int64_t i = 0; i < n; i++) dot += load_##T(p, i) * load_##T(g, i);                                          \
      for (int64_t i = 0; i < n; i++)                                                                                  \
        store_##T(dx + r * n, i, scale * load_##T(p, i) * (load_##T(g, i) - dot));                                     \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void log_softmax_##T(T##_t *y, const T##_t *x, int64_t rows, int64_t n) {                           \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *row = x + r * n;                                                                                    \
      float top = -INFINITY, total = 0;                                                                                \
      for (int64_t i = 0; i < n; i++) {                                                                                \
        const float v = load_##T(row, i);                                                                              \
        top = v > top ? v : top;                                                                                       \
      }                                                                                                                \
      for (int64_t i = 0; i < n; i++) total += ns_expf(load_##T(row, i) - top);                                        \
      const float shift = top + logf(total);                                                                           \
      for (int64_t i = 0; i < n; i++) store_##T(y + r * n, i, load_##T(row, i) - shift);                               \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void log_softmax_backward_##T(T##_t *dx, const T##_t *y, const T##_t *dy, int64_t rows, int64_t n) { \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *p = y + r * n, *g = dy + r * n;                                                                     \
      float total = 0;                                                                                                 \
      for (int64_t i = 0; i < n; i++) total += load_##T(g, i);                                                         \
      for (int64_t i = 0; i < n; i++)                                                                                  \
        store_##T(dx + r * n, i, load_##T(g, i) - ns_expf(load_##T(p, i)) * total);                                    \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_INLINE void gather_##T(float *out, const T##_t *in, int64_t rows, int64_t d, int64_t stride) {                    \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t i = 0; i < d; i++) out[r * d + i] = load_##T(in + r * stride, i);                                   \
  }                                                                                                                    \
  NS_INLINE void scatter_##T(T##_t *out, const float *in, int64_t rows, int64_t d, int64_t stride) {                   \
    for (int64_t r = 0; r < rows; r++)                                                                                 \
      for (int64_t i = 0; i < d; i++) store_##T(out + r * stride, i, in[r * d + i]);                                   \
  }                                                                                                                    \
  NS_CLONES static void attention_##T(T##_t *out, const T##_t *q, const T##_t *k, const T##_t *v, int64_t t,           \
                                      int64_t s, int64_t d, int64_t so, int64_t sq, int64_t sk, int64_t sv,            \
                                      float scale, int causal, float *scratch) {                                       \
    float *fq = scratch, *kt = fq + t * d, *fv = kt + s * d, *p = fv + s * d;                                          \
    gather_##T(fq, q, t, d, sq);                                                                                       \
    gather_##T(fv, v, s, d, sv);                                                                                       \
    for (int64_t j = 0; j < s; j++)                                                                                    \
      for (int64_t i = 0; i < d; i++) kt[i * s + j] = load_##T(k + j * sk, i);                                         \
    for (int64_t r = 0; r < t; r++) {                                                                                  \
      float *row = p + r * s;                                                                                          \
      scores(row, fq + r * d, kt, s, d);                                                                               \
      softmax_row(row, causal && r + 1 < s ? r + 1 : s, scale);                                                        \
      for (int64_t j = causal && r + 1 < s ? r + 1 : s; j < s; j++) row[j] = 0;                                        \
      combine(fq + r * d, row, fv, s, d);                                                                              \
    }                                                                                                                  \
    scatter_##T(out, fq, t, d, so);                                                                                    \
  }                                                                                                                    \
  NS_CLONES static void attention_backward_##T(T##_t *dq, T##_t *dk, T##_t *dv, const T##_t *q, const T##_t *k,        \
                                               const T##_t *v, const T##_t *dout, int64_t t, int64_t s, int64_t d,     \
                                               int64_t sq, int64_t sk, float scale, int causal, float *scratch) {      \
    float *fq = scratch, *kt = fq + t * d, *fk = kt + s * d, *vt = fk + s * d, *fo = vt + s * d, *p = fo + t * d;      \
    float *ds = p + s, *gk = ds + s, *gv = gk + s * d, *gq = gv + s * d;                                               \
    gather_##T(fq, q, t, d, sq);                                                                                       \
    gather_##T(fk, k, s, d, sk);                                                                                       \
    gather_##T(fo, dout, t, d, sq);                                                                                    \
    for (int64_t j = 0; j < s; j++)                                                                                    \
      for (int64_t i = 0; i < d; i++) {                                                                                \
        kt[i * s + j] = fk[j * d + i];                                                                                 \
        vt[i * s + j] = load_##T(v + j * sk, i);                                                                       \
      }                                                                                                                \
    memset(gk, 0, (size_t)(2 * s * d) * sizeof(float));                                                                \
    for (int64_t r = 0; r < t; r++) {                                                                                  \
      const int64_t seen = causal && r + 1 < s ? r + 1 : s;                                                            \
      scores(p, fq + r * d, kt, s, d);                                                                                 \
      softmax_row(p, seen, scale);                                                                                     \
      for (int64_t j = seen; j < s; j++) p[j] = 0;                                                                     \
      scores(ds, fo + r * d, vt, s, d);                                                                                \
      float dot = 0;                                                                                                   \
      for (int64_t j = 0; j < s; j++) dot += p[j] * ds[j];                                                             \
      for (int64_t j = 0; j < s; j++) ds[j] = scale * p[j] * (ds[j] - dot);                                            \
      combine(gq, ds, fk, s, d);                                                                                       \
      for (int64_t i = 0; i < d; i++) store_##T(dq + r * sq, i, gq[i]);                                                \
      for (int64_t j = 0; j < s; j++) {                                                                                \
        const float a = ds[j], b = p[j];                                                                               \
        for (int64_t i = 0; i < d; i++) {                                                                              \
          gk[j * d + i] += a * fq[r * d + i];                                                                          \
          gv[j * d + i] += b * fo[r * d + i];                                                                          \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
    scatter_##T(dk, gk, s, d, sk);                                                                                     \
    scatter_##T(dv, gv, s, d, sk);                                                                                     \
  }

// row[j] = sum over i of q[i] · kt[i, j]
NS_INLINE void scores(float *row, const float *q, const float *kt, int64_t s, int64_t d) {
  for (int64_t j = 0; j < s; j++) row[j] = 0;
  for (int64_t i = 0; i < d; i++) {
    const float a = q[i];
    for (int64_t j = 0; j < s; j++) row[j] += a * kt[i * s + j];
  }
}

// out[i] = sum over j of p[j] · v[j, i]
NS_INLINE void combine(float *out, const float *p, const float *v, int64_t s, int64_t d) {
  for (int64_t i = 0; i < d; i++) out[i] = 0;
  for (int64_t j = 0; j < s; j++) {
    const float a = p[j];
    for (int64_t i = 0; i < d; i++) out[i] += a * v[j * d + i];
  }
}

LOOPS(f32)
LOOPS(bf16)

void ns_softmax(int dtype, void *y, const void *x, float scale, int64_t rows, int64_t n, int64_t period, int64_t offset,
                int64_t first) {
  dtype ? softmax_bf16(y, x, scale, rows, n, period, offset, first)
        : softmax_f32(y, x, scale, rows, n, period, offset, first);
}
void ns_softmax_backward(int dtype, void *dx, const void *y, const void *dy, float scale, int64_t rows, int64_t n) {
  dtype ? softmax_backward_bf16(dx, y, dy, scale, rows, n) : softmax_backward_f32(dx, y, dy, scale, rows, n);
}
void ns_log_softmax(int dtype, void *y, const void *x, int64_t rows, int64_t n) {
  dtype ? log_softmax_bf16(y, x, rows, n) : log_softmax_f32(y, x, rows, n);
}
void ns_log_softmax_backward(int dtype, void *dx, const void *y, const void *dy, int64_t rows, int64_t n) {
  dtype ? log_softmax_backward_bf16(dx, y, dy, rows, n) : log_softmax_backward_f32(dx, y, dy, rows, n);
}
void ns_attention_small(int dtype, void *out, const void *q, const void *k, const void *v, int64_t t, int64_t s, int64_t d,
                        int64_t so, int64_t sq, int64_t sk, int64_t sv, float scale, int causal, float *scratch) {
  dtype ? attention_bf16(out, q, k, v, t, s, d, so, sq, sk, sv, scale, causal, scratch)
        : attention_f32(out, q, k, v, t, s, d, so, sq, sk, sv, scale, causal, scratch);
}
void ns_attention_small_backward(int dtype, void *dq, void *dk, void *dv, const void *q, const void *k, const void *v,
                                 const void *dout, int64_t t, int64_t s, int64_t d, int64_t sq, int64_t sk, float scale,
                                 int causal, float *scratch) {
  dtype ? attention_backward_bf16(dq, dk, dv, q, k, v, dout, t, s, d, sq, sk, scale, causal, scratch)
        : attention_backward_f32(dq, dk, dv, q, k, v, dout, t, s, d, sq, sk, scale, causal, scratch);
}
