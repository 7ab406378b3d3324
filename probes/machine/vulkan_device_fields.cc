#include "probes/machine/vulkan_device_fields.h"

#include <array>

namespace weighin {

namespace {

using D = VulkanDevice;
constexpr FilledBy driver = FilledBy::driver, parent = FilledBy::parent;

constexpr std::array fields{
    VulkanDeviceField{"id", &D::id, driver, "id"},
    VulkanDeviceField{"name", &D::name, driver, "name"},
    VulkanDeviceField{"driver", &D::driver, driver, "driver"},
    VulkanDeviceField{"driver_version", &D::driver_version, driver, "driver_version"},
    VulkanDeviceField{"type", &D::type, driver, "type"},
    VulkanDeviceField{"api_version", &D::api_version},
    VulkanDeviceField{"software", &D::software, driver, "software"},
    VulkanDeviceField{"unified", &D::unified, driver, "unified"},
    VulkanDeviceField{"vendor_id", &D::vendor_id, driver, "vendor_id"},
    VulkanDeviceField{"device_id", &D::device_id},
    VulkanDeviceField{"pci", &D::pci},
    VulkanDeviceField{"heaps", &D::heaps},
    VulkanDeviceField{"memory_total_bytes", &D::memory_total_bytes, driver, "memory_bytes"},
    VulkanDeviceField{"memory_free_bytes", &D::memory_free_bytes, driver, "memory_free_bytes",
                      "memory_free_source"},
    VulkanDeviceField{"max_storage_buffer_range", &D::max_storage_buffer_range, driver,
                      "max_storage_buffer_range"},
    VulkanDeviceField{"max_allocation_bytes", &D::max_allocation_bytes, driver, "max_allocation_bytes"},
    VulkanDeviceField{"max_allocations", &D::max_allocations, driver, "max_allocations"},
    VulkanDeviceField{"subgroup_size", &D::subgroup_size},
    VulkanDeviceField{"max_group_threads", &D::max_group_threads},
    VulkanDeviceField{"max_shared_bytes", &D::max_shared_bytes},
    VulkanDeviceField{"float16", &D::float16},
    VulkanDeviceField{"int8", &D::int8},
    VulkanDeviceField{"storage16", &D::storage16},
    VulkanDeviceField{"integer_dot", &D::integer_dot},
    VulkanDeviceField{"integer_dot_accelerated", &D::integer_dot_accelerated},
    VulkanDeviceField{"cooperative_matrix", &D::cooperative_matrix},
    VulkanDeviceField{"cooperative_matrices", &D::cooperative_matrices},
    VulkanDeviceField{"min_subgroup_size", &D::min_subgroup_size},
    VulkanDeviceField{"max_subgroup_size", &D::max_subgroup_size},
    VulkanDeviceField{"max_buffer_bytes", &D::max_buffer_bytes},
    VulkanDeviceField{"storage8", &D::storage8},
    VulkanDeviceField{"conformant", &D::conformant},
    VulkanDeviceField{"render_node", &D::render_node},
    VulkanDeviceField{"driver_manifest", &D::driver_manifest, parent},
    VulkanDeviceField{"also_through", &D::also_through, parent},
    VulkanDeviceField{"sensors", &D::sensors, parent},
};

}  // namespace

std::span<const VulkanDeviceField> vulkan_device_fields() {
  return fields;
}

}  // namespace weighin
