// Shared parts of the kernel files: run-time dispatch, the two element types, and a vectorisable exp and erf.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"

#if defined(__x86_64__)
#define NS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NS_CLONES
#endif
#define NS_INLINE static inline __attribute__((always_inline))

#pragma clang fp contract(fast)

typedef uint16_t bf16;

NS_INLINE float ns_bits_float(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

NS_INLINE uint32_t ns_float_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

NS_INLINE float load_f32(const float *p, int64_t i) { return p[i]; }
NS_INLINE void store_f32(float *p, int64_t i, float v) { p[i] = v; }
NS_INLINE float load_bf16(const bf16 *p, int64_t i) { return ns_bits_float((uint32_t)p[i] << 16); }

// Round to nearest, ties to even; a NaN stays one.
NS_INLINE void store_bf16(bf16 *p, int64_t i, float v) {
  const uint32_t bits = ns_float_bits(v);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  p[i] = (bf16)(v != v ? (bits >> 16) | 0x40 : rounded);
}

// float16 without the processor's instructions for it: its exponent is 112 less than float32's, in which its smallest numbers are normal.
NS_INLINE float load_f16(const uint16_t *p, int64_t i) {
  const uint32_t half = p[i];
  const float magnitude = ns_bits_float((half & 0x7fff) << 13) * 0x1p112f;
  return ns_bits_float(ns_float_bits(magnitude) | (half & 0x8000) << 16);
}

// Round to nearest, ties to even, within float16's largest numbers.
NS_INLINE void store_f16(uint16_t *p, int64_t i, float v) {
  const float bounded = v < -65504.0f ? -65504.0f : (v > 65504.0f ? 65504.0f : v);
  const uint32_t bits = ns_float_bits(bounded * 0x1p-112f), magnitude = bits & 0x7fffffff;
  p[i] = (uint16_t)((magnitude + 0xfff + ((magnitude >> 13) & 1)) >> 13 | (bits >> 16 & 0x8000));
}

// exp to about 1 ulp (Cephes' polynomial) for x in [-86.9, 88.72]; a NaN stays one.
NS_INLINE float ns_exp_inside(float x) {
  // Adding 1.5·2^23 rounds to a whole number, which then stands in the lowest bits.
  const float shifted = x * 1.44269504088896341f + 12582912.0f;
  const float r = shifted - 12582912.0f;
  float t = x - r * 0.693359375f;
  t = t - r * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * t + 1.3981999507e-3f;
  p = p * t + 8.3334519073e-3f;
  p = p * t + 4.1665795894e-2f;
  p = p * t + 1.6666665459e-1f;
  p = p * t + 5.0000001201e-1f;
  p = p * t * t + t + 1.0f;
  // Half of 2^r, so that 2^128 does not overflow before the product does.
  const float half = ns_bits_float((ns_float_bits(shifted) << 23) + 0x3f000000u);
  return (p + p) * half;
}

// exp everywhere: 0 below -86.9, infinite above 88.72.
NS_INLINE float ns_expf(float x) {
  const float y = ns_exp_inside(x < -86.9f ? -86.9f : (x > 88.72f ? 88.72f : x));
  return x < -86.9f ? 0.0f : (x > 88.72f ? INFINITY : y);
}

// Never quite 0: about 4e-38 for all x below -86.
NS_INLINE float ns_sigmoidf(float x) {
  return 1.0f / (1.0f + ns_exp_inside(x < -86.0f ? 86.0f : (x > 86.0f ? -86.0f : -x)));
}

// tanh to about 2 ulp: Cephes' polynomial near 0, where 1 - 2/(e^2x + 1) would lose digits.
NS_INLINE float ns_tanhf(float x) {
  const float s = x * x;
  float p = -5.70498872745e-3f;
  p = p * s + 2.06390887954e-2f;
  p = p * s - 5.37397155531e-2f;
  p = p * s + 1.33314422036e-1f;
  p = p * s - 3.33332819422e-1f;
  const float near = p * s * x + x;
  const float far = 1.0f - 2.0f / (ns_exp_inside(x < -20.0f ? -40.0f : (x > 20.0f ? 40.0f : 2.0f * x)) + 1.0f);
  return s < 0.390625f ? near : far;
}

// erf to about 1 ulp, by two polynomials (N. Juffa's minimax fit).
NS_INLINE float ns_erff(float a) {
  const float t = a < 0 ? -a : a, s = a * a;
  float r = -1.72853470e-5f * t + 3.83197126e-4f;
  const float u = -3.88396438e-3f * t + 2.42546219e-2f;
  r = r * s + u;
  r = r * t - 1.06777877e-1f;
  r = r * t - 6.34846687e-1f;
  r = r * t - 1.28717512e-1f;
  r = r * t - t;
  r = 1.0f - ns_exp_inside(r < -40.0f ? -40.0f : r);
  const float far = a < 0 ? -r : r;
  float n = -5.96761703e-4f;
  n = n * s + 4.99119423e-3f;
  n = n * s - 2.67681349e-2f;
  n = n * s + 1.12819925e-1f;
  n = n * s - 3.76125336e-1f;
  n = n * s + 1.28379166e-1f;
  const float near = n * a + a;
  return t > 0.927734375f ? far : near;
}

#define NS_SQRT1_2 0.70710678118654752f
#define NS_1_SQRT2PI 0.39894228040143268f

NS_INLINE float ns_geluf(float x) { return 0.5f * x * (1.0f + ns_erff(x * NS_SQRT1_2)); }
NS_INLINE float ns_gelu_slope(float x) {
  return 0.5f * (1.0f + ns_erff(x * NS_SQRT1_2)) + x * NS_1_SQRT2PI * ns_expf(-0.5f * x * x);
}
NS_INLINE float ns_silu_slope(float x) {
  const float s = ns_sigmoidf(x);
  return s * (1.0f + x * (1.0f - s));
}
