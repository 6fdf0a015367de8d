#define _GNU_SOURCE
#include "COneDNN.h"

#include <dlfcn.h>
#include <dnnl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARTS = 8, LARGE = 1 << 20 };

// A slice of the way from plain weights to packed ones, or all of that from a packed weight gradient to a plain one.
typedef struct {
  dnnl_memory_desc_t from, to;
  dnnl_primitive_desc_t desc;
  dnnl_primitive_t primitive;
} reorder;

struct ns_primitive {
  dnnl_primitive_t primitive;
  dnnl_primitive_desc_t desc;
  dnnl_memory_desc_t in, weights, out, bias, scratch;
  dnnl_memory_desc_t plain;           // weights as PyTorch lays them out, in the primitive's dtype
  dnnl_memory_desc_t plain_gradient;  // the same in float32
  reorder parts[MOST_PARTS];
  int part_count;
  int direction, has_bias, packed;
};

static dnnl_engine_t engine;
static dnnl_stream_t stream;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void (*set_openmp_threads)(int);

static void start(void) {
  // Looked up, not linked: a oneDNN built without OpenMP has none.
  *(void **)&set_openmp_threads = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success)
    dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
}

// Callers split the work over threads of their own. OpenMP's would wait busily between calls, on the cores that those need.
static void begin(void) {
  pthread_once(&once, start);
  if (set_openmp_threads) set_openmp_threads(1);
}

#define CHECK(call)                    \
  do {                                 \
    dnnl_status_t status_ = (call);    \
    if (status_ != dnnl_success) {     \
      status = status_;                \
      goto done;                       \
    }                                  \
  } while (0)

static dnnl_data_type_t type_of(int dtype) { return dtype == NS_BFLOAT16 ? dnnl_bf16 : dnnl_f32; }

static dnnl_status_t user_scratchpad(dnnl_primitive_attr_t *attr) {
  dnnl_status_t status = dnnl_primitive_attr_create(attr);
  if (status != dnnl_success) return status;
  return dnnl_primitive_attr_set_scratchpad_mode(*attr, dnnl_scratchpad_mode_user);
}

// Large weights are packed in slices, for several threads, along the axis that is the outermost of the plain ones. The layouts that
// cannot be sliced are packed whole.
static void slice_weights(ns_primitive *p) {
  const dnnl_memory_desc_t *plain = &p->plain, *packed = &p->weights;
  const dnnl_blocking_desc_t *layout = &packed->format_desc.blocking;
  p->parts[0].from = *plain;
  p->parts[0].to = *packed;
  p->part_count = 1;
  if (packed->format_kind != dnnl_blocked || dnnl_memory_desc_get_size(plain) < LARGE) return;
  const int64_t *strides = plain->format_desc.blocking.strides;
  int axis = 0;
  for (int i = 1; i < plain->ndims; i++)
    if (plain->dims[i] > 1 && (plain->dims[axis] == 1 || strides[i] > strides[axis])) axis = i;
  int64_t block = 1;
  for (int i = 0; i < layout->inner_nblks; i++)
    if (layout->inner_idxs[i] == axis) block *= layout->inner_blks[i];
  const int64_t size = plain->dims[axis], blocks = (size + block - 1) / block;
  const int count = blocks < MOST_PARTS ? (int)blocks : MOST_PARTS;
  reorder parts[MOST_PARTS] = {0};
  for (int i = 0; i < count; i++) {
    dnnl_dims_t dims, offsets = {0};
    memcpy(dims, plain->dims, sizeof dims);
    const int64_t end = blocks * (i + 1) / count * block;
    offsets[axis] = blocks * i / count * block;
    dims[axis] = (end < size ? end : size) - offsets[axis];
    if (dnnl_memory_desc_init_submemory(&parts[i].from, plain, dims, offsets) != dnnl_success) return;
    if (dnnl_memory_desc_init_submemory(&parts[i].to, packed, dims, offsets) != dnnl_success) return;
  }
  memcpy(p->parts, parts, sizeof parts);
  p->part_count = count;
}

