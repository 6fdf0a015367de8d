// Sums along rows and columns. Column sums run over blocks of rows in float32 and are gathered in float64.
#include "common.h"

#pragma clang fp reassociate(on)

typedef float f32_t;
typedef bf16 bf16_t;

#define BLOCK_ROWS 64
#define BLOCK_COLUMNS 256

#define LOOPS(T)                                                                                                      \
  NS_CLONES static double sum_##T(const T##_t *x, int64_t n) {                                                        \
    double total = 0;                                                                                                 \
    for (int64_t start = 0; start < n; start += 4096) {                                                               \
      const int64_t end = start + 4096 < n ? start + 4096 : n;                                                        \
      float part = 0;                                                                                                 \
      for (int64_t i = start; i < end; i++) part += load_##T(x, i);                                                   \
      total += part;                                                                                                  \
    }                                                                                                                 \
    return total;                                                                                                     \
  }                                                                                                                   \
  NS_CLONES static void column_sums_##T(double *sums, const T##_t *x, int64_t rows, int64_t c) {                      \
    float part[BLOCK_COLUMNS];                                                                                        \
    for (int64_t c0 = 0; c0 < c; c0 += BLOCK_COLUMNS) {                                                               \
      const int64_t width = c - c0 < BLOCK_COLUMNS ? c - c0 : BLOCK_COLUMNS;                                          \
      for (int64_t r0 = 0; r0 < rows; r0 += BLOCK_ROWS) {                                                             \
        const int64_t r1 = r0 + BLOCK_ROWS < rows ? r0 + BLOCK_ROWS : rows;                                           \
        memset(part, 0, sizeof part);                                                                                 \
        for (int64_t r = r0; r < r1; r++) {                                                                           \
          const T##_t *row = x + r * c + c0;                                                                          \
          for (int64_t i = 0; i < width; i++) part[i] += load_##T(row, i);                                            \
        }                                                                                                             \
        for (int64_t i = 0; i < width; i++) sums[c0 + i] += part[i];                                                  \
      }                                                                                                               \
    }                                                                                                                 \
  }                                                                                                                   \
  NS_CLONES static void row_sums_##T(float *out, const T##_t *x, int64_t rows, int64_t c) {                           \
    for (int64_t r = 0; r < rows; r++) {                                                                              \
      const T##_t *row = x + r * c;                                                                                   \
      float s = 0;                                                                                                    \
      for (int64_t i = 0; i < c; i++) s += load_##T(row, i);                                                          \
      out[r] = s;                                                                                                     \
    }                                                                                                                 \
  }                                                                                                                   \
  NS_CLONES static void row_max_##T(float *out, const T##_t *x, int64_t rows, int64_t c) {                            \
    for (int64_t r = 0; r < rows; r++) {                                                                              \
      const T##_t *row = x + r * c;                                                                                   \
      float m = -INFINITY;                                                                                            \
      for (int64_t i = 0; i < c; i++) {                                                                               \
        const float v = load_##T(row, i);                                                                             \
        m = v > m ? v : m;                                                                                            \
      }                                                                                                               \
      out[r] = m;                                                                                                     \
    }                                                                                                                 \
  }                                                                                                                   \
  NS_CLONES static void moments_##T(double *sums, double *squares, const T##_t *x, const float *pivot, int64_t rows,  \
                                    int64_t c) {                                                                      \
    float s[BLOCK_COLUMNS], q[BLOCK_COLUMNS];                                                                         \
    for (int64_t c0 = 0; c0 < c; c0 += BLOCK_COLUMNS) {                                                               \
      const int64_t width = c - c0 < BLOCK_COLUMNS ? c - c0 : BLOCK_COLUMNS;                                          \
      for (int64_t r0 = 0; r0 < rows; r0 += BLOCK_ROWS) {                                                             \
        const int64_t r1 = r0 + BLOCK_ROWS < rows ? r0 + BLOCK_ROWS : rows;                                           \
        memset(s, 0, sizeof s);                                                                                       \
        memset(q, 0, sizeof q);                                                                                       \
        for (int64_t r = r0; r < r1; r++) {                                                                           \
          const T##_t *row = x + r * c + c0;                                                                          \
          for (int64_t i = 0; i < width; i++) {                                                                       \
            const float v = load_##T(row, i) - pivot[c0 + i];                                                         \
            s[i] += v;                                                                                                \
            q[i] += v * v;                                                                                            \
          }                                                                                                           \
        }                                                                                                             \
        for (int64_t i = 0; i < width; i++) {                                                                         \
          sums[c0 + i] += s[i];                                                                                       \
          squares[c0 + i] += q[i];                                                                                    \
        }                                                                                                             \
      }                                                                                                               \
    }                                                                                                                 \
  }
LOOPS(f32)
LOOPS(bf16)

double ns_sum(int dtype, const void *x, int64_t n) { return dtype ? sum_bf16(x, n) : sum_f32(x, n); }
void ns_column_sums(int dtype, double *sums, const void *x, int64_t rows, int64_t c) {
  dtype ? column_sums_bf16(sums, x, rows, c) : column_sums_f32(sums, x, rows, c);
}
void ns_row_sums(int dtype, float *out, const void *x, int64_t rows, int64_t c) {
  dtype ? row_sums_bf16(out, x, rows, c) : row_sums_f32(out, x, rows, c);
}
void ns_row_max(int dtype, float *out, const void *x, int64_t rows, int64_t c) {
  dtype ? row_max_bf16(out, x, rows, c) : row_max_f32(out, x, rows, c);
}
void ns_moments(int dtype, double *sums, double *squares, const void *x, const float *pivot, int64_t rows, int64_t c) {
  dtype ? moments_bf16(sums, squares, x, pivot, rows, c) : moments_f32(sums, squares, x, pivot, rows, c);
}
