// Copies that change the order of axes.
#include "common.h"

#define PERMUTE(NAME, T)                                                                                               \
  NS_CLONES static void NAME(T *out, const T *in, int rank, const int64_t *sizes, const int64_t *strides,              \
                             int64_t first, int64_t last) {                                                            \
    int64_t inner = 1;                                                                                                 \
    for (int a = 1; a < rank; a++) inner *= sizes[a];                                                                  \
    T *o = out + first * inner;                                                                                        \
    const int64_t n = rank > 1 ? sizes[rank - 1] : 1, step = rank > 1 ? strides[rank - 1] : 0;                         \
    const int64_t lines = rank > 1 && n > 0 ? inner / n : inner;                                                       \
    for (int64_t i0 = first; i0 < last; i0++) {                                                                        \
      int64_t index[8] = {0};                                                                                          \
      int64_t offset = i0 * strides[0];                                                                                \
      for (int64_t line = 0; line < lines; line++) {                                                                   \
        const T *source = in + offset;                                                                                 \
        if (step == 1)                                                                                                 \
          memcpy(o, source, (size_t)n * sizeof(T));                                                                    \
        else                                                                                                           \
          for (int64_t i = 0; i < n; i++) o[i] = source[i * step];                                                     \
        o += n;                                                                                                        \
        for (int a = rank - 2; a >= 1; a--) {                                                                          \
          offset += strides[a];                                                                                        \
          if (++index[a] < sizes[a]) break;                                                                            \
          offset -= strides[a] * sizes[a];                                                                             \
          index[a] = 0;                                                                                                \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }
PERMUTE(permute_4, uint32_t)
PERMUTE(permute_2, uint16_t)

void ns_permute(int element_bytes, void *out, const void *in, int rank, const int64_t *sizes, const int64_t *strides,
                int64_t first, int64_t last) {
  element_bytes == 4 ? permute_4(out, in, rank, sizes, strides, first, last)
                     : permute_2(out, in, rank, sizes, strides, first, last);
}
