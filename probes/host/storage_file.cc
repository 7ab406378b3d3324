#include "probes/host/storage_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <system_error>
#include <utility>

#include "models/text/units.h"
#include "probes/host/system_calls.h"

namespace weighin {
namespace {

// 4096 divides the chunk. It is a multiple of the sector sizes that O_DIRECT asks for, and the smallest page
// size of Linux.
constexpr std::size_t chunk_bytes = 4_mib, alignment_bytes = 4096;

std::string why() {
  return std::error_code(errno, std::generic_category()).message();
}

/// Opens a file without a name (O_TMPFILE). If the file system has none, it makes one and removes its name at
/// once.
int open_nameless(const std::filesystem::path& folder) {
  const int nameless = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (nameless >= 0) return nameless;
  std::string name = (folder / "weighin-read-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

// Random bytes, because a file system may store zeros as a hole and may compress what repeats.
void fill_randomly(char* chunk) {
  std::mt19937_64 random(1);
  for (std::size_t i = 0; i < chunk_bytes; i += sizeof(uint64_t)) {
    const uint64_t word = random();
    std::memcpy(chunk + i, &word, sizeof word);
  }
}

}  // namespace

StorageFile::StorageFile(int descriptor, uint64_t bytes, Buffer written, Buffer found)
    : descriptor_(descriptor), bytes_(bytes), written_(std::move(written)), found_(std::move(found)) {}

StorageFile::StorageFile(StorageFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_),
      written_(std::move(other.written_)),
      found_(std::move(other.found_)) {}

StorageFile::~StorageFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

tl::expected<StorageFile, std::string> StorageFile::make(const std::filesystem::path& folder,
                                                         uint64_t bytes) {
  const auto space = disk_space(folder);
  if (!space) return tl::unexpected("no file system to read: " + space.error());
  if (space->free_bytes < bytes) {
    return tl::unexpected("too little free space for a file to read: " + std::to_string(bytes) +
                          " bytes are needed, " + std::to_string(space->free_bytes) + " are free; free some");
  }
  const auto buffer = [] {
    return Buffer(static_cast<char*>(std::aligned_alloc(alignment_bytes, chunk_bytes)), std::free);
  };
  Buffer written = buffer(), found = buffer();
  if (!written || !found) return tl::unexpected(std::string("no memory for a read buffer"));
  const int descriptor = open_nameless(folder);
  if (descriptor < 0) return tl::unexpected("could not write a file to read: " + why());
  StorageFile file(descriptor, bytes, std::move(written), std::move(found));
  fill_randomly(file.written_.get());
  if (auto done = file.write(); !done) return tl::unexpected(done.error());
  // From here on, reads pass the page cache. tmpfs and some network file systems refuse this.
  const int flags = ::fcntl(descriptor, F_GETFL);
  ::fcntl(descriptor, F_SETFL, flags | O_DIRECT);
  return file;
}

/// Each chunk begins with its number, so that no two chunks are the same.
void StorageFile::stamp(uint64_t chunk) noexcept {
  std::memcpy(written_.get(), &chunk, sizeof chunk);
}

tl::expected<void, std::string> StorageFile::write() {
  for (uint64_t done = 0; done < bytes_;) {
    stamp(done / chunk_bytes);
    const uint64_t from = done % chunk_bytes, left = std::min(chunk_bytes - from, bytes_ - done);
    const ssize_t wrote = ::write(descriptor_, written_.get() + from, left);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return tl::unexpected("could not write a file to read: " + why());
    done += static_cast<uint64_t>(wrote);
  }
  if (::fdatasync(descriptor_) != 0) return tl::unexpected("could not write a file to read: " + why());
  return {};
}

void StorageFile::rewind() noexcept {
  ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED);
  ::lseek(descriptor_, 0, SEEK_SET);
}

/// Reads the next bytes of the file into found_. Returns how many; 0 at the end of the file, negative on an
/// error.
int64_t StorageFile::read_chunk() noexcept {
  for (;;) {
    const ssize_t got = ::read(descriptor_, found_.get(), chunk_bytes);
    if (got >= 0 || errno != EINTR) return got;
  }
}

double StorageFile::read() noexcept {
  rewind();
  uint64_t done = 0;
  const auto start = std::chrono::steady_clock::now();
  while (done < bytes_) {
    const int64_t got = read_chunk();
    if (got <= 0) return -1;
    done += static_cast<uint64_t>(got);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

tl::expected<void, std::string> StorageFile::compare() {
  rewind();
  for (uint64_t done = 0; done < bytes_;) {
    const int64_t got = read_chunk();
    if (got <= 0) return tl::unexpected("the file could not be read back: " + (got < 0 ? why() : "it ends"));
    // A read may end within a chunk, so the comparison goes piece by piece.
    for (uint64_t at = 0; at < static_cast<uint64_t>(got);) {
      stamp((done + at) / chunk_bytes);
      const uint64_t from = (done + at) % chunk_bytes;
      const uint64_t count = std::min<uint64_t>(static_cast<uint64_t>(got) - at, chunk_bytes - from);
      if (std::memcmp(found_.get() + at, written_.get() + from, count) != 0) {
        return tl::unexpected("the file read back is not what was written, near byte " +
                              std::to_string(done + at));
      }
      at += count;
    }
    done += static_cast<uint64_t>(got);
  }
  return {};
}

}  // namespace weighin
