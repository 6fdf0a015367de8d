// Softmax along rows, forward and backward.
#include "common.h"

#pragma clang fp reassociate(on)

typedef float f32_t;
typedef bf16 bf16_t;

// The largest of n elements, in lanes that become one vector: a NaN may or may not be seen, its sum will be one anyway.
#define LANES 16
#define LARGEST(T)                                                             \
  NS_INLINE float largest_##T(const T##_t *x, int64_t n) {                     \
    float lanes[LANES], top = -INFINITY;                                       \
    int64_t i = 0;                                                             \
    for (int l = 0; l < LANES; l++) lanes[l] = -INFINITY;                      \
    for (; i + LANES <= n; i += LANES)                                         \
      for (int l = 0; l < LANES; l++) {                                        \
        const float v = load_##T(x, i + l);                                    \
        lanes[l] = v > lanes[l] ? v : lanes[l];                                \
      }                                                                        \
    for (; i < n; i++) top = load_##T(x, i) > top ? load_##T(x, i) : top;      \
    for (int l = 0; l < LANES; l++) top = lanes[l] > top ? lanes[l] : top;     \
    return top;                                                                \
  }
LARGEST(f32)
LARGEST(bf16)

#define LOOPS(T)                                                                                                      \
  NS_CLONES static void softmax_##T(T##_t *y, const T##_t *x, int64_t rows, int64_t n) {                              \
    for (int64_t r = 0; r < rows; r++) {                                                                              \
      const T##_t *row = x + r * n;                                                                                   \
      T##_t *out = y + r * n;                                                                                         \
      const float top = largest_##T(row, n);                                                                          \
      float total = 0;                                                                                                \
      for (int64_t i = 0; i < n; i++) total += ns_expf(load_##T(row, i) - top);                                       \
      const float k = 1.0f / total;                                                                                   \
      for (int64_t i = 0; i < n; i++) store_##T(out, i, ns_expf(load_##T(row, i) - top) * k);                         \
    }                                                                                                                 \
  }                                                                                                                   \
  NS_CLONES static void softmax_backward_##T(T##_t *dx, const T##_t *y, const T##_t *dy, int64_t rows, int64_t n) {   \
    for (int64_t r = 0; r < rows; r++) {                                                                              \
      const T##_t *p = y + r * n, *g = dy + r * n;                                                                    \
      float dot = 0;                                                                                                  \
      for (int64_t i = 0; i < n; i++) dot += load_##T(p, i) * load_##T(g, i);                                         \
      for (int64_t i = 0; i < n; i++) store_##T(dx + r * n, i, load_##T(p, i) * (load_##T(g, i) - dot));              \
    }                                                                                                                 \
  }                                                                                                                   \
  NS_CLONES static void log_softmax_##T(T##_t *y, const T##_t *x, int64_t rows, int64_t n) {                          \
    for (int64_t r = 0; r < rows; r++) {                                                                              \
      const T##_t *row = x + r * n;                                                                                   \
      const float top = largest_##T(row, n);                                                                          \
      float total = 0;                                                                                                \
      for (int64_t i = 0; i < n; i++) total += ns_expf(load_##T(row, i) - top);                                       \
      const float shift = top + logf(total);                                                                          \
      for (int64_t i = 0; i < n; i++) store_##T(y + r * n, i, load_##T(row, i) - shift);                              \
    }                                                                                                                 \
  }                                                                                                                   \
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

void ns_softmax(int dtype, void *y, const void *x, int64_t rows, int64_t n) {
  dtype ? softmax_bf16(y, x, rows, n) : softmax_f32(y, x, rows, n);
}
void ns_softmax_backward(int dtype, void *dx, const void *y, const void *dy, int64_t rows, int64_t n) {
  dtype ? softmax_backward_bf16(dx, y, dy, rows, n) : softmax_backward_f32(dx, y, dy, rows, n);
}
void ns_log_softmax(int dtype, void *y, const void *x, int64_t rows, int64_t n) {
  dtype ? log_softmax_bf16(y, x, rows, n) : log_softmax_f32(y, x, rows, n);
}
void ns_log_softmax_backward(int dtype, void *dx, const void *y, const void *dy, int64_t rows, int64_t n) {
  dtype ? log_softmax_backward_bf16(dx, y, dy, rows, n) : log_softmax_backward_f32(dx, y, dy, rows, n);
}
