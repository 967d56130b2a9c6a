// SPDX-License-Identifier: Apache-2.0
#pragma once
// LocalCache: content and results of actions in a folder of this machine, for several builds and
// processes at once.
//
//   DIR/blobs/ab/abcdef….zst   one blob, zstd, named by the SHA-256 of its content
//   DIR/partial/…              what is being written
//   DIR/index.sqlite           blobs(hash, size, stored, used)  actions(key, result, used)
//
// A blob appears by rename when it is whole; what is damaged counts as absent and is taken out.

#include <memory>
#include <string>
#include <vector>

#include "engine/action/action.h"

namespace hitz::cache {

struct Stats {
  std::int64_t blobs = 0, content_bytes = 0, stored_bytes = 0, actions = 0;
};
struct Verification {
  std::int64_t checked = 0;
  std::vector<std::string> damaged;  // hashes, taken out
};
struct Collection {
  std::int64_t blobs = 0, bytes = 0, actions = 0;  // taken out
};

class LocalCache final : public action::Cas, public action::ActionCache {
 public:
  static Result<std::unique_ptr<LocalCache>> open(const std::string& folder);
  ~LocalCache() override;

  Result<action::Digest> put_file(const std::string& path) override;
  Result<action::Digest> put(std::string_view bytes) override;
  bool has(const action::Digest& digest) override;
  Result<std::string> get(const action::Digest& digest) override;
  Result<void> get_file(const action::Digest& digest, const std::string& path,
                        unsigned mode) override;
  Result<std::optional<action::ActionResult>> find(const action::ActionKey& key) override;
  Result<void> record(const action::ActionKey& key, const action::ActionResult& result) override;

  Result<Stats> stats();
  Result<Verification> verify();
  /// Takes out results least recently used that do not fit any more, then blobs that no result
  /// names, save those of the last hour: someone may be about to record the result that does.
  Result<Collection> collect(std::int64_t limit_bytes);

 private:
  LocalCache();
  struct State;
  std::unique_ptr<State> state_;
};

/// The text of a result and back; one line a node, tab between fields, backslash escapes.
std::string encode(const action::ActionResult& result);
Result<action::ActionResult> decode(const std::string& text);

/// Puts declared outputs into a CAS: every file, link and folder under each path. Paths are told
/// relative to a root.
Result<action::ActionResult> capture(action::Cas& cas, const std::vector<std::string>& paths,
                                     const std::string& root);
/// Lays the outputs out again under a root; each is built aside and then renamed into place.
Result<void> restore(action::Cas& cas, const action::ActionResult& result, const std::string& root);

}  // namespace hitz::cache
