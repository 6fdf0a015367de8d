// Pointwise functions with their slopes side by side; one vectorised loop per function and element type.
#include "common.h"

NS_INLINE float f_exp(float x) { return ns_expf(x); }
NS_INLINE float d_exp(float x) { return ns_expf(x); }
NS_INLINE float f_log(float x) { return logf(x); }
NS_INLINE float d_log(float x) { return 1.0f / x; }
NS_INLINE float f_sqrt(float x) { return __builtin_sqrtf(x); }
NS_INLINE float d_sqrt(float x) { return 0.5f / __builtin_sqrtf(x); }
NS_INLINE float f_square(float x) { return x * x; }
NS_INLINE float d_square(float x) { return 2.0f * x; }
NS_INLINE float f_abs(float x) { return __builtin_fabsf(x); }
NS_INLINE float d_abs(float x) { return x > 0 ? 1.0f : (x < 0 ? -1.0f : 0.0f); }
NS_INLINE float f_sigmoid(float x) { return ns_sigmoidf(x); }
NS_INLINE float d_sigmoid(float x) {
  const float s = ns_sigmoidf(x);
  return s * (1.0f - s);
}
NS_INLINE float f_silu(float x) { return x * ns_sigmoidf(x); }
NS_INLINE float d_silu(float x) { return ns_silu_slope(x); }
NS_INLINE float f_tanh(float x) { return ns_tanhf(x); }
NS_INLINE float d_tanh(float x) {
  const float t = ns_tanhf(x);
  return 1.0f - t * t;
}
// A NaN passes, as everywhere: what is not a number is to be seen.
NS_INLINE float f_relu(float x) { return x < 0 ? 0 : x; }
NS_INLINE float d_relu(float x) { return x > 0 ? 1.0f : 0.0f; }
NS_INLINE float f_gelu(float x) { return ns_geluf(x); }
NS_INLINE float d_gelu(float x) { return ns_gelu_slope(x); }
NS_INLINE float f_gelu_tanh(float x) {
  return 0.5f * x * (1.0f + ns_tanhf(0.79788456080286536f * (x + 0.044715f * x * x * x)));
}
NS_INLINE float d_gelu_tanh(float x) {
  const float t = ns_tanhf(0.79788456080286536f * (x + 0.044715f * x * x * x));
  return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * 0.79788456080286536f * (1.0f + 0.134145f * x * x);
}
NS_INLINE float f_quick_gelu(float x) { return x * ns_sigmoidf(1.702f * x); }
NS_INLINE float d_quick_gelu(float x) {
  const float s = ns_sigmoidf(1.702f * x);
  return s + 1.702f * x * s * (1.0f - s);
}
NS_INLINE float f_softplus(float x) { return x > 20.0f ? x : log1pf(ns_expf(x)); }
NS_INLINE float d_softplus(float x) { return ns_sigmoidf(x); }
NS_INLINE float f_sin(float x) { return sinf(x); }
NS_INLINE float d_sin(float x) { return cosf(x); }
NS_INLINE float f_cos(float x) { return cosf(x); }
NS_INLINE float d_cos(float x) { return -sinf(x); }
NS_INLINE float f_negate(float x) { return -x; }
NS_INLINE float d_negate(float x) {
  (void)x;
  return -1.0f;
}
NS_INLINE float f_reciprocal(float x) { return 1.0f / x; }
NS_INLINE float d_reciprocal(float x) { return -1.0f / (x * x); }

#define FOR_EACH_UNARY(X)                                                                                              \
  X(exp, NS_EXP) X(log, NS_LOG) X(sqrt, NS_SQRT) X(square, NS_SQUARE) X(abs, NS_ABS) X(sigmoid, NS_SIGMOID)            \
  X(silu, NS_SILU) X(tanh, NS_TANH) X(relu, NS_RELU) X(gelu, NS_GELU) X(gelu_tanh, NS_GELU_TANH)                       \
  X(quick_gelu, NS_QUICK_GELU) X(softplus, NS_SOFTPLUS) X(sin, NS_SIN) X(cos, NS_COS) X(negate, NS_NEGATE)             \
  X(reciprocal, NS_RECIPROCAL)

#define UNARY_LOOPS(name, T)                                                                                           \
  NS_CLONES static void name##_##T(T##_t *restrict y, const T##_t *restrict x, int64_t n) {                            \
    for (int64_t i = 0; i < n; i++) store_##T(y, i, f_##name(load_##T(x, i)));                                         \
  }                                                                                                                    \
  NS_CLONES static void name##_slope_##T(T##_t *restrict dx, const T##_t *restrict x, const T##_t *restrict dy,        \
                                         int64_t n) {                                                                  \
    for (int64_t i = 0; i < n; i++) store_##T(dx, i, load_##T(dy, i) * d_##name(load_##T(x, i)));                      \
  }

