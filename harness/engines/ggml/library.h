// The C functions of llama.cpp's tensor library (ggml) that weighin calls, from libraries that are opened at
// run time. They are declared here, because the packages and installations that carry the libraries have no
// headers. The layouts of what is passed by value stand beside each type, and are those of the versions in
// known_ggml_versions().
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
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

/// Kinds of devices (ggml_backend_dev_type).
enum class GgmlDeviceKind : int { cpu = 0, gpu = 1, integrated_gpu = 2, accelerator = 3 };

/// Numbers of types (ggml_type) that are no weights.
inline constexpr int ggml_f32 = 0, ggml_f16 = 1, ggml_i32 = 26, ggml_i64 = 27;

/// Function pointers with the library's names, without its prefixes.
struct Ggml {
  // libggml-base
  const char* (*version)();
  void (*log_set)(void (*log)(int level, const char* text, void* user), void* user);
  GgmlContext* (*init)(GgmlInit);
  void (*free)(GgmlContext*);
  size_t (*tensor_overhead)();
  size_t (*graph_overhead)();
  size_t (*graph_overhead_custom)(size_t nodes, bool gradients);
  size_t (*nbytes)(const GgmlTensor*);
  GgmlTensor* (*new_tensor_1d)(GgmlContext*, int type, int64_t ne0);
  GgmlTensor* (*new_tensor_2d)(GgmlContext*, int type, int64_t ne0, int64_t ne1);
  GgmlTensor* (*new_tensor_3d)(GgmlContext*, int type, int64_t ne0, int64_t ne1, int64_t ne2);
  GgmlTensor* (*view_3d)(GgmlContext*, GgmlTensor*, int64_t ne0, int64_t ne1, int64_t ne2, size_t row_bytes,
                         size_t plane_bytes, size_t offset);
  /// weights [m][k] (ne0 = k), x [n][k] f32 -> [n][m] f32.
  GgmlTensor* (*mul_mat)(GgmlContext*, GgmlTensor* weights, GgmlTensor* x);
  /// weights [experts][m][k], x [n][1][k] f32, chosen [n][used] i32 -> [n][used][m] f32.
  GgmlTensor* (*mul_mat_id)(GgmlContext*, GgmlTensor* weights, GgmlTensor* x, GgmlTensor* chosen);
  /// q [heads][n][k] f32, keys and values [kv_heads][context][k] -> [n][heads][k] f32. Without a mask every
  /// token is seen; with one, mask [n][context] f16 is added to the scores.
  GgmlTensor* (*flash_attn_ext)(GgmlContext*, GgmlTensor* q, GgmlTensor* keys, GgmlTensor* values,
                                GgmlTensor* mask, float scale, float max_bias, float soft_cap);
  void (*flash_attn_ext_set_prec)(GgmlTensor*, int precision);
  GgmlTensor* (*add)(GgmlContext*, GgmlTensor*, GgmlTensor*);
  GgmlTensor* (*mul)(GgmlContext*, GgmlTensor*, GgmlTensor*);
  GgmlTensor* (*rms_norm)(GgmlContext*, GgmlTensor*, float epsilon);
  GgmlTensor* (*norm)(GgmlContext*, GgmlTensor*, float epsilon);
  GgmlTensor* (*soft_max)(GgmlContext*, GgmlTensor*);
  GgmlTensor* (*gelu)(GgmlContext*, GgmlTensor*);
  GgmlTensor* (*swiglu_split)(GgmlContext*, GgmlTensor* gate, GgmlTensor* up);
  GgmlTensor* (*rope_ext)(GgmlContext*, GgmlTensor*, GgmlTensor* positions, GgmlTensor* factors, int dims,
                          int mode, int original_context, float base, float scale, float extrapolation,
                          float attention, float beta_fast, float beta_slow);
  GgmlTensor* (*get_rows)(GgmlContext*, GgmlTensor* table, GgmlTensor* rows);
  /// Writes values [n][k] f32 into the rows `rows` [n] i64 of `table`.
  GgmlTensor* (*set_rows)(GgmlContext*, GgmlTensor* table, GgmlTensor* values, GgmlTensor* rows);
  GgmlGraph* (*new_graph)(GgmlContext*);  // of at most 2048 nodes
  GgmlGraph* (*new_graph_custom)(GgmlContext*, size_t nodes, bool gradients);
  void (*build_forward_expand)(GgmlGraph*, GgmlTensor*);
  GgmlBuffer* (*alloc_ctx_tensors_from_buft)(GgmlContext*, GgmlBufferType*);
  GgmlBuffer* (*buft_alloc_buffer)(GgmlBufferType*, size_t bytes);
  size_t (*buft_get_alignment)(GgmlBufferType*);
  GgmlBuffer* (*cpu_buffer_from_ptr)(void*, size_t bytes);
  int (*tensor_alloc)(GgmlBuffer*, GgmlTensor*, void* address);
  int (*view_init)(GgmlTensor*);  // of a view: takes the buffer of what it is a view of
  void* (*buffer_get_base)(GgmlBuffer*);
  size_t (*buffer_get_size)(GgmlBuffer*);
  void (*buffer_set_usage)(GgmlBuffer*, int usage);  // 1: weights
  void (*buffer_free)(GgmlBuffer*);
  void (*tensor_set)(GgmlTensor*, const void*, size_t offset, size_t bytes);
  void (*tensor_get)(const GgmlTensor*, void*, size_t offset, size_t bytes);
  int (*graph_compute)(GgmlBackend*, GgmlGraph*);  // 0: done
  bool (*dev_supports_op)(GgmlDevice*, const GgmlTensor*);
  const char* (*dev_name)(GgmlDevice*);
  const char* (*dev_description)(GgmlDevice*);
  int (*dev_type)(GgmlDevice*);
  const char* (*buft_name)(GgmlBufferType*);
  GgmlBufferType* (*dev_buffer_type)(GgmlDevice*);
  GgmlRegistry* (*dev_backend_reg)(GgmlDevice*);
  void* (*reg_get_proc_address)(GgmlRegistry*, const char* name);
  GgmlBackend* (*dev_init)(GgmlDevice*, const char* parameters);
  GgmlTeamParameters (*threadpool_params_default)(int threads);
  // libggml
  void (*load_all_from_path)(const char* folder);
  GgmlDevice* (*dev_by_type)(int type);  // 0: the CPU
  size_t (*dev_count)();
  GgmlDevice* (*dev_get)(size_t index);
  // libggml-cpu-VARIANT, the variant that suits this CPU
  void (*set_n_threads)(GgmlBackend*, int threads);
  void (*set_threadpool)(GgmlBackend*, GgmlThreadpool*);
  GgmlThreadpool* (*threadpool_new)(GgmlTeamParameters*);
  void (*threadpool_free)(GgmlThreadpool*);
  void (*threadpool_pause)(GgmlThreadpool*);
  void (*threadpool_resume)(GgmlThreadpool*);

  GgmlDevice* device = nullptr;            // the CPU
  GgmlBackend* backend = nullptr;          // its backend
  std::vector<GgmlBufferType*> repacking;  // buffer types that repack weights (CPU_REPACK, AMX)
  std::string variant;                     // "zen4": which of the shipped builds the library chose
};

/// The versions of ggml whose layouts of by-value structs stand in this header.
std::span<const std::string_view> known_ggml_versions();

/// Opens the libraries in `folder` and lets them choose the build for this CPU. They stay open.
/// Error: what is missing, and where it was looked for; or that the libraries are of a version whose layouts
/// are not known here.
tl::expected<Ggml, std::string> open_ggml(const std::filesystem::path& folder);

}  // namespace weighin
