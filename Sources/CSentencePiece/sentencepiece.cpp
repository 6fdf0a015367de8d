#include "CSentencePiece.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <unordered_map>
#include <vector>

struct ns_spm {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

// A copy that outlives the string; NULL where there is no memory.
char *copy(const std::string &text) {
  char *memory = static_cast<char *>(std::malloc(text.size() + 1));
  if (memory) std::memcpy(memory, text.c_str(), text.size() + 1);
  return memory;
}

// No exception may cross into C.
template <typename Body>
auto guarded(char **problem, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception &error) {
    *problem = copy(error.what());
  } catch (...) {
    *problem = copy("it failed for an unknown reason");
  }
  return nullptr;
}

class Texts : public sentencepiece::SentenceIterator {
 public:
  Texts(const char *const *texts, const size_t *lengths, size_t count)
      : texts_(texts), lengths_(lengths), count_(count) {
    Read();
  }
  bool done() const override { return place_ >= count_; }
  void Next() override {
    ++place_;
    Read();
  }
  const std::string &value() const override { return value_; }
  sentencepiece::util::Status status() const override { return sentencepiece::util::Status(); }

 private:
  void Read() {
    if (place_ < count_) value_.assign(texts_[place_], lengths_[place_]);
  }
  const char *const *texts_;
  const size_t *lengths_;
  size_t count_, place_ = 0;
  std::string value_;
};

}  // namespace

ns_spm *ns_spm_load(const char *bytes, size_t count, char **problem) {
  return guarded(problem, [&]() -> ns_spm * {
    ns_spm *model = new ns_spm;
    const auto status = model->processor.LoadFromSerializedProto(absl::string_view(bytes, count));
    if (status.ok()) return model;
    delete model;
    *problem = copy(status.ToString());
    return nullptr;
  });
}

void ns_spm_destroy(ns_spm *model) { delete model; }

char *ns_spm_normalize(const ns_spm *model, const char *text, size_t count, size_t *byte_count, char **problem) {
  return guarded(problem, [&]() -> char * {
    // This version shows what it normalised only piece by piece.
    const auto pieces = model->processor.EncodeAsImmutableProto(absl::string_view(text, count));
    std::string normalized;
    for (size_t i = 0; i < pieces.pieces_size(); ++i) normalized += pieces.pieces(static_cast<int>(i)).piece();
    *byte_count = normalized.size();
    char *memory = static_cast<char *>(std::malloc(normalized.size() + 1));
    if (!memory) {
      *problem = copy("there is no memory");
      return nullptr;
    }
    std::memcpy(memory, normalized.data(), normalized.size());
    return memory;
  });
}

char *ns_spm_train(
  const char *const *texts, const size_t *lengths, size_t text_count, int32_t vocabulary, size_t *byte_count,
  char **problem) {
  return guarded(problem, [&]() -> char * {
    Texts sentences(texts, lengths, text_count);
    std::string model;
    const std::unordered_map<std::string, std::string> settings = {
      {"model_type", "unigram"}, {"vocab_size", std::to_string(vocabulary)}, {"hard_vocab_limit", "false"},
      {"pad_id", "0"}, {"eos_id", "1"}, {"unk_id", "2"}, {"bos_id", "-1"}, {"unk_surface", "\xE2\x81\x87"},
      {"normalization_rule_name", "nmt_nfkc"}, {"character_coverage", "1.0"}, {"num_threads", "1"},
      {"minloglevel", "1"}};
    const auto status = sentencepiece::SentencePieceTrainer::Train(settings, &sentences, &model);
    if (!status.ok()) {
      *problem = copy(status.ToString());
      return nullptr;
    }
    char *memory = static_cast<char *>(std::malloc(model.size() + 1));
    if (!memory) {
      *problem = copy("there is no memory");
      return nullptr;
    }
    std::memcpy(memory, model.data(), model.size());
    *byte_count = model.size();
    return memory;
  });
}

void ns_spm_free(void *memory) { std::free(memory); }
