// A thin C face over oneDNN 2.x for the two things asked of it: convolutions and matrix products, channels last.
//
// Every function returns 0 or oneDNN's own status code. Primitives are immutable and may run on several threads at once:
// scratch memory is the caller's. One run stays on the thread it is called from: callers split the work themselves.
// Create one at a time: oneDNN 2.6 keeps a setting of the convolution that it is preparing in a global variable.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum { NS_FLOAT32 = 0, NS_BFLOAT16 = 1 } ns_dtype;

typedef enum { NS_FORWARD = 0, NS_BACKWARD_DATA = 1, NS_BACKWARD_WEIGHTS = 2 } ns_direction;

// Pictures (n, h, w, ci) to (n, oh, ow, co) with weights (co, ci, kh, kw).
typedef struct {
  int64_t n, h, w, ci, co, kh, kw;
  int64_t stride_h, stride_w;
  int64_t top, bottom, left, right;  // padding
  int32_t dtype;                     // of source, weights, destination; bias and weight gradients are float32
  int32_t direction;
  int32_t has_bias;
} ns_convolution;

// c[b0, b1, m, n] = a[b0, b1, m, k] · b[b0, b1, k, n], each with its own strides in elements (row stride or column stride is 1).
typedef struct {
  int64_t batch0, batch1, m, n, k;
  int64_t a[4], b[4], c[4];
  int32_t dtype;         // of a and b
  int32_t result_dtype;  // of c
  int32_t has_bias;      // float32, length n
  int32_t packed;        // b is weights (n, k) row-major, packed once by ns_pack
} ns_matmul;

typedef struct ns_primitive ns_primitive;

int ns_convolution_create(const ns_convolution *shape, ns_primitive **out);
int ns_matmul_create(const ns_matmul *shape, ns_primitive **out);
void ns_primitive_destroy(ns_primitive *primitive);

// Bytes of scratch memory for one run, and of the weights in the layout this primitive wants.
size_t ns_scratch_bytes(const ns_primitive *primitive);
size_t ns_packed_bytes(const ns_primitive *primitive);
// A number that two primitives share if they want their weights in the same layout.
uint64_t ns_layout(const ns_primitive *primitive);
// oneDNN's name for the implementation it chose ("brgconv:avx512_core", ...).
const char *ns_implementation(const ns_primitive *primitive);

// Plain weights (PyTorch's layout, the primitive's dtype) to the primitive's layout; and weight gradients (float32) back.
// Large weights are packed in several parts, which do not touch each other's places.
int ns_pack_parts(const ns_primitive *primitive);
int ns_pack(const ns_primitive *primitive, int part, const void *plain, void *packed);
int ns_unpack_gradient(const ns_primitive *primitive, const void *packed, float *plain);

// Outputs of a block, and inputs with those that fill up, of weights laid out for products of pairs of bfloat16,
// [block of outputs][tap][pair of inputs][output of the block][2]. 0 for any other layout.
int64_t ns_pair_block(const ns_primitive *primitive);
int64_t ns_pair_inputs(const ns_primitive *primitive);

// Forward: in = source, weights = packed, out = destination.
// Backward data: in = destination gradient, weights = packed, out = source gradient.
// Backward weights: in = source, weights = destination gradient, out = packed weight gradient.
int ns_convolution_run(const ns_primitive *primitive, const void *in, const void *weights, const float *bias, void *out,
                       void *scratch);
int ns_matmul_run(const ns_primitive *primitive, const void *a, const void *b, const float *bias, void *c, void *scratch);

// The instruction set oneDNN found it may use (dnnl_cpu_isa_t), whether that has AVX-512, and whether bfloat16 is done in hardware.
int ns_instruction_set(void);
int ns_has_avx512(void);
int ns_has_native_bfloat16(void);
const char *ns_version(void);
