// Weights laid out for products of pairs of bfloat16: [block of outputs][tap][pair of inputs][output of the block][2].
//
// oneDNN re-orders element by element; for the way back, where weights are packed at every call, that takes as long as a third of the product.
#include "common.h"

// Pairs that are done before the next block of outputs, so that plain rows are read in order and the cache holds them.
enum { PAIRS = 8 };

NS_CLONES static void pairs_side_by_side(bf16 *out, const bf16 *first, const bf16 *second, int64_t count) {
  for (int64_t j = 0; j < count; j++) {
    out[2 * j] = first[j];
    out[2 * j + 1] = second[j];
  }
}

NS_CLONES static void pairs_apart(bf16 *out, const bf16 *first, const bf16 *second, int64_t count, int64_t stride) {
  for (int64_t j = 0; j < count; j++) {
    out[2 * j] = first[j * stride];
    out[2 * j + 1] = second[j * stride];
  }
}

void ns_pack_pairs(const ns_weight_packing *s, bf16 *packed, const bf16 *plain, int64_t from, int64_t to) {
  const int64_t pairs = s->padded_inputs / 2, blocks = (s->outputs + s->block - 1) / s->block;
  for (int64_t low = from; low < to; low += PAIRS)
    for (int64_t block = 0; block < blocks; block++) {
      const int64_t start = block * s->block, left = s->outputs - start;
      const int64_t count = left < s->block ? left : s->block;
      for (int64_t pair = low; pair < to && pair < low + PAIRS; pair++)
        for (int64_t tap = 0; tap < s->taps; tap++) {
          bf16 *const out = packed + ((block * s->taps + tap) * pairs + pair) * s->block * 2;
          if (2 * pair + 1 >= s->inputs || count < s->block) memset(out, 0, s->block * 2 * sizeof *out);
          if (2 * pair >= s->inputs) continue;
          const bf16 *const first = plain + start * s->output_stride + 2 * pair * s->input_stride +
                                    (s->reversed ? s->taps - 1 - tap : tap);
          if (2 * pair + 1 == s->inputs)
            for (int64_t j = 0; j < count; j++) out[2 * j] = first[j * s->output_stride];
          else if (s->output_stride == 1)
            pairs_side_by_side(out, first, first + s->input_stride, count);
          else
            pairs_apart(out, first, first + s->input_stride, count, s->output_stride);
        }
    }
}
