#include "probes/gpu/vulkan_matrices.h"

#include <fmt/format.h>

#include <algorithm>

namespace weighin {

namespace {

// VK_KHR_cooperative_matrix is newer than the headers of Debian 12. Its constants and its structure are from
// the Vulkan registry, extension 507.
constexpr auto khr_properties_type = static_cast<VkStructureType>(1000506001);

struct KhrProperties {
  VkStructureType type;
  void* next;
  uint32_t m, n, k;
  uint32_t a, b, c, result;
  VkBool32 saturating;
  uint32_t scope;
};
using KhrList = VkResult(VKAPI_PTR*)(VkPhysicalDevice, uint32_t*, KhrProperties*);

// VkComponentTypeKHR and VkComponentTypeNV have the same numbers.
std::string type_text(uint32_t type) {
  switch (type) {
    case VK_COMPONENT_TYPE_FLOAT16_NV:
      return "f16";
    case VK_COMPONENT_TYPE_FLOAT32_NV:
      return "f32";
    case VK_COMPONENT_TYPE_FLOAT64_NV:
      return "f64";
    case VK_COMPONENT_TYPE_SINT8_NV:
      return "s8";
    case VK_COMPONENT_TYPE_SINT16_NV:
      return "s16";
    case VK_COMPONENT_TYPE_SINT32_NV:
      return "s32";
    case VK_COMPONENT_TYPE_SINT64_NV:
      return "s64";
    case VK_COMPONENT_TYPE_UINT8_NV:
      return "u8";
    case VK_COMPONENT_TYPE_UINT16_NV:
      return "u16";
    case VK_COMPONENT_TYPE_UINT32_NV:
      return "u32";
    case VK_COMPONENT_TYPE_UINT64_NV:
      return "u64";
    case 1000141000:  // VK_COMPONENT_TYPE_BFLOAT16_KHR
      return "bf16";
    case 1000491002:  // VK_COMPONENT_TYPE_FLOAT8_E4M3_EXT
      return "f8e4m3";
    case 1000491003:  // VK_COMPONENT_TYPE_FLOAT8_E5M2_EXT
      return "f8e5m2";
    default:
      return "type " + std::to_string(type);
  }
}

/// Calls `list` twice, for the number of its rows and for the rows. Each row starts as a copy of `empty`.
template <class List, class Row>
std::vector<Row> rows_of(List list, VkPhysicalDevice device, const Row& empty) {
  uint32_t count = 0;
  if (list == nullptr || list(device, &count, nullptr) != VK_SUCCESS) return {};
  std::vector<Row> rows(count, empty);
  if (list(device, &count, rows.data()) < 0) return {};
  rows.resize(std::min<size_t>(count, rows.size()));
  return rows;
}

void add(MatrixShape shape, uint32_t scope, std::vector<MatrixShape>& shapes) {
  if (scope != VK_SCOPE_SUBGROUP_NV) return;
  if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end()) shapes.push_back(std::move(shape));
}

}  // namespace

std::vector<MatrixShape> matrix_shapes(const std::function<PFN_vkVoidFunction(const char*)>& function,
                                       VkPhysicalDevice device, bool khr, bool nv) {
  std::vector<MatrixShape> shapes;
  if (khr) {
    const auto list =
        reinterpret_cast<KhrList>(function("vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR"));
    KhrProperties empty{};
    empty.type = khr_properties_type;
    for (const KhrProperties& row : rows_of(list, device, empty))
      add({row.m, row.n, row.k, type_text(row.a), type_text(row.b), type_text(row.result)}, row.scope,
          shapes);
  } else if (nv) {
    const auto list = reinterpret_cast<PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesNV>(
        function("vkGetPhysicalDeviceCooperativeMatrixPropertiesNV"));
    VkCooperativeMatrixPropertiesNV empty{};
    empty.sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_NV;
    for (const VkCooperativeMatrixPropertiesNV& row : rows_of(list, device, empty))
      add({row.MSize, row.NSize, row.KSize, type_text(row.AType), type_text(row.BType), type_text(row.DType)},
          row.scope, shapes);
  }
  return shapes;
}

std::string text_of(const MatrixShape& shape) {
  return fmt::format("{}x{}x{} {} x {} + {}", shape.m, shape.n, shape.k, shape.a, shape.b, shape.sum);
}

}  // namespace weighin
