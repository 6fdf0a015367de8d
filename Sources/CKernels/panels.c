// Products with weights in panels of sixteen outputs, for processors with sixteen vector registers: a tile of six rows by one panel is
// summed in registers while a slice of the panel and the rows stay in the first two cache levels (BLIS, doi:10.1145/2764454).
//
// Panels: [sixteen outputs][tap][input][output of the panel], zeros beyond the last output.
#include "common.h"

#pragma clang diagnostic ignored "-Wpsabi"

// Chains of products that are summed one after the other: sums of such sums lose fewer digits.
enum { PANEL = 16, ROWS = 6, AT_ONCE = 4, CHAIN = 320 };

typedef float half_panel __attribute__((vector_size(32), aligned(4)));
#define load(p) (*(const half_panel *)(p))
#define store(p, v) (*(half_panel *)(p) = (v))

#define PACKING(T)                                                                                                     \
  static void pack_##T(const ns_weight_packing *s, T *panel, const T *plain, int64_t count) {                          \
    for (int64_t i = 0; i < s->inputs; i++)                                                                            \
      for (int64_t tap = 0; tap < s->taps; tap++) {                                                                    \
        T *const out = panel + (tap * s->inputs + i) * PANEL;                                                          \
        const T *const in = plain + i * s->input_stride + (s->reversed ? s->taps - 1 - tap : tap);                     \
        if (s->output_stride == 1)                                                                                     \
          memcpy(out, in, count * sizeof *out);                                                                        \
        else                                                                                                           \
          for (int64_t o = 0; o < count; o++) out[o] = in[o * s->output_stride];                                       \
        for (int64_t o = count; o < PANEL; o++) out[o] = 0;                                                            \
      }                                                                                                                \
  }
PACKING(uint32_t)
PACKING(uint16_t)

void ns_pack_panels(const ns_weight_packing *s, int element_bytes, void *packed, const void *plain, int64_t from, int64_t to) {
  const int64_t size = s->taps * s->inputs * PANEL;
  for (int64_t panel = from; panel < to; panel++) {
    const int64_t start = panel * PANEL, left = s->outputs - start, count = left < PANEL ? left : PANEL;
    if (element_bytes == 4)
      pack_uint32_t(s, (uint32_t *)packed + panel * size, (const uint32_t *)plain + start * s->output_stride, count);
    else
      pack_uint16_t(s, (uint16_t *)packed + panel * size, (const uint16_t *)plain + start * s->output_stride, count);
  }
}

// c (R, 16) = a (R, k) · b (k, 16) + start, whose rows are start_stride apart.
NS_INLINE void tile(float *c, int64_t stride_c, const float *a, int64_t stride_a, const float *b, int64_t k,
                    const float *start, int64_t start_stride, const int R) {
  half_panel x[ROWS][2] = {0};
#pragma clang loop unroll(full)
  for (int r = 0; r < R; r++) __builtin_prefetch(c + r * stride_c, 1);
  // Two pointers reach six rows with the strides that an address can have.
  const float *low = a, *high = a + 3 * stride_a;
#define STEP(i)                                                                        \
  {                                                                                    \
    const half_panel left = load(b + PANEL * (i)), right = load(b + PANEL * (i) + 8);  \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < R; r++) {                   \
      const float s = r < 3 ? low[(i) + r * stride_a] : high[(i) + (r - 3) * stride_a]; \
      x[r][0] += s * left;                                                             \
      x[r][1] += s * right;                                                            \
    }                                                                                  \
  }
  int64_t i = 0;
  for (; i + AT_ONCE <= k; i += AT_ONCE, low += AT_ONCE, high += AT_ONCE, b += AT_ONCE * PANEL) {
    // Keeps the compiler from making a pointer of its own for each row.
    __asm__ volatile("" : "+r"(low), "+r"(high));
#pragma clang loop unroll(full)
    for (int u = 0; u < AT_ONCE; u++) STEP(u)
  }
  for (; i < k; i++, low++, high++, b += PANEL) STEP(0)
#undef STEP
#pragma clang loop unroll(full)
  for (int r = 0; r < R; r++) {
    const float *const from = start + r * start_stride;
    store(c + r * stride_c, x[r][0] + load(from));
    store(c + r * stride_c + 8, x[r][1] + load(from + 8));
  }
}

