#include "models/safetensors/shape_of_safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "models/bytes/stored_format.h"
#include "models/config/config.h"
#include "models/safetensors/tensor_names.h"
#include "models/source/location.h"

namespace weighin {
namespace {

using nlohmann::json;

/// How the matrices of a repository are quantized.
struct Quantization {
  std::string name;                     // "gptq int4 g128"; empty: they are not quantized
  FormatId stands_in = FormatId::none;  // the GGUF format of as many bits
};

/// The GGUF format of about `bits` bits per weight.
FormatId of_bits(uint64_t bits) {
  switch (bits) {
    case 2:
      return FormatId::q2_K;
    case 3:
      return FormatId::q3_K;
    case 4:
      return FormatId::q4_0;
    case 5:
      return FormatId::q5_0;
    case 6:
      return FormatId::q6_K;
    default:
      return FormatId::q8_0;
  }
}

uint64_t number(const json& object, const char* key, uint64_t otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<uint64_t>() : otherwise;
}

std::string text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? plain_text(found->get<std::string>()) : "";
}

std::string named(const std::string& method, uint64_t bits, uint64_t group) {
  const bool grouped = group > 0 && group < 1 << 20;  // -1 or absent: one scale per row
  return fmt::format("{} int{}{}", method, bits, grouped ? fmt::format(" g{}", group) : "");
}

/// The quantization of compressed-tensors, taken from the first group of layers.
Quantization of_groups(const json& config) {
  const auto groups = config.find("config_groups");
  if (groups == config.end() || !groups->is_object() || groups->empty() || !groups->front().is_object())
    return {};
  const auto weights = groups->front().find("weights");
  if (weights == groups->front().end() || !weights->is_object()) return {};
  const uint64_t bits = number(*weights, "num_bits", 8);
  if (text(*weights, "type") == "float")
    return {fmt::format("compressed-tensors fp{}", bits), bits == 4 ? FormatId::nvfp4 : FormatId::f8_e4m3};
  return {named("compressed-tensors", bits, number(*weights, "group_size", 0)), of_bits(bits)};
}

/// The quantization that a config.json states in "quantization_config", or MLX's in "quantization".
Quantization quantization_of(const json& config) {
  for (const char* key : {"quantization_config", "quantization"}) {
    const auto found = config.find(key);
    if (found == config.end() || !found->is_object()) continue;
    const std::string method = text(*found, "quant_method");
    const uint64_t bits = number(*found, "bits", 4);
    if (method.empty() && found->contains("group_size"))
      return {named("mlx", bits, number(*found, "group_size", 64)), of_bits(bits)};
    if (method == "compressed-tensors") return of_groups(*found);
    if (method == "mxfp4") return {"mxfp4", FormatId::mxfp4};
    if (method == "fp8") return {"fp8", FormatId::f8_e4m3};
    if (method == "bitsandbytes") {
      const auto four = found->find("load_in_4bit");
      const bool is_four = four != found->end() && four->is_boolean() && four->get<bool>();
      return is_four ? Quantization{"bitsandbytes nf4", FormatId::q4_0}
                     : Quantization{"bitsandbytes int8", FormatId::q8_0};
    }
    if (!method.empty()) return {named(method, bits, number(*found, "group_size", 0)), of_bits(bits)};
  }
  return {};
}

bool is_integer(FormatId format) {
  return format == FormatId::i8 || format == FormatId::i16 || format == FormatId::i32 ||
         format == FormatId::i64;
}

/// The floating-point format that most bytes are in, or f16 where there is none.
FormatId most_used(const Safetensors& files) {
  std::array<uint64_t, static_cast<size_t>(FormatId::none)> bytes{};
  for (const SafeTensor& tensor : files.tensors)
    if (!is_integer(tensor.format)) bytes[static_cast<size_t>(tensor.format)] += tensor.bytes;
  const auto most = std::max_element(bytes.begin(), bytes.end());
  return *most ? static_cast<FormatId>(most - bytes.begin()) : FormatId::f16;
}

uint64_t bytes_of(const std::vector<Tensor>& tensors) {
  uint64_t sum = 0;
  for (const Tensor& tensor : tensors) sum += stored_bytes(tensor, tensor.format);
  return sum;
}

}  // namespace

tl::expected<ModelShape, std::string> shape_of_safetensors(const Safetensors& files,
                                                           std::string_view config_text,
                                                           const std::string& where) {
  auto shape = shape_of_config(config_text, where);
  if (!shape) return shape;
  const Quantization quantization = quantization_of(json::parse(config_text, nullptr, false));
  const FormatId most = most_used(files);
  std::map<std::string, FormatId, std::less<>> formats;  // by GGUF name
  for (const SafeTensor& tensor : files.tensors) {
    const HuggingFaceName name = read_hugging_face_name(tensor.name);
    if (name.beside) continue;
    const FormatId format = !is_integer(tensor.format)                 ? tensor.format
                            : quantization.stands_in != FormatId::none ? quantization.stands_in
                                                                       : most;
    for (const std::string& gguf : name.gguf) formats.insert_or_assign(gguf, format);
  }
  for (auto* tensors : {&shape->tensors, &shape->vision_tensors})
    for (Tensor& tensor : *tensors) {
      const auto found = formats.find(tensor.name);
      tensor.format = found == formats.end() ? most : found->second;
      if (tensor.role == TensorRole::output && tensor.stored == 0)
        if (const auto tied = formats.find("token_embd.weight"); tied != formats.end())
          tensor.format = tied->second;
    }
  shape->file_format = quantization.name.empty() ? stored_format_name(*shape, no_gguf) : quantization.name;
  shape->file_bytes = files.file_bytes;
  const uint64_t known = bytes_of(shape->tensors) + bytes_of(shape->vision_tensors);
  if (known != files.data_bytes || !shape->vision_tensors.empty()) shape->packed_bytes = files.data_bytes;
  return shape;
}

}  // namespace weighin
