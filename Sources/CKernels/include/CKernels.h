// The loops that need vector instructions: each is compiled for AVX-512, AVX2 and the baseline, and picked at run time.
//
// Buffers hold float32 (dtype 0) or bfloat16 (dtype 1); arithmetic and sums are float32 or wider. Sizes are elements.
// Nothing but the pool allocates, threads or checks: callers split the work and guarantee the sizes.
#pragma once
#include <stdint.h>

// MARK: Processor

// The instructions that these loops use here, for people: a static string.
const char *ns_instructions(void);

// MARK: Threads

typedef void (*ns_task)(void *context, int64_t part);
// Runs task(context, part) for every part in 0..<parts on up to `threads` threads, the calling one included; returns when
// all are done. A call from inside a task, or while another thread's call is running, does all parts itself.
void ns_run_parts(int64_t parts, int threads, ns_task task, void *context);

// MARK: Pointwise

typedef enum {
  NS_EXP, NS_LOG, NS_SQRT, NS_SQUARE, NS_ABS, NS_SIGMOID, NS_SILU, NS_TANH, NS_RELU, NS_GELU, NS_GELU_TANH, NS_QUICK_GELU,
  NS_SOFTPLUS, NS_SIN, NS_COS, NS_NEGATE, NS_RECIPROCAL
} ns_unary_op;

typedef enum { NS_ADD, NS_SUBTRACT, NS_MULTIPLY, NS_DIVIDE, NS_MAXIMUM, NS_MINIMUM } ns_binary_op;

// y[i] = op(x[i])
void ns_unary(int op, int dtype, void *y, const void *x, int64_t n);
// dx[i] = dy[i] · op'(x[i])
void ns_unary_backward(int op, int dtype, void *dx, const void *x, const void *dy, int64_t n);
// y[r, i] = op(a[r·row_a + i·step_a], b[r·row_b + i·step_b]) for n elements in each row; steps are 0 or 1
void ns_binary(int op, int dtype, void *y, const void *a, int64_t row_a, int64_t step_a, const void *b, int64_t row_b,
               int64_t step_b, int64_t rows, int64_t n);
// y[i] += x[i], float32
void ns_add_to(float *y, const float *x, int64_t n);
// y[i] = scale · x[i] + shift
void ns_affine(int dtype, void *y, const void *x, float scale, float shift, int64_t n);
// y[i] = min(max(x[i], low), high), and its gradient
void ns_clamp(int dtype, void *y, const void *x, float low, float high, int64_t n);
void ns_clamp_backward(int dtype, void *dx, const void *x, const void *dy, float low, float high, int64_t n);
// (rows, 2·d) -> (rows, d): value · gelu(gate), value first
void ns_geglu(int dtype, void *y, const void *x, int64_t rows, int64_t d);
void ns_geglu_backward(int dtype, void *dx, const void *x, const void *dy, int64_t rows, int64_t d);
// The largest of n elements of 2 or 4 bytes at any address, their highest bit left out.
uint32_t ns_largest_magnitude(int element_bytes, const void *x, int64_t n);
void ns_to_bfloat16(uint16_t *y, const float *x, int64_t n);
void ns_to_float32(float *y, const uint16_t *x, int64_t n);
// Rounded to float16; what is too large for that becomes the largest number
void ns_to_float16(uint16_t *y, const float *x, int64_t n);
// 1 if bfloat16 (element 1) or float16 (2) holds each x exactly, else 0; all of y is written only then
int ns_narrow_exactly(int element, uint16_t *y, const float *x, int64_t n);

// MARK: Reductions

// out[0] = sum x
double ns_sum(int dtype, const void *x, int64_t n);
// sums[c] += sum over rows of x[r, c] (sums in float64)
void ns_column_sums(int dtype, double *sums, const void *x, int64_t rows, int64_t c);
// out[r] = sum over c of x[r, c]
void ns_row_sums(int dtype, float *out, const void *x, int64_t rows, int64_t c);
// y[h, w, c] = sum of the factor·factor elements of x (h·factor, w·factor, c) above it
void ns_block_sums(int dtype, void *y, const void *x, int64_t h, int64_t w, int64_t c, int64_t factor);
// out[r] = max over c of x[r, c]
void ns_row_max(int dtype, float *out, const void *x, int64_t rows, int64_t c);

