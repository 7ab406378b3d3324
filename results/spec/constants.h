// The constants of predictions from published specifications; the table is constants.inc.
#pragma once

#include "models/names/quant_name.h"
#include "results/spec/features.h"

namespace weighin {

inline constexpr size_t quant_kinds = 8;

/// Of decoding, one a class of devices.
struct DecodeConstants {
  double efficiency;          // of the bandwidth, with k-quants in llama.cpp at the start of 2025
  double layer_s;             // small operations and launches of one layer
  double bandwidth_exponent;  // CPUs: how efficiency goes with bandwidth over 30 GB/s
};

/// Of prefill, one a class.
struct PrefillConstants {
  double efficiency;            // of the peak (spec_device.h) at `reference_peak`
  double reference_peak;        // operations/s
  double peak_exponent;         // how efficiency goes with the peak
  double attention_efficiency;  // of attention, relative
  double layer_s;
  double tile;              // tokens that an expert's product is padded by
  double year;              // growth of the logarithm a year
  double peak_a_bandwidth;  // operations a byte, where no peak is known
};

/// Factors of one backend or engine on the efficiencies, and on a layer's time.
struct BackendConstants {
  double decode, prefill;
};
struct EngineConstants {
  double decode, layer, prefill;
  double first_s;  // once a request
};

/// The factors between which a class's measurements lie 4 times in 5.
struct SpreadConstants {
  double decode_low, decode_high, prefill_low, prefill_high;
};

/// What is the same for CPUs, GPUs or NPUs.
struct TypeConstants {
  double expert_bytes;  // a byte of an expert's weights counts as so many
  double cache_bytes;   // a byte of keys and values
  std::array<double, quant_kinds> kinds;
};

/// One each.
struct SpecConstants {
  double year;              // growth of the logarithm of decode efficiency a year
  double layer_year;        // of a layer's time
  double dot_arithmetic;    // of a CPU's peak in one token's products
  double gpu_arithmetic;    // of a GPU's vector peak, likewise: blocks are unpacked at a fraction of it
  double plain_arithmetic;  // of one without 8-bit dot products
  double stacked;           // factor on efficiency of stacked memory
  double stacked_layer;     // on a layer's time
  double host_bytes_s;      // weights outside a graphics card's memory, decode
  double host_prefill_bytes_s;
  double prefill_read;  // of the bandwidth, weights read in prefill
  double attention_year;
  double vulkan_year;
  double prefill_stacked;
  double prefill_plain;
  double prefill_float;         // quantized products on tensor cores while llama.cpp used no integers there
  double prefill_early_matrix;  // factor on what tensor cores of before Ampere reach
  double thread_bytes_s;        // one CPU thread reads
};

const DecodeConstants& decode_constants(SpecClass device);
const PrefillConstants& prefill_constants(SpecClass device);
const std::array<double, quant_kinds>& prefill_kinds(SpecClass device);
BackendConstants backend_constants(SpecClass device, SpecBackend backend);
const EngineConstants& engine_constants(SpecEngine engine);
const TypeConstants& type_constants(SpecClass device);
const SpreadConstants& spread_constants(SpecClass device);
const SpecConstants& spec_constants();

}  // namespace weighin
