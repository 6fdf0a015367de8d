// A convolution's inputs as rows of a product's left side (im2col), channels last: each row is one output's window, tap after tap.
#include "common.h"

// The pixel that a tap of a row's window reads; negative outside the picture.
NS_INLINE int64_t pixel(const ns_lowering *s, int64_t row, int64_t tap) {
  const int64_t picture = row / (s->oh * s->ow);
  const int64_t y = row / s->ow % s->oh * s->stride_h - s->top + tap / s->kw;
  const int64_t x = row % s->ow * s->stride_w - s->left + tap % s->kw;
  return y >= 0 && y < s->h && x >= 0 && x < s->w ? (picture * s->h + y) * s->w + x : -1;
}

void ns_lower(const ns_lowering *s, int element_bytes, void *rows, const void *x, int64_t first, int64_t count) {
  const int64_t bytes = s->channels * element_bytes;
  char *out = rows;
  for (int64_t row = first; row < first + count; row++)
    for (int64_t tap = 0; tap < s->kh * s->kw; tap++, out += bytes) {
      const int64_t from = pixel(s, row, tap);
      if (from >= 0)
        memcpy(out, (const char *)x + from * bytes, bytes);
      else
        memset(out, 0, bytes);
    }
}

void ns_lower_slice(const ns_lowering *s, int dtype, float *rows, int64_t stride, const void *x, int64_t first, int64_t count,
                    int64_t from, int64_t to) {
  for (int64_t start = from; start < to;) {
    const int64_t tap = start / s->channels, channel = start % s->channels;
    const int64_t end = (tap + 1) * s->channels < to ? (tap + 1) * s->channels : to, length = end - start;
    for (int64_t r = 0; r < count; r++) {
      const int64_t place = pixel(s, first + r, tap) * s->channels + channel;
      float *const out = rows + r * stride + start - from;
      if (place < 0)
        memset(out, 0, length * sizeof *out);
      else if (dtype == 0)
        memcpy(out, (const float *)x + place, length * sizeof *out);
      else
        ns_to_float32(out, (const bf16 *)x + place, length);
    }
    start = end;
  }
}
