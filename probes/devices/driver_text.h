// The device's name inside what drivers, browsers and lists of hardware print around it.
#pragma once

#include <string>
#include <string_view>

namespace weighin {

/// Takes the name out of the text of a driver or of a list of hardware, and leaves any other text as it is:
/// - ANGLE, which browsers show: "ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)";
/// - OpenGL drivers: "NVIDIA GeForce RTX 3070 Laptop GPU/PCIe/SSE2", "Mesa Intel(R) UHD Graphics 630 (CFL
/// GT2)";
/// - Mesa's brackets: "(RADV NAVI31)", "(radeonsi, navi31, LLVM 15.0.7, DRM 3.54)". The chip remains;
/// - pci.ids: "NVIDIA Corporation GB203M / GN22-X11 [GeForce RTX 5090 Max-Q / Mobile]";
/// - numbers of PCI devices: "(0x00002504)".
std::string without_driver_words(std::string_view text);

}  // namespace weighin
