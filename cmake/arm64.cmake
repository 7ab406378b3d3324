# Toolchain: 64-bit ARM Linux, cross-compiled with Debian's compiler and its libraries of that architecture
# (scripts/packages, group arm64), which stand beside this machine's own. What is built runs under QEMU here.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
# Notes of what GCC 10 changed in passing arguments: everything here is compiled by a later one.
set(CMAKE_CXX_FLAGS_INIT -Wno-psabi)