// MARK: Normalisation

// sums[c] += sum (x - pivot[c]), squares[c] += sum (x - pivot[c])²
void ns_moments(int dtype, double *sums, double *squares, const void *x, const float *pivot, int64_t rows, int64_t c);
// y[r, c] = activation(x[r, c]·scale[c] + shift[c]); activation 0 none, 1 SiLU
void ns_scale_shift(int dtype, void *y, const void *x, const float *scale, const float *shift, int activation, int64_t rows,
                    int64_t c);
// With z = x·scale + shift and dz = dy·activation'(z): sum_dz[c] += dz, sum_dzx[c] += dz·(x - mean[c])
void ns_scale_shift_sums(int dtype, double *sum_dz, double *sum_dzx, const void *x, const void *dy, const float *scale,
                         const float *shift, const float *mean, int activation, int64_t rows, int64_t c);
// dx = dz·p[c] + x·q[c] + r[c]
void ns_scale_shift_backward(int dtype, void *dx, const void *x, const void *dy, const float *scale, const float *shift,
                             const float *p, const float *q, const float *r, int activation, int64_t rows, int64_t c);
void ns_layer_norm(int dtype, void *y, float *mean, float *rstd, const void *x, const float *scale, const float *shift,
                   float epsilon, int64_t rows, int64_t c);
// dscale and dshift are added to
void ns_layer_norm_backward(int dtype, void *dx, float *dscale, float *dshift, const void *x, const void *dy,
                            const float *mean, const float *rstd, const float *scale, int64_t rows, int64_t c);

// MARK: Softmax and attention

// Along rows of n
void ns_softmax(int dtype, void *y, const void *x, int64_t rows, int64_t n);
// dx = y · (dy - sum(dy · y))
void ns_softmax_backward(int dtype, void *dx, const void *y, const void *dy, int64_t rows, int64_t n);
void ns_log_softmax(int dtype, void *y, const void *x, int64_t rows, int64_t n);
void ns_log_softmax_backward(int dtype, void *dx, const void *y, const void *dy, int64_t rows, int64_t n);

// Attention of one (batch, head): t queries, s keys, width d; strides are between tokens, in elements.
// With causal, query r sees keys 0…first + r. scratch holds the floats that ns_attention_scratch says.
int64_t ns_attention_scratch(int64_t s, int64_t d);
void ns_attention(int dtype, void *out, const void *q, const void *k, const void *v, int64_t t, int64_t s, int64_t d,
                  int64_t stride_q, int64_t stride_k, float scale, int causal, int64_t first, float *scratch);
// dq has the strides of q; dk and dv those of k. scratch holds the floats that ns_attention_backward_scratch says.
int64_t ns_attention_backward_scratch(int64_t s, int64_t d);
void ns_attention_backward(int dtype, void *dq, void *dk, void *dv, const void *q, const void *k, const void *v,
                           const void *dout, int64_t t, int64_t s, int64_t d, int64_t stride_q, int64_t stride_k, float scale,
                           int causal, float *scratch);

// MARK: Moving

// out (contiguous, sizes[]) = in read with strides[]; rank <= 8, element bytes 2 or 4; rows [first, last) of axis 0
void ns_permute(int element_bytes, void *out, const void *in, int rank, const int64_t *sizes, const int64_t *strides,
                int64_t first, int64_t last);

// MARK: Winograd

// A convolution of pictures (n, h, w, ci) with kernels of 3×3 or 3×1 to (n, oh, ow, co), as p = (m + 2)² or m + 2 products of matrices
// in float32. The output is cut into tiles of m×m or m×1 pixels, counted along rows, then down, then over the pictures. ci and co are
// multiples of 16, kw is 3 or 1, m is 2 or 4.
typedef struct {
  int64_t n, h, w, ci, oh, ow, co, top, left;
  int kw, m;
} ns_winograd;
// Outputs [from, to), multiples of 16, of u (p, ci, co) from the weights (co, ci, 3, kw); reversed, from those of the convolution that
// this is the gradient of, (ci, co, 3, kw)
void ns_winograd_weights(const ns_winograd *s, float *u, const float *weights, int reversed, int64_t from, int64_t to);
// v (p, rows, ci) of tiles [first, first + count) of x, count <= rows
void ns_winograd_input(const ns_winograd *s, int dtype, float *v, const void *x, int64_t first, int64_t count, int64_t rows);
// These tiles of y from the products m (p, rows, co), plus bias (co) unless that is null
void ns_winograd_output(const ns_winograd *s, int dtype, void *y, const float *m, const float *bias, int64_t first,
                        int64_t count, int64_t rows);

