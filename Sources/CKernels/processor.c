#include "CKernels.h"

const char *ns_instructions(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return __builtin_cpu_supports("avx512bf16") ? "AVX-512 with bfloat16" : "AVX-512";
  }
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "AVX2" : "the processor's baseline";
#else
  return "the processor's baseline";
#endif
}