static dnnl_status_t finish(ns_primitive *p) {
  p->scratch = *dnnl_primitive_desc_query_md(p->desc, dnnl_query_scratchpad_md, 0);
  dnnl_status_t status = dnnl_primitive_create(&p->primitive, p->desc);
  if (status != dnnl_success || !p->packed) return status;
  if (p->direction == NS_BACKWARD_WEIGHTS) {
    p->parts[0].from = p->weights;
    p->parts[0].to = p->plain_gradient;
    p->part_count = 1;
  } else {
    slice_weights(p);
  }
  for (int i = 0; i < p->part_count; i++) {
    reorder *r = &p->parts[i];
    CHECK(dnnl_reorder_primitive_desc_create(&r->desc, &r->from, engine, &r->to, engine, NULL));
    CHECK(dnnl_primitive_create(&r->primitive, r->desc));
  }
done:
  return status;
}

int ns_convolution_create(const ns_convolution *s, ns_primitive **out) {
  begin();
  dnnl_status_t status = dnnl_success;
  dnnl_primitive_attr_t attr = NULL;
  dnnl_primitive_desc_t forward = NULL;
  ns_primitive *p = calloc(1, sizeof *p);
  if (!p) return dnnl_out_of_memory;
  p->direction = s->direction;
  p->packed = 1;
  p->has_bias = s->has_bias;
  const dnnl_data_type_t type = type_of(s->dtype);
  const int64_t oh = (s->h + s->top + s->bottom - s->kh) / s->stride_h + 1;
  const int64_t ow = (s->w + s->left + s->right - s->kw) / s->stride_w + 1;
  dnnl_dims_t src = {s->n, s->ci, s->h, s->w}, dst = {s->n, s->co, oh, ow};
  dnnl_dims_t wei = {s->co, s->ci, s->kh, s->kw}, bia = {s->co};
  dnnl_dims_t strides = {s->stride_h, s->stride_w}, pad_l = {s->top, s->left}, pad_r = {s->bottom, s->right};
  dnnl_memory_desc_t src_md, dst_md, wei_any, wei_any_gradient;
  CHECK(dnnl_memory_desc_init_by_tag(&src_md, 4, src, type, dnnl_nhwc));
  CHECK(dnnl_memory_desc_init_by_tag(&dst_md, 4, dst, type, dnnl_nhwc));
  CHECK(dnnl_memory_desc_init_by_tag(&wei_any, 4, wei, type, dnnl_format_tag_any));
  CHECK(dnnl_memory_desc_init_by_tag(&wei_any_gradient, 4, wei, dnnl_f32, dnnl_format_tag_any));
  CHECK(dnnl_memory_desc_init_by_tag(&p->plain, 4, wei, type, dnnl_oihw));
  CHECK(dnnl_memory_desc_init_by_tag(&p->plain_gradient, 4, wei, dnnl_f32, dnnl_oihw));
  CHECK(dnnl_memory_desc_init_by_tag(&p->bias, 1, bia, dnnl_f32, dnnl_x));
  CHECK(user_scratchpad(&attr));

  dnnl_convolution_desc_t fd;
  const dnnl_prop_kind_t kind = s->direction == NS_FORWARD ? dnnl_forward_inference : dnnl_forward_training;
  CHECK(dnnl_convolution_forward_desc_init(&fd, kind, dnnl_convolution_direct, &src_md, &wei_any,
                                           s->has_bias ? &p->bias : NULL, &dst_md, strides, pad_l, pad_r));
  CHECK(dnnl_primitive_desc_create(&forward, &fd, attr, engine, NULL));
  if (s->direction == NS_FORWARD) {
    p->desc = forward;
    forward = NULL;
    p->in = src_md;
    p->weights = *dnnl_primitive_desc_query_md(p->desc, dnnl_query_weights_md, 0);
    p->out = dst_md;
  } else if (s->direction == NS_BACKWARD_DATA) {
    dnnl_convolution_desc_t bd;
    CHECK(dnnl_convolution_backward_data_desc_init(&bd, dnnl_convolution_direct, &src_md, &wei_any, &dst_md, strides,
                                                   pad_l, pad_r));
    CHECK(dnnl_primitive_desc_create(&p->desc, &bd, attr, engine, forward));
    p->in = dst_md;
    p->weights = *dnnl_primitive_desc_query_md(p->desc, dnnl_query_weights_md, 0);
    p->out = src_md;
  } else {
    dnnl_convolution_desc_t bd;
    CHECK(dnnl_convolution_backward_weights_desc_init(&bd, dnnl_convolution_direct, &src_md, &wei_any_gradient, NULL,
                                                      &dst_md, strides, pad_l, pad_r));
    CHECK(dnnl_primitive_desc_create(&p->desc, &bd, attr, engine, forward));
    p->in = src_md;
    p->weights = *dnnl_primitive_desc_query_md(p->desc, dnnl_query_diff_weights_md, 0);
    p->out = dst_md;
  }
  CHECK(finish(p));
done:
  if (attr) dnnl_primitive_attr_destroy(attr);
  if (forward) dnnl_primitive_desc_destroy(forward);
  if (status == dnnl_success)
    *out = p;
  else
    ns_primitive_destroy(p);
  return status;
}

