// A convolution's inputs as rows of a product's left side (im2col), channels last: each row is one output's window, tap after tap.
#include "common.h"

void ns_lower(const ns_lowering *s, int element_bytes, void *rows, const void *x, int64_t first, int64_t count) {
  const int64_t bytes = s->channels * element_bytes;
  char *out = rows;
  for (int64_t row = first; row < first + count; row++) {
    const int64_t picture = row / (s->oh * s->ow), top = row / s->ow % s->oh * s->stride_h - s->top;
    const int64_t left = row % s->ow * s->stride_w - s->left;
    for (int64_t tap = 0; tap < s->kh * s->kw; tap++, out += bytes) {
      const int64_t y = top + tap / s->kw, z = left + tap % s->kw;
      if (y >= 0 && y < s->h && z >= 0 && z < s->w)
        memcpy(out, (const char *)x + ((picture * s->h + y) * s->w + z) * bytes, bytes);
      else
        memset(out, 0, bytes);
    }
  }
}
