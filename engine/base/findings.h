// SPDX-License-Identifier: Apache-2.0
#pragma once
// Findings: what pure functions of a text have found, kept between runs in one file that is looked
// up in place. A finding is bytes; its subject a letter for the function and the text.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/shared_log.h"

namespace hitz {

/// One thread at a time.
class Findings {
 public:
  /// Those of a file that were written under the same identity; none when there is no such file.
  Findings(std::string path, std::string identity);
  ~Findings();
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  /// The finding is valid until the next call.
  std::optional<std::string_view> find(char function, std::string_view text);
  void add(char function, std::string_view text, std::string finding);

  /// What has been added since the last call, as bytes for another process's take_in().
  std::string new_ones();
  void take_in(std::string_view bytes);
  /// Before a fork: it and the later ones know what any of them has found.
  void share();
  /// Writes all, when something was added. Errors: Environment.
  Result<void> save();

 private:
  struct Entry;
  void hear();
  std::optional<std::string_view> written(std::string_view key) const;
  bool is_sound() const;
  void close();

  std::string path_, identity_;
  const char* bytes_ = nullptr;  // the file in memory
  std::size_t size_ = 0;
  const Entry* entries_ = nullptr;  // sorted by key
  std::size_t count_ = 0;
  std::unordered_map<std::string, std::string> added_;
  std::vector<std::string> new_keys_;
  std::unique_ptr<SharedLog> log_;                                // null: nobody shares
  std::unordered_map<std::string_view, std::string_view> heard_;  // from it
};

}  // namespace hitz
