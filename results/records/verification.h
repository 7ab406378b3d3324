// Verifications: an engine run on a machine, beside what was predicted of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/records/step_parts.h"
#include "results/text/interval.h"

namespace weighin {

/// One phase of an engine's run: `tokens` together (prefill) or one after the other (decode).
struct VerifiedPhase {
  Phase phase = Phase::decode;
  uint32_t tokens = 0;
  double tps = 0;                     // tokens/s, the samples' median
  std::vector<double> samples;        // tokens/s each
  std::optional<Interval> predicted;  // tokens/s; none: something was not measured
  std::vector<StepPartTime> parts;    // of one step by the reference kernels; empty as above
};

struct Verification {
  int64_t id = 0;  // given by the store
  std::string device;
  std::string verified_at;  // UTC, ISO 8601
  // What ran, as the engine itself says; empty: it does not say.
  std::string engine;  // "llama.cpp", or as the engine calls itself
  std::string build, backend, cpu_variant, gpu;
  std::string model;   // name
  std::string format;  // file format's name
  uint64_t weights_bytes = 0;
  uint32_t threads = 0;
  uint32_t depth = 0;         // tokens in the KV cache at first
  bool mmap = true;           // the file was mapped
  std::string isa;            // instruction set of the reference kernels beside it
  uint64_t memory_bytes = 0;  // peak resident; 0: not known
  uint64_t predicted_memory_bytes = 0;
  std::vector<std::string> warnings;  // what spoiled it: other programs, heat
  std::vector<VerifiedPhase> phases;
};

}  // namespace weighin