NS_INLINE void rows_of_tile(float *c, int64_t stride_c, const float *a, int64_t stride_a, const float *b, int64_t k,
                            const float *start, int64_t start_stride, int64_t rows) {
#define CASE(R) \
  case R: tile(c, stride_c, a, stride_a, b, count, start, start_stride, R); break;
  // Once even for no inputs, of which the result is the start.
  do {
    const int64_t count = k < CHAIN ? k : CHAIN;
    switch (rows) {
      CASE(1)
      CASE(2)
      CASE(3)
      CASE(4)
      CASE(5)
      default: tile(c, stride_c, a, stride_a, b, count, start, start_stride, ROWS);
    }
    // The next chain is added to what this one has written.
    start = c, start_stride = stride_c;
    a += count, b += count * PANEL, k -= count;
  } while (k > 0);
#undef CASE
}

// The last panel of outputs that are no multiple of sixteen: its tiles are made whole beside c.
NS_INLINE void edge_panel(const ns_panel_product_shape *s, float *c, const float *a, const float *b, const float *bias,
                          int64_t count) {
  float part[ROWS * PANEL] = {0}, shift[PANEL] = {0};
  if (bias) memcpy(shift, bias, count * sizeof *shift);
  for (int64_t r = 0; r < s->rows; r += ROWS) {
    const int64_t rows = s->rows - r < ROWS ? s->rows - r : ROWS;
    if (s->adds)
      for (int64_t i = 0; i < rows; i++) memcpy(part + i * PANEL, c + (r + i) * s->stride_c, count * sizeof *part);
    rows_of_tile(part, PANEL, a + r * s->stride_a, s->stride_a, b, s->k, s->adds ? part : shift, s->adds ? PANEL : 0, rows);
    for (int64_t i = 0; i < rows; i++) memcpy(c + (r + i) * s->stride_c, part + i * PANEL, count * sizeof *part);
  }
}

NS_CLONES void ns_panel_product(const ns_panel_product_shape *s, float *c, const float *a, const void *panels,
                                const float *bias, float *scratch) {
  static const float nothing[PANEL] = {0};
  for (int64_t o = 0; o < s->outputs; o += PANEL) {
    const int64_t place = o / PANEL * s->panel_stride;
    const float *b = (const float *)panels + place;
    if (s->element) {
      const uint16_t *const narrow = (const uint16_t *)panels + place;
      if (s->element == 1)
        for (int64_t i = 0; i < s->k * PANEL; i++) scratch[i] = load_bf16(narrow, i);
      else
        for (int64_t i = 0; i < s->k * PANEL; i++) scratch[i] = load_f16(narrow, i);
      b = scratch;
    }
    if (s->outputs - o < PANEL) {
      edge_panel(s, c + o, a, b, bias ? bias + o : 0, s->outputs - o);
      continue;
    }
    const float *const shift = bias ? bias + o : nothing;
    for (int64_t r = 0; r < s->rows; r += ROWS) {
      float *const out = c + r * s->stride_c + o;
      rows_of_tile(
          out, s->stride_c, a + r * s->stride_a, s->stride_a, b, s->k, s->adds ? out : shift, s->adds ? s->stride_c : 0,
          s->rows - r);
    }
  }
}

#define GATHERING(T, TYPE)                                                                                            \
  NS_CLONES static void gather_##T(float *rows, int64_t stride, const TYPE *a, int64_t row, int64_t column,           \
                                   int64_t count, int64_t k) {                                                        \
    if (column == 1)                                                                                                  \
      for (int64_t r = 0; r < count; r++)                                                                             \
        for (int64_t i = 0; i < k; i++) rows[r * stride + i] = load_##T(a + r * row, i);                              \
    else                                                                                                              \
      for (int64_t i = 0; i < k; i++)                                                                                 \
        for (int64_t r = 0; r < count; r++) rows[r * stride + i] = load_##T(a + r * row, i * column);                 \
  }
GATHERING(f32, float)
GATHERING(bf16, bf16)

void ns_gather_rows(int dtype, float *rows, int64_t stride, const void *a, int64_t row, int64_t column, int64_t count,
                    int64_t k) {
  dtype == 0 ? gather_f32(rows, stride, a, row, column, count, k) : gather_bf16(rows, stride, a, row, column, count, k);
}
