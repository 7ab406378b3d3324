#include "harness/engines/ggml/library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weighin {
namespace {

namespace fs = std::filesystem;

/// ggml 0.25.1 is that of llama.cpp v0.5.0, which node-llama-cpp 3.22.1 ships.
constexpr std::array<std::string_view, 1> known_versions{"0.25.1"};

/// The file in `folder` that is `name`.so or, with a version or a backend, such as `name`.vulkan.v1.so; empty
/// when there is none.
fs::path library_file(const fs::path& folder, const std::string& name) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string file = entry.path().filename().string();
    const bool versioned = file.starts_with(name + ".") && file.ends_with(".so");
    if (file == name + ".so" || versioned) return entry.path();
  }
  return {};
}

/// Looks functions up in libraries, and remembers the first one that is missing.
struct Taker {
  std::string missing{};

  template <typename Function>
  void take(void* library, const char* name, Function*& function) {
    void* found = library == nullptr ? nullptr : dlsym(library, name);
    if (found == nullptr && missing.empty()) missing = name;
    function = reinterpret_cast<Function*>(found);
  }
};

void take_base(Ggml& g, void* base, Taker& taker) {
  const auto take = [&](const char* name, auto& function) { taker.take(base, name, function); };
  take("ggml_version", g.version);
  take("ggml_log_set", g.log_set);
  take("ggml_init", g.init);
  take("ggml_free", g.free);
  take("ggml_tensor_overhead", g.tensor_overhead);
  take("ggml_graph_overhead", g.graph_overhead);
  take("ggml_graph_overhead_custom", g.graph_overhead_custom);
  take("ggml_nbytes", g.nbytes);
  take("ggml_new_tensor_1d", g.new_tensor_1d);
  take("ggml_new_tensor_2d", g.new_tensor_2d);
  take("ggml_new_tensor_3d", g.new_tensor_3d);
  take("ggml_view_3d", g.view_3d);
  take("ggml_mul_mat", g.mul_mat);
  take("ggml_mul_mat_id", g.mul_mat_id);
  take("ggml_flash_attn_ext", g.flash_attn_ext);
  take("ggml_flash_attn_ext_set_prec", g.flash_attn_ext_set_prec);
  take("ggml_add", g.add);
  take("ggml_mul", g.mul);
  take("ggml_rms_norm", g.rms_norm);
  take("ggml_norm", g.norm);
  take("ggml_soft_max", g.soft_max);
  take("ggml_gelu", g.gelu);
  take("ggml_swiglu_split", g.swiglu_split);
  take("ggml_rope_ext", g.rope_ext);
  take("ggml_get_rows", g.get_rows);
  take("ggml_set_rows", g.set_rows);
  take("ggml_new_graph", g.new_graph);
  take("ggml_new_graph_custom", g.new_graph_custom);
  take("ggml_build_forward_expand", g.build_forward_expand);
  take("ggml_backend_alloc_ctx_tensors_from_buft", g.alloc_ctx_tensors_from_buft);
  take("ggml_backend_buft_alloc_buffer", g.buft_alloc_buffer);
  take("ggml_backend_buft_get_alignment", g.buft_get_alignment);
  take("ggml_backend_cpu_buffer_from_ptr", g.cpu_buffer_from_ptr);
  take("ggml_backend_tensor_alloc", g.tensor_alloc);
  take("ggml_backend_view_init", g.view_init);
  take("ggml_backend_buffer_get_base", g.buffer_get_base);
  take("ggml_backend_buffer_get_size", g.buffer_get_size);
  take("ggml_backend_buffer_set_usage", g.buffer_set_usage);
  take("ggml_backend_buffer_free", g.buffer_free);
  take("ggml_backend_tensor_set", g.tensor_set);
  take("ggml_backend_tensor_get", g.tensor_get);
  take("ggml_backend_graph_compute", g.graph_compute);
  take("ggml_backend_dev_supports_op", g.dev_supports_op);
  take("ggml_backend_dev_name", g.dev_name);
  take("ggml_backend_dev_description", g.dev_description);
  take("ggml_backend_dev_type", g.dev_type);
  take("ggml_backend_buft_name", g.buft_name);
  take("ggml_backend_dev_buffer_type", g.dev_buffer_type);
  take("ggml_backend_dev_backend_reg", g.dev_backend_reg);
  take("ggml_backend_reg_get_proc_address", g.reg_get_proc_address);
  take("ggml_backend_dev_init", g.dev_init);
  take("ggml_threadpool_params_default", g.threadpool_params_default);
}

