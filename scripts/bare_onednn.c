// The rate of bare oneDNN calls, on its own threads, for the shapes of `negspace bench operators`.
//
//   cc -O2 scripts/bare_onednn.c -ldnnl -o bare_onednn && ./bare_onednn
#include <dnnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS 9
#define OK(call)                                                       \
  do {                                                                 \
    if ((call) != dnnl_success) {                                      \
      fprintf(stderr, "oneDNN failed at line %d\n", __LINE__);         \
      exit(1);                                                         \
    }                                                                  \
  } while (0)

static dnnl_engine_t engine;
static dnnl_stream_t stream;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) { return *(double *)a < *(double *)b ? -1 : 1; }

static dnnl_memory_t memory(const dnnl_memory_desc_t *md) {
  const size_t size = dnnl_memory_desc_get_size(md);
  void *bytes = aligned_alloc(64, (size + 127) / 64 * 64);
  memset(bytes, 0, size);
  dnnl_memory_t m;
  OK(dnnl_memory_create(&m, md, engine, bytes));
  return m;
}

static void measure(dnnl_primitive_desc_t desc, const char *type, double flops, const char *name) {
  dnnl_primitive_t primitive;
  OK(dnnl_primitive_create(&primitive, desc));
  dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, memory(dnnl_primitive_desc_query_md(desc, dnnl_query_src_md, 0))},
                            {DNNL_ARG_WEIGHTS, memory(dnnl_primitive_desc_query_md(desc, dnnl_query_weights_md, 0))},
                            {DNNL_ARG_DST, memory(dnnl_primitive_desc_query_md(desc, dnnl_query_dst_md, 0))}};
  double times[RUNS];
  for (int i = -1; i < RUNS; i++) {
    const double start = now();
    OK(dnnl_primitive_execute(primitive, stream, 3, args));
    OK(dnnl_stream_wait(stream));
    if (i >= 0) times[i] = now() - start;
  }
  qsort(times, RUNS, sizeof *times, ascending);
  printf("%-9s%9.3f ms %8.1f GFLOP/s  %s\n", type, times[RUNS / 2] * 1e3, flops / times[RUNS / 2] * 1e-9, name);
}

static void convolution(dnnl_data_type_t t, const char *type, long n, long e, long ci, long co, long k) {
  dnnl_dims_t src = {n, ci, e, e}, wei = {co, ci, k, k}, dst = {n, co, e, e}, ones = {1, 1}, pad = {k / 2, k / 2};
  dnnl_memory_desc_t s, w, d;
  OK(dnnl_memory_desc_init_by_tag(&s, 4, src, t, dnnl_nhwc));
  OK(dnnl_memory_desc_init_by_tag(&w, 4, wei, t, dnnl_format_tag_any));
  OK(dnnl_memory_desc_init_by_tag(&d, 4, dst, t, dnnl_nhwc));
  dnnl_convolution_desc_t cd;
  OK(dnnl_convolution_forward_desc_init(&cd, dnnl_forward_inference, dnnl_convolution_direct, &s, &w, NULL, &d, ones, pad,
                                        pad));
  dnnl_primitive_desc_t pd;
  OK(dnnl_primitive_desc_create(&pd, &cd, NULL, engine, NULL));
  char name[96];
  snprintf(name, sizeof name, "convolution %ld×%ld×%ld %ld→%ld %ld×%ld", n, e, e, ci, co, k, k);
  measure(pd, type, 2.0 * n * e * e * ci * co * k * k, name);
}

static void product(dnnl_data_type_t t, const char *type, long m, long k, long n) {
  dnnl_dims_t a = {m, k}, b = {k, n}, c = {m, n};
  dnnl_memory_desc_t s, w, d;
  OK(dnnl_memory_desc_init_by_tag(&s, 2, a, t, dnnl_ab));
  OK(dnnl_memory_desc_init_by_tag(&w, 2, b, t, dnnl_format_tag_any));
  OK(dnnl_memory_desc_init_by_tag(&d, 2, c, t, dnnl_ab));
  dnnl_matmul_desc_t md;
  OK(dnnl_matmul_desc_init(&md, &s, &w, NULL, &d));
  dnnl_primitive_desc_t pd;
  OK(dnnl_primitive_desc_create(&pd, &md, NULL, engine, NULL));
  char name[96];
  snprintf(name, sizeof name, "product %ld×%ld·%ld×%ld", m, k, k, n);
  measure(pd, type, 2.0 * m * k * n, name);
}

int main(void) {
  OK(dnnl_engine_create(&engine, dnnl_cpu, 0));
  OK(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags));
  const dnnl_data_type_t types[] = {dnnl_f32, dnnl_bf16};
  const char *names[] = {"float32", "bfloat16"};
  // oneDNN 2.6 knows bfloat16 only with AVX-512.
  const int count = (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core ? 2 : 1;
  for (int i = 0; i < count; i++) {
    convolution(types[i], names[i], 2, 64, 320, 320, 3);
    convolution(types[i], names[i], 2, 32, 640, 640, 3);
    convolution(types[i], names[i], 2, 16, 1280, 1280, 3);
    convolution(types[i], names[i], 2, 64, 320, 320, 1);
    convolution(types[i], names[i], 16, 16, 64, 64, 3);
    convolution(types[i], names[i], 16, 8, 96, 96, 3);
    product(types[i], names[i], 8192, 320, 320);
    product(types[i], names[i], 2048, 640, 5120);
    product(types[i], names[i], 154, 768, 3072);
    product(types[i], names[i], 4096, 64, 512);
  }
}
