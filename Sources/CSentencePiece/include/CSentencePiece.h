// A thin C face over SentencePiece: a model from its bytes, normalised texts, and the training of a model.
//
// A model does not change once it is loaded, so several threads may use it at once. Texts are UTF-8 of a given length.
// Where something fails, `problem` receives SentencePiece's own words, which ns_spm_free gives back.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ns_spm ns_spm;

// NULL where the bytes are no model.
ns_spm *ns_spm_load(const char *bytes, size_t count, char **problem);
void ns_spm_destroy(ns_spm *model);

// A text as pieces are looked for in it: characters mapped, words behind U+2581; NULL where it fails. Given back by ns_spm_free.
char *ns_spm_normalize(const ns_spm *model, const char *text, size_t count, size_t *byte_count, char **problem);

// A model of `vocabulary` unigram pieces learned from `text_count` texts: pad 0, end 1, unknown 2, no beginning, as in T5.
// NULL where it fails. Given back by ns_spm_free.
char *ns_spm_train(
  const char *const *texts, const size_t *lengths, size_t text_count, int32_t vocabulary, size_t *byte_count,
  char **problem);

void ns_spm_free(void *memory);

#ifdef __cplusplus
}
#endif