/// Looks up what the CPU build has beyond the common interface, in the library that contains the address
/// `inside`.
void take_cpu(Ggml& g, void* inside, Taker& taker) {
  Dl_info info{};
  void* cpu = nullptr;
  if (inside != nullptr && dladdr(inside, &info) != 0) {
    cpu = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    g.variant = fs::path(info.dli_fname).stem().string();
    if (const size_t prefix = g.variant.rfind("cpu-"); prefix != std::string::npos)
      g.variant.erase(0, prefix + 4);
  }
  const auto take = [&](const char* name, auto& function) { taker.take(cpu, name, function); };
  take("ggml_backend_cpu_set_n_threads", g.set_n_threads);
  take("ggml_backend_cpu_set_threadpool", g.set_threadpool);
  take("ggml_threadpool_new", g.threadpool_new);
  take("ggml_threadpool_free", g.threadpool_free);
  take("ggml_threadpool_pause", g.threadpool_pause);
  take("ggml_threadpool_resume", g.threadpool_resume);
}

tl::unexpected<std::string> lacks(const fs::path& folder, const std::string& name) {
  return tl::unexpected(
      fmt::format("The llama.cpp libraries in {} lack {}; weighin knows llama.cpp v0.5.0, as the npm package "
                  "@node-llama-cpp/linux-x64 of package-lock.json ships it.",
                  folder.string(), name));
}

}  // namespace

std::span<const std::string_view> known_ggml_versions() {
  return known_versions;
}

tl::expected<Ggml, std::string> open_ggml(const fs::path& folder) {
  const fs::path base_file = library_file(folder, "libggml-base"),
                 ggml_file = library_file(folder, "libggml");
  if (base_file.empty() || ggml_file.empty()) {
    return tl::unexpected(
        fmt::format("llama.cpp's libraries are not in {}: they come with the npm package "
                    "@node-llama-cpp/linux-x64, for x86-64 Linux alone.",
                    folder.string()));
  }
  void* base = dlopen(base_file.c_str(), RTLD_NOW | RTLD_GLOBAL);
  void* ggml = base == nullptr ? nullptr : dlopen(ggml_file.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (ggml == nullptr) {
    return tl::unexpected(fmt::format("The system refused llama.cpp's libraries: {}.", dlerror()));
  }
  static Ggml g{};  // the libraries stay open, and so stay reachable for tools that look for leaks
  Taker taker;
  take_base(g, base, taker);
  taker.take(ggml, "ggml_backend_load_all_from_path", g.load_all_from_path);
  taker.take(ggml, "ggml_backend_dev_by_type", g.dev_by_type);
  taker.take(ggml, "ggml_backend_dev_count", g.dev_count);
  taker.take(ggml, "ggml_backend_dev_get", g.dev_get);
  if (!taker.missing.empty()) return lacks(folder, taker.missing);
  if (std::find(known_versions.begin(), known_versions.end(), g.version()) == known_versions.end()) {
    return tl::unexpected(
        fmt::format("The llama.cpp libraries in {} have ggml {}, and weighin knows the layouts of {} alone.",
                    folder.string(), g.version(), fmt::join(known_versions, ", ")));
  }
  // Without this the library prints a line for each tensor that it repacks.
  g.log_set([](int, const char*, void*) {}, nullptr);
  g.load_all_from_path(folder.c_str());
  g.device = g.dev_by_type(0);
  if (g.device == nullptr) return lacks(folder, "a build for this CPU");
  GgmlRegistry* registry = g.dev_backend_reg(g.device);
  void* extra = g.reg_get_proc_address(registry, "ggml_backend_dev_get_extra_bufts");
  take_cpu(g, extra, taker);
  if (!taker.missing.empty()) return lacks(folder, taker.missing);
  if (const GgmlTeamParameters known = g.threadpool_params_default(3); known.threads != 3 || known.poll != 50)
    return lacks(folder, "the known layout of ggml_threadpool_params");
  g.backend = g.dev_init(g.device, nullptr);
  // The library's list ends with a null pointer.
  auto** types = reinterpret_cast<GgmlBufferType** (*)(GgmlDevice*)>(extra)(g.device);
  for (; types != nullptr && *types != nullptr; ++types) g.repacking.push_back(*types);
  return g;
}

}  // namespace weighin