int ns_matmul_create(const ns_matmul *s, ns_primitive **out) {
  begin();
  dnnl_status_t status = dnnl_success;
  dnnl_primitive_attr_t attr = NULL;
  ns_primitive *p = calloc(1, sizeof *p);
  if (!p) return dnnl_out_of_memory;
  p->packed = s->packed;
  p->has_bias = s->has_bias;
  const dnnl_data_type_t type = type_of(s->dtype), result = type_of(s->result_dtype);
  // One batch axis fewer is one loop fewer inside the library.
  const int batched = s->batch0 * s->batch1 > 1;
  const int skip = batched ? 0 : 2, rank = 4 - skip;
  dnnl_dims_t da = {s->batch0, s->batch1, s->m, s->k}, db = {s->batch0, s->batch1, s->k, s->n},
              dc = {s->batch0, s->batch1, s->m, s->n}, bias = {1, 1, 1, s->n};
  dnnl_dims_t sa, sb, sc, sbias = {s->n, s->n, s->n, 1};
  memcpy(sa, s->a, sizeof s->a);
  memcpy(sb, s->b, sizeof s->b);
  memcpy(sc, s->c, sizeof s->c);
  dnnl_memory_desc_t b_md;
  CHECK(dnnl_memory_desc_init_by_strides(&p->in, rank, da + skip, type, sa + skip));
  CHECK(dnnl_memory_desc_init_by_strides(&p->out, rank, dc + skip, result, sc + skip));
  CHECK(dnnl_memory_desc_init_by_strides(&p->bias, rank, bias + skip, dnnl_f32, sbias + skip));
  CHECK(dnnl_memory_desc_init_by_strides(&p->plain, rank, db + skip, type, sb + skip));
  if (s->packed)
    CHECK(dnnl_memory_desc_init_by_tag(&b_md, rank, db + skip, type, dnnl_format_tag_any));
  else
    b_md = p->plain;
  CHECK(user_scratchpad(&attr));
  dnnl_matmul_desc_t d;
  CHECK(dnnl_matmul_desc_init(&d, &p->in, &b_md, s->has_bias ? &p->bias : NULL, &p->out));
  CHECK(dnnl_primitive_desc_create(&p->desc, &d, attr, engine, NULL));
  p->weights = *dnnl_primitive_desc_query_md(p->desc, dnnl_query_weights_md, 0);
  CHECK(finish(p));
done:
  if (attr) dnnl_primitive_attr_destroy(attr);
  if (status == dnnl_success)
    *out = p;
  else
    ns_primitive_destroy(p);
  return status;
}