typedef float f32_t;
typedef bf16 bf16_t;
#define UNARY(name, code) UNARY_LOOPS(name, f32) UNARY_LOOPS(name, bf16)
FOR_EACH_UNARY(UNARY)

void ns_unary(int op, int dtype, void *y, const void *x, int64_t n) {
  switch (op) {
#define CASE(name, code)                           \
  case code:                                       \
    dtype ? name##_bf16(y, x, n) : name##_f32(y, x, n); \
    break;
    FOR_EACH_UNARY(CASE)
#undef CASE
  }
}

void ns_unary_backward(int op, int dtype, void *dx, const void *x, const void *dy, int64_t n) {
  switch (op) {
#define CASE(name, code)                                             \
  case code:                                                         \
    dtype ? name##_slope_bf16(dx, x, dy, n) : name##_slope_f32(dx, x, dy, n); \
    break;
    FOR_EACH_UNARY(CASE)
#undef CASE
  }
}

NS_INLINE float b_add(float a, float b) { return a + b; }
NS_INLINE float b_subtract(float a, float b) { return a - b; }
NS_INLINE float b_multiply(float a, float b) { return a * b; }
NS_INLINE float b_divide(float a, float b) { return a / b; }
NS_INLINE float b_maximum(float a, float b) { return a > b || a != a ? a : b; }
NS_INLINE float b_minimum(float a, float b) { return a < b || a != a ? a : b; }

#define FOR_EACH_BINARY(X)                                                                        \
  X(add, NS_ADD) X(subtract, NS_SUBTRACT) X(multiply, NS_MULTIPLY) X(divide, NS_DIVIDE)           \
  X(maximum, NS_MAXIMUM) X(minimum, NS_MINIMUM)

// Rows are often as short as a few vectors: little unrolling, so that they do not end in single elements.
#define PAIR_LOOP _Pragma("clang loop interleave_count(2)") for (int64_t i = 0; i < n; i++)
#define BINARY_LOOPS(name, T)                                                                                         \
  NS_CLONES static void name##_pair_##T(T##_t *y, const T##_t *a, int64_t ra, int64_t sa, const T##_t *b, int64_t rb, \
                                        int64_t sb, int64_t rows, int64_t n) {                                        \
    for (int64_t r = 0; r < rows; r++, y += n, a += ra, b += rb) {                                                    \
      if (sa && sb) {                                                                                                 \
        PAIR_LOOP store_##T(y, i, b_##name(load_##T(a, i), load_##T(b, i)));                                          \
      } else if (sa) {                                                                                                \
        const float v = load_##T(b, 0);                                                                               \
        PAIR_LOOP store_##T(y, i, b_##name(load_##T(a, i), v));                                                       \
      } else if (sb) {                                                                                                \
        const float v = load_##T(a, 0);                                                                               \
        PAIR_LOOP store_##T(y, i, b_##name(v, load_##T(b, i)));                                                       \
      } else {                                                                                                        \
        const float v = b_##name(load_##T(a, 0), load_##T(b, 0));                                                     \
        PAIR_LOOP store_##T(y, i, v);                                                                                 \
      }                                                                                                               \
    }                                                                                                                 \
  }
#define BINARY(name, code) BINARY_LOOPS(name, f32) BINARY_LOOPS(name, bf16)
FOR_EACH_BINARY(BINARY)

void ns_binary(int op, int dtype, void *y, const void *a, int64_t ra, int64_t sa, const void *b, int64_t rb, int64_t sb,
               int64_t rows, int64_t n) {
  switch (op) {
#define CASE(name, code)                                            \
  case code:                                                        \
    dtype ? name##_pair_bf16(y, a, ra, sa, b, rb, sb, rows, n)      \
          : name##_pair_f32(y, a, ra, sa, b, rb, sb, rows, n);      \
    break;
    FOR_EACH_BINARY(CASE)
#undef CASE
  }
}

