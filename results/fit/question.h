// A question: what is asked of every model, whatever the device.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/memory/memory.h"
#include "models/shape/shape.h"
#include "results/capacity/placement.h"
#include "results/measured/engine_efficiency.h"

namespace weighin {

struct Question {
  std::optional<FileFormatId> format;  // none: the best one (best_format.h)
  uint32_t context = 0;                // 0: min(4096, the model's maximum)
  uint32_t prompt = 512;
  uint32_t answer = 256;
  std::optional<double> min_tps;                      // in place of both tokens/s lines of judgement.h
  bool allow_low_bit = false;                         // formats under 4 bits may be chosen
  FormatId cache = FormatId::f16;                     // of the KV cache, keys and values
  std::string engine = std::string(llamacpp_engine);  // whose speed: one of known_engines()
  PlaceAsked place = PlaceAsked::automatic;           // where layers may lie
};

/// The context that is answered for where `asked` (0: none) is asked: never above the model's maximum.
uint32_t answered_context(const ModelShape& shape, uint32_t asked);

/// Settings by which the bytes of a verdict are counted: the file is not mapped, so that what must be in
/// memory at once is counted once (MemoryUse::needed_bytes).
MemorySettings needed_settings(uint32_t context, FormatId cache);

}  // namespace weighin