void ns_primitive_destroy(ns_primitive *p) {
  if (!p) return;
  if (p->primitive) dnnl_primitive_destroy(p->primitive);
  if (p->desc) dnnl_primitive_desc_destroy(p->desc);
  for (int i = 0; i < p->part_count; i++) {
    if (p->parts[i].primitive) dnnl_primitive_destroy(p->parts[i].primitive);
    if (p->parts[i].desc) dnnl_primitive_desc_destroy(p->parts[i].desc);
  }
  free(p);
}

size_t ns_scratch_bytes(const ns_primitive *p) { return dnnl_memory_desc_get_size(&p->scratch); }
size_t ns_packed_bytes(const ns_primitive *p) { return dnnl_memory_desc_get_size(&p->weights); }

uint64_t ns_layout(const ns_primitive *p) {
  const dnnl_memory_desc_t *md = &p->weights;
  const dnnl_blocking_desc_t *b = &md->format_desc.blocking;
  uint64_t hash = 14695981039346656037u;  // FNV-1a over what tells layouts apart
#define MIX(value) hash = (hash ^ (uint64_t)(value)) * 1099511628211u
  MIX(md->ndims);
  MIX(md->data_type);
  MIX(md->format_kind);
  MIX(md->extra.flags);
  MIX(md->extra.compensation_mask);
  for (int i = 0; i < md->ndims; i++) {
    MIX(md->dims[i]);
    MIX(md->padded_dims[i]);
    if (md->format_kind == dnnl_blocked) MIX(b->strides[i]);
  }
  if (md->format_kind == dnnl_blocked)
    for (int i = 0; i < b->inner_nblks; i++) {
      MIX(b->inner_blks[i]);
      MIX(b->inner_idxs[i]);
    }
#undef MIX
  return hash;
}

// Of the weights of a forward convolution (outputs, inputs, kh, kw) and of a product (inputs, outputs).
static int has_pairs(const ns_primitive *p) {
  const dnnl_memory_desc_t *md = &p->weights;
  const dnnl_blocking_desc_t *b = &md->format_desc.blocking;
  if (!p->packed || p->direction != NS_FORWARD || md->data_type != dnnl_bf16 || md->format_kind != dnnl_blocked) return 0;
  if (md->extra.flags != 0) return 0;
  if (md->ndims == 4) {
    const int64_t pair_row = b->inner_blks[0] * md->padded_dims[1];
    return b->inner_nblks == 2 && b->inner_idxs[0] == 0 && b->inner_idxs[1] == 1 && b->inner_blks[1] == 2 &&
           b->strides[1] == b->inner_blks[0] * 2 && (md->dims[3] == 1 || b->strides[3] == pair_row) &&
           (md->dims[2] == 1 || b->strides[2] == md->dims[3] * pair_row) &&
           b->strides[0] == md->dims[2] * md->dims[3] * pair_row;
  }
  return md->ndims == 2 && b->inner_nblks == 3 && b->inner_idxs[0] == 0 && b->inner_idxs[1] == 1 &&
         b->inner_idxs[2] == 0 && b->inner_blks[2] == 2 &&
         b->strides[0] == b->inner_blks[0] * b->inner_blks[1] * 2 &&
         b->strides[1] == md->padded_dims[0] * b->inner_blks[1];
}

int64_t ns_pair_block(const ns_primitive *p) {
  return has_pairs(p) ? p->weights.format_desc.blocking.inner_blks[p->weights.ndims == 4 ? 0 : 1] : 0;
}

int64_t ns_pair_inputs(const ns_primitive *p) {
  return has_pairs(p) ? p->weights.padded_dims[p->weights.ndims == 4 ? 1 : 0] : 0;
}

const char *ns_implementation(const ns_primitive *p) {
  const char *name = "";
  dnnl_primitive_desc_query(p->desc, dnnl_query_impl_info_str, 0, &name);
  return name;
}

typedef struct {
  const dnnl_memory_desc_t *md;
  int argument;
  const void *bytes;
} binding;