#define OTHER_LOOPS(T)                                                                                                 \
  NS_CLONES static void affine_##T(T##_t *y, const T##_t *x, float scale, float shift, int64_t n) {                    \
    for (int64_t i = 0; i < n; i++) store_##T(y, i, load_##T(x, i) * scale + shift);                                   \
  }                                                                                                                    \
  NS_CLONES static void clamp_##T(T##_t *y, const T##_t *x, float low, float high, int64_t n) {                        \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
      const float v = load_##T(x, i);                                                                                  \
      store_##T(y, i, v < low ? low : (v > high ? high : v));                                                          \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void clamp_slope_##T(T##_t *dx, const T##_t *x, const T##_t *dy, float low, float high,             \
                                        int64_t n) {                                                                   \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
      const float v = load_##T(x, i);                                                                                  \
      store_##T(dx, i, v >= low && v <= high ? load_##T(dy, i) : 0.0f);                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void geglu_##T(T##_t *y, const T##_t *x, int64_t rows, int64_t d) {                                 \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *value = x + r * 2 * d, *gate = value + d;                                                           \
      T##_t *out = y + r * d;                                                                                          \
      for (int64_t i = 0; i < d; i++) store_##T(out, i, load_##T(value, i) * ns_geluf(load_##T(gate, i)));             \
    }                                                                                                                  \
  }                                                                                                                    \
  NS_CLONES static void geglu_slope_##T(T##_t *dx, const T##_t *x, const T##_t *dy, int64_t rows, int64_t d) {         \
    for (int64_t r = 0; r < rows; r++) {                                                                               \
      const T##_t *value = x + r * 2 * d, *gate = value + d, *up = dy + r * d;                                         \
      T##_t *dvalue = dx + r * 2 * d, *dgate = dvalue + d;                                                             \
      for (int64_t i = 0; i < d; i++) {                                                                                \
        const float g = load_##T(gate, i), u = load_##T(up, i);                                                        \
        store_##T(dvalue, i, u * ns_geluf(g));                                                                         \
        store_##T(dgate, i, u * load_##T(value, i) * ns_gelu_slope(g));                                                \
      }                                                                                                                \
    }                                                                                                                  \
  }
OTHER_LOOPS(f32)
OTHER_LOOPS(bf16)

void ns_affine(int dtype, void *y, const void *x, float scale, float shift, int64_t n) {
  dtype ? affine_bf16(y, x, scale, shift, n) : affine_f32(y, x, scale, shift, n);
}
void ns_clamp(int dtype, void *y, const void *x, float low, float high, int64_t n) {
  dtype ? clamp_bf16(y, x, low, high, n) : clamp_f32(y, x, low, high, n);
}
void ns_clamp_backward(int dtype, void *dx, const void *x, const void *dy, float low, float high, int64_t n) {
  dtype ? clamp_slope_bf16(dx, x, dy, low, high, n) : clamp_slope_f32(dx, x, dy, low, high, n);
}
void ns_geglu(int dtype, void *y, const void *x, int64_t rows, int64_t d) {
  dtype ? geglu_bf16(y, x, rows, d) : geglu_f32(y, x, rows, d);
}
void ns_geglu_backward(int dtype, void *dx, const void *x, const void *dy, int64_t rows, int64_t d) {
  dtype ? geglu_slope_bf16(dx, x, dy, rows, d) : geglu_slope_f32(dx, x, dy, rows, d);
}

#define LARGEST(BITS)                                                                   \
  NS_CLONES static uint32_t largest_##BITS(const char *x, int64_t n) {                  \
    uint##BITS##_t largest = 0;                                                         \
    for (int64_t i = 0; i < n; i++) {                                                   \
      uint##BITS##_t bits;                                                              \
      memcpy(&bits, x + i * (int64_t)sizeof bits, sizeof bits);                         \
      bits &= (uint##BITS##_t)((uint##BITS##_t)~0 >> 1);                                \
      largest = bits > largest ? bits : largest;                                        \
    }                                                                                   \
    return largest;                                                                     \
  }
LARGEST(16)
LARGEST(32)
uint32_t ns_largest_magnitude(int element_bytes, const void *x, int64_t n) {
  return element_bytes == 2 ? largest_16(x, n) : largest_32(x, n);
}

NS_CLONES void ns_to_bfloat16(uint16_t *y, const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) store_bf16(y, i, x[i]);
}
NS_CLONES void ns_to_float32(float *y, const uint16_t *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = load_bf16(x, i);
}
NS_CLONES void ns_add_to(float *y, const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] += x[i];
}
NS_CLONES void ns_to_float16(uint16_t *y, const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) store_f16(y, i, x[i]);
}
NS_CLONES int ns_narrow_exactly(int element, uint16_t *y, const float *x, int64_t n) {
  enum { AT_ONCE = 1024 };
  for (int64_t from = 0; from < n; from += AT_ONCE) {
    const int64_t to = from + AT_ONCE < n ? from + AT_ONCE : n;
    uint32_t lost = 0;
    if (element == 1)
      for (int64_t i = from; i < to; i++) {
        y[i] = ns_float_bits(x[i]) >> 16;
        lost |= ns_float_bits(x[i]) & 0xffff;
      }
    else
      for (int64_t i = from; i < to; i++) {
        store_f16(y, i, x[i]);
        lost |= ns_float_bits(load_f16(y, i)) ^ ns_float_bits(x[i]);
      }
    if (lost) return 0;
  }
  return 1;
}
