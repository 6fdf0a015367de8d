// Sums along rows and columns. Column sums run over blocks of rows in float32 and are gathered in float64.
#include "common.h"

#pragma clang fp reassociate(on)

typedef float f32_t;
typedef bf16 bf16_t;

// Columns are summed in chunks that stay in registers over a block of rows.
#define BLOCK_ROWS 64
#define CHUNK 32

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
  NS_INLINE void column_chunk_##T(double *sums, const T##_t *x, int64_t rows, int64_t c, int64_t width) {             \
    float part[CHUNK] = {0};                                                                                          \
    for (int64_t r = 0; r < rows; r++)                                                                                \
      for (int64_t i = 0; i < width; i++) part[i] += load_##T(x + r * c, i);                                          \
    for (int64_t i = 0; i < width; i++) sums[i] += part[i];                                                           \
  }                                                                                                                   \
  NS_CLONES static void column_sums_##T(double *sums, const T##_t *x, int64_t rows, int64_t c) {                      \
    for (int64_t r = 0; r < rows; r += BLOCK_ROWS) {                                                                  \
      const int64_t n = r + BLOCK_ROWS < rows ? BLOCK_ROWS : rows - r;                                                \
      int64_t i = 0;                                                                                                  \
      for (; i + CHUNK <= c; i += CHUNK) column_chunk_##T(sums + i, x + r * c + i, n, c, CHUNK);                      \
      if (i < c) column_chunk_##T(sums + i, x + r * c + i, n, c, c - i);                                              \
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
  /* One pixel's sums over `width` channels: rows of the block are `row` elements apart, its pixels `c`. */           \
  NS_INLINE void block_chunk_##T(T##_t *y, const T##_t *x, int64_t row, int64_t c, int64_t f, int64_t width) {        \
    float part[CHUNK] = {0};                                                                                          \
    for (int64_t a = 0; a < f; a++)                                                                                   \
      for (int64_t b = 0; b < f; b++)                                                                                 \
        for (int64_t i = 0; i < width; i++) part[i] += load_##T(x + a * row + b * c, i);                              \
    for (int64_t i = 0; i < width; i++) store_##T(y, i, part[i]);                                                     \
  }                                                                                                                   \
  NS_CLONES static void block_sums_##T(T##_t *y, const T##_t *x, int64_t h, int64_t w, int64_t c, int64_t f) {        \
    for (int64_t at = 0; at < h * w; at++, y += c) {                                                                  \
      const T##_t *block = x + ((at / w) * f * w * f + (at % w) * f) * c;                                             \
      int64_t i = 0;                                                                                                  \
      for (; i + CHUNK <= c; i += CHUNK) block_chunk_##T(y + i, block + i, f * w * c, c, f, CHUNK);                   \
      if (i < c) block_chunk_##T(y + i, block + i, f * w * c, c, f, c - i);                                           \
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
  NS_INLINE void moments_chunk_##T(double *sums, double *squares, const T##_t *x, const float *pivot, int64_t rows,   \
                                   int64_t c, int64_t width) {                                                        \
    float s[CHUNK] = {0}, q[CHUNK] = {0};                                                                             \
    for (int64_t r = 0; r < rows; r++)                                                                                \
      for (int64_t i = 0; i < width; i++) {                                                                           \
        const float v = load_##T(x + r * c, i) - pivot[i];                                                            \
        s[i] += v;                                                                                                    \
        q[i] += v * v;                                                                                                \
      }                                                                                                               \
    for (int64_t i = 0; i < width; i++) {                                                                             \
      sums[i] += s[i];                                                                                                \
      squares[i] += q[i];                                                                                             \
    }                                                                                                                 \
  }                                                                                                                   \
  NS_CLONES static void moments_##T(double *sums, double *squares, const T##_t *x, const float *pivot, int64_t rows,  \
                                    int64_t c) {                                                                      \
    for (int64_t r = 0; r < rows; r += BLOCK_ROWS) {                                                                  \
      const int64_t n = r + BLOCK_ROWS < rows ? BLOCK_ROWS : rows - r;                                                \
      int64_t i = 0;                                                                                                  \
      for (; i + CHUNK <= c; i += CHUNK)                                                                              \
        moments_chunk_##T(sums + i, squares + i, x + r * c + i, pivot + i, n, c, CHUNK);                              \
      if (i < c) moments_chunk_##T(sums + i, squares + i, x + r * c + i, pivot + i, n, c, c - i);                     \
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
void ns_block_sums(int dtype, void *y, const void *x, int64_t h, int64_t w, int64_t c, int64_t factor) {
  dtype ? block_sums_bf16(y, x, h, w, c, factor) : block_sums_f32(y, x, h, w, c, factor);
}
void ns_row_max(int dtype, float *out, const void *x, int64_t rows, int64_t c) {
  dtype ? row_max_bf16(out, x, rows, c) : row_max_f32(out, x, rows, c);
}
void ns_moments(int dtype, double *sums, double *squares, const void *x, const float *pivot, int64_t rows, int64_t c) {
  dtype ? moments_bf16(sums, squares, x, pivot, rows, c) : moments_f32(sums, squares, x, pivot, rows, c);
}