// Runs a primitive on plain pointers: memory objects live for one call, so primitives can be shared by threads.
static int run(dnnl_primitive_t primitive, const binding *bindings, int count) {
  begin();
  dnnl_exec_arg_t args[8];
  dnnl_status_t status = dnnl_success;
  int made = 0;
  for (; made < count; made++) {
    args[made].arg = bindings[made].argument;
    status = dnnl_memory_create(&args[made].memory, bindings[made].md, engine, (void *)bindings[made].bytes);
    if (status != dnnl_success) break;
  }
  if (status == dnnl_success) status = dnnl_primitive_execute(primitive, stream, count, args);
  if (status == dnnl_success) status = dnnl_stream_wait(stream);
  for (int i = 0; i < made; i++) dnnl_memory_destroy(args[i].memory);
  return status;
}

int ns_pack_parts(const ns_primitive *p) { return p->part_count; }

static int run_reorder(const reorder *r, const void *from, void *to) {
  const binding b[] = {{&r->from, DNNL_ARG_FROM, from}, {&r->to, DNNL_ARG_TO, to}};
  return run(r->primitive, b, 2);
}

int ns_pack(const ns_primitive *p, int part, const void *plain, void *packed) {
  return run_reorder(&p->parts[part], plain, packed);
}

int ns_unpack_gradient(const ns_primitive *p, const void *packed, float *plain) {
  return run_reorder(&p->parts[0], packed, plain);
}

int ns_convolution_run(const ns_primitive *p, const void *in, const void *weights, const float *bias, void *out,
                       void *scratch) {
  if (p->direction == NS_FORWARD) {
    const binding b[] = {{&p->in, DNNL_ARG_SRC, in},
                         {&p->weights, DNNL_ARG_WEIGHTS, weights},
                         {&p->out, DNNL_ARG_DST, out},
                         {&p->scratch, DNNL_ARG_SCRATCHPAD, scratch},
                         {&p->bias, DNNL_ARG_BIAS, bias}};
    return run(p->primitive, b, p->has_bias ? 5 : 4);
  }
  if (p->direction == NS_BACKWARD_DATA) {
    const binding b[] = {{&p->in, DNNL_ARG_DIFF_DST, in},
                         {&p->weights, DNNL_ARG_WEIGHTS, weights},
                         {&p->out, DNNL_ARG_DIFF_SRC, out},
                         {&p->scratch, DNNL_ARG_SCRATCHPAD, scratch}};
    return run(p->primitive, b, 4);
  }
  const binding b[] = {{&p->in, DNNL_ARG_SRC, in},
                       {&p->out, DNNL_ARG_DIFF_DST, weights},
                       {&p->weights, DNNL_ARG_DIFF_WEIGHTS, out},
                       {&p->scratch, DNNL_ARG_SCRATCHPAD, scratch}};
  return run(p->primitive, b, 4);
}

int ns_matmul_run(const ns_primitive *p, const void *a, const void *b, const float *bias, void *c, void *scratch) {
  const binding bindings[] = {{&p->in, DNNL_ARG_SRC, a},
                              {&p->weights, DNNL_ARG_WEIGHTS, b},
                              {&p->out, DNNL_ARG_DST, c},
                              {&p->scratch, DNNL_ARG_SCRATCHPAD, scratch},
                              {&p->bias, DNNL_ARG_BIAS, bias}};
  return run(p->primitive, bindings, p->has_bias ? 5 : 4);
}

int ns_instruction_set(void) {
  begin();
  return (int)dnnl_get_effective_cpu_isa();
}

int ns_has_avx512(void) { return (ns_instruction_set() & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core; }

int ns_has_native_bfloat16(void) {
  const int isa = ns_instruction_set();
  return (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
}

const char *ns_version(void) {
  static char text[32];
  const dnnl_version_t *v = dnnl_version();
  snprintf(text, sizeof text, "%d.%d.%d", v->major, v->minor, v->patch);
  return text;
}
