// GGUF headers: each is refused with a reason or becomes a model that can be weighed and kept.
#include "models/import/import.h"
#include "models/import/kept.h"
#include "models/import/kept_text.h"
#include "models/source/byte_source.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weighin;
  ByteSource source = source_of_bytes("made.gguf", std::string(reinterpret_cast<const char*>(data), size));
  auto gguf = read_gguf(source);
  if (!gguf) {
    require_reason(gguf.error());
    return 0;
  }
  ModelFiles files;
  files.where = "made.gguf";
  files.gguf = std::move(*gguf);
  const auto shape = shape_of_files(files);
  if (!shape) {
    require_reason(shape.error());
    return 0;
  }
  use(*shape);
  const auto kept = shape_of_kept(kept_text("made", files), "made.json");
  require(kept.has_value(), "a kept model that cannot be read: " + (kept ? "" : kept.error()));
  require(parameters(*kept) == parameters(*shape), "a kept model of another size");
  return 0;
}
