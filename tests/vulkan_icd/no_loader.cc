// For the dynamic linker's LD_AUDIT: to whoever asks for it, the Vulkan loader is not installed.
#include <link.h>

#include <cstdint>
#include <cstring>

extern "C" {

unsigned la_version(unsigned version) {
  return version < LAV_CURRENT ? version : LAV_CURRENT;
}

char* la_objsearch(const char* name, uintptr_t*, unsigned) {
  return std::strstr(name, "libvulkan.so") != nullptr ? nullptr : const_cast<char*>(name);
}

}  // extern "C"
