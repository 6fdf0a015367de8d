// The optimiser's inner loops.
#include "common.h"

// AdamW (arXiv:1711.05101) as torch.optim.AdamW computes it.
NS_CLONES void ns_adamw(float *weight, float *m, float *v, const float *gradient, float rate, float beta1, float beta2,
                        float epsilon, float decay, float correction1, float correction2, float gradient_scale,
                        int64_t n) {
  const float step = rate / correction1, root = 1.0f / __builtin_sqrtf(correction2);
  for (int64_t i = 0; i < n; i++) {
    const float g = gradient[i] * gradient_scale;
    m[i] = beta1 * m[i] + (1.0f - beta1) * g;
    v[i] = beta2 * v[i] + (1.0f - beta2) * g * g;
    weight[i] = weight[i] * (1.0f - rate * decay) - step * m[i] / (__builtin_sqrtf(v[i]) * root + epsilon);
  }
}

NS_CLONES void ns_ema(float *average, const float *weight, float decay, int64_t n) {
  for (int64_t i = 0; i < n; i++) average[i] += (1.0f - decay) * (weight[i] - average[i]);
}
