// The C functions of llama.cpp's tensor library (ggml 0.25.1, as llama.cpp v0.5.0 has it) that the comparison
// calls, from the libraries that the npm package @node-llama-cpp/linux-x64 ships. Declared here because the
// package has no headers. The layouts of what is passed by value stand beside each type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

// Types of the library, of which this side only has pointers.
struct GgmlContext;
struct GgmlTensor;
struct GgmlGraph;
struct GgmlBuffer;
struct GgmlBufferType;
struct GgmlBackend;
struct GgmlDevice;
struct GgmlRegistry;
struct GgmlThreadpool;

/// ggml_init_params, passed by value: two words and a flag.
struct GgmlInit {
  size_t bytes;  // for what describes tensors and graphs
  void* memory;  // nullptr: its own
  bool no_data;  // tensors get their data from buffers
};

/// ggml_threadpool_params, which the library fills. `threads` and `poll`, behind the mask of
/// GGML_MAX_N_THREADS = 512 processors and before two flags, are read here to see that the layout is the
/// known one.
struct GgmlTeamParameters {
  bool processors[512];
  int threads;
  int priority;
  uint32_t poll;  // 50 by default
  bool strict, paused;
  std::byte spare[512];  // a longer struct of another release does not write past the end
};

/// Function pointers with the library's names, without its prefixes.
struct Ggml {
  // libggml-base
  const char* (*version)();
  void (*log_set)(void (*log)(int level, const char* text, void* user), void* user);
  GgmlContext* (*init)(GgmlInit);
  void (*free)(GgmlContext*);
  size_t (*tensor_overhead)();
  size_t (*graph_overhead)();
  GgmlTensor* (*new_tensor_1d)(GgmlContext*, int type, int64_t ne0);
  GgmlTensor* (*new_tensor_2d)(GgmlContext*, int type, int64_t ne0, int64_t ne1);
  GgmlTensor* (*new_tensor_3d)(GgmlContext*, int type, int64_t ne0, int64_t ne1, int64_t ne2);
  GgmlTensor* (*view_3d)(GgmlContext*, GgmlTensor*, int64_t ne0, int64_t ne1, int64_t ne2, size_t row_bytes,
                         size_t plane_bytes, size_t offset);
  /// weights [m][k] (ne0 = k), x [n][k] f32 -> [n][m] f32.
  GgmlTensor* (*mul_mat)(GgmlContext*, GgmlTensor* weights, GgmlTensor* x);
  /// q [heads][n][k] f32, keys and values [kv_heads][context][k] -> [n][heads][k] f32. Without a mask every
  /// token is seen.
  GgmlTensor* (*flash_attn_ext)(GgmlContext*, GgmlTensor* q, GgmlTensor* keys, GgmlTensor* values,
                                GgmlTensor* mask, float scale, float max_bias, float soft_cap);
  GgmlGraph* (*new_graph)(GgmlContext*);  // of at most 2048 nodes
  void (*build_forward_expand)(GgmlGraph*, GgmlTensor*);
  GgmlBuffer* (*alloc_ctx_tensors_from_buft)(GgmlContext*, GgmlBufferType*);
  GgmlBuffer* (*cpu_buffer_from_ptr)(void*, size_t bytes);
  int (*tensor_alloc)(GgmlBuffer*, GgmlTensor*, void* address);
  void* (*buffer_get_base)(GgmlBuffer*);
  size_t (*buffer_get_size)(GgmlBuffer*);
  void (*buffer_free)(GgmlBuffer*);
  void (*tensor_set)(GgmlTensor*, const void*, size_t offset, size_t bytes);
  void (*tensor_get)(const GgmlTensor*, void*, size_t offset, size_t bytes);
  int (*graph_compute)(GgmlBackend*, GgmlGraph*);  // 0: done
  bool (*dev_supports_op)(GgmlDevice*, const GgmlTensor*);
  const char* (*buft_name)(GgmlBufferType*);
  GgmlBufferType* (*dev_buffer_type)(GgmlDevice*);
  GgmlRegistry* (*dev_backend_reg)(GgmlDevice*);
  void* (*reg_get_proc_address)(GgmlRegistry*, const char* name);
  GgmlBackend* (*dev_init)(GgmlDevice*, const char* parameters);
  GgmlTeamParameters (*threadpool_params_default)(int threads);
  // libggml
  void (*load_all_from_path)(const char* folder);
  GgmlDevice* (*dev_by_type)(int type);  // 0: the CPU
  // libggml-cpu-VARIANT, the variant that suits this CPU
  void (*set_n_threads)(GgmlBackend*, int threads);
  void (*set_threadpool)(GgmlBackend*, GgmlThreadpool*);
  GgmlThreadpool* (*threadpool_new)(GgmlTeamParameters*);
  void (*threadpool_free)(GgmlThreadpool*);
  void (*threadpool_pause)(GgmlThreadpool*);
  void (*threadpool_resume)(GgmlThreadpool*);

  GgmlDevice* device = nullptr;
  GgmlBackend* backend = nullptr;
  std::vector<GgmlBufferType*> repacking;  // buffer types that repack weights (CPU_REPACK, AMX)
  std::string variant;                     // "zen4": which of the shipped builds the library chose
};

/// Opens the libraries in `folder` and lets them choose the build for this CPU. They stay open.
/// Error: what is missing, and where it was looked for.
tl::expected<Ggml, std::string> open_ggml(const std::filesystem::path& folder);

}  // namespace weighin
