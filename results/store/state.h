// The store's open file, for the files that hold its SQL.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>
#include <type_traits>

#include "results/store/file.h"
#include "results/store/store.h"

namespace weighin {

struct Store::State {
  std::string path;
  std::unique_ptr<SQLite::Database> database;

  /// Runs `work` and turns SQLite's exceptions into the store's error values.
  template <class Work>
  auto guarded(Work&& work) const -> tl::expected<decltype(work()), std::string> {
    try {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        return {};
      } else {
        return work();
      }
    } catch (const std::exception& error) {
      return tl::unexpected(store_error(path, error));
    }
  }
};

}  // namespace weighin