// MARK: Convolutions as products

// Pictures (…, h, w, channels), and (…, oh, ow) windows of kh × kw of them.
typedef struct {
  int64_t h, w, channels, oh, ow, kh, kw, stride_h, stride_w, top, left;
} ns_lowering;
// rows (count, kh · kw · channels) from `first` on, counted along rows, then down, then over the pictures
void ns_lower(const ns_lowering *s, int element_bytes, void *rows, const void *x, int64_t first, int64_t count);
// Columns [from, to) of them as float32, `stride` between rows
void ns_lower_slice(const ns_lowering *s, int dtype, float *rows, int64_t stride, const void *x, int64_t first, int64_t count,
                    int64_t from, int64_t to);

// MARK: Packing

// Weights from `inputs` to `outputs`, for one or more taps; strides in elements, taps lie side by side.
typedef struct {
  int64_t outputs, inputs, taps;
  int64_t output_stride, input_stride;
  int64_t block;          // outputs that lie side by side in the packed weights
  int64_t padded_inputs;  // with those that fill up
  int32_t reversed;       // the last tap comes first
} ns_weight_packing;
// Pairs of inputs [from, to), padded_inputs being even, of [block of outputs][tap][pair of inputs][output of the block][2], with zeros
// beyond the edges
void ns_pack_pairs(const ns_weight_packing *s, uint16_t *packed, const uint16_t *plain, int64_t from, int64_t to);

// MARK: Products with panels

// Blocks [from, to), of sixteen outputs, of [block][tap][input][output of the block], with zeros beyond the last output
void ns_pack_panels(const ns_weight_packing *s, int element_bytes, void *packed, const void *plain, int64_t from, int64_t to);

typedef struct {
  int64_t rows, outputs, k;
  int64_t stride_a, stride_c;  // between rows, in elements
  int64_t panel_stride;        // from one panel to the next, in elements
  int32_t element;             // of the panels: 0 float32, 1 bfloat16, 2 float16
  int32_t adds;                // c holds a sum that the product is added to
} ns_panel_product_shape;
// c (rows, outputs) = a (rows, k) · panels + bias (outputs), which may be null and is not read where c is added to; scratch holds 16·k
// floats if the panels are not float32
void ns_panel_product(const ns_panel_product_shape *s, float *c, const float *a, const void *panels, const float *bias,
                      float *scratch);
// rows[r·stride + i] = a[r·row + i·column] for `count` rows of k
void ns_gather_rows(int dtype, float *rows, int64_t stride, const void *a, int64_t row, int64_t column, int64_t count,
                    int64_t k);

// MARK: Products in 8-bit integers

// 1 if the processor has instructions for such products, else 0.
int ns_int8_is_fast(void);
// Of weights (n, k) packed, and of a rounded row of k numbers.
int64_t ns_int8_packed_bytes(int64_t n, int64_t k);
int64_t ns_int8_row_bytes(int64_t k);
void ns_int8_pack(int dtype, void *packed, const void *w, int64_t n, int64_t k);
// Rows of k numbers to bytes and a scale a row
void ns_int8_quantize(int dtype, uint8_t *q, float *scales, const void *x, int64_t rows, int64_t k);
// y (rows, n) = rows · weightsᵀ + bias (n), which may be null
void ns_int8_product(int dtype, void *y, const uint8_t *q, const float *scales, const void *packed, const float *bias,
                     int64_t rows, int64_t n, int64_t k);

// MARK: Training

// One AdamW step on float32 parameters, in place. decay multiplies the weight by (1 - rate·decay) before the update.
void ns_adamw(float *weight, float *m, float *v, const float *gradient, float rate, float beta1, float beta2, float epsilon,
              float decay, float correction1, float correction2, float gradient_scale, int64_t n);
// average += (1 - decay)·(weight - average)
void ns_ema(float *average, const float *weight, float decay, int64_t n);
