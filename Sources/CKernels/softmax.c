// Softmax along rows, forward and backward.
#include "common.h"

#pragma clang fp reassociate(on)

typedef float f32_t;
typedef bf16 bf16_t;

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
