// Vectors of sixteen floats, whatever the processor's own are.
#pragma once
#include "common.h"

#pragma clang diagnostic ignored "-Wpsabi"

#define LANES 16

typedef float vector __attribute__((vector_size(64), aligned(4)));
typedef int32_t integers __attribute__((vector_size(64), aligned(4)));

// Macros, since passing a vector would depend on the instruction set.
#define load(p) (*(const vector *)(p))
#define store(p, v) (*(vector *)(p) = (v))
