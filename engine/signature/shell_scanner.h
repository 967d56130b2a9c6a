// SPDX-License-Identifier: Apache-2.0
#pragma once
// The commands that a shell text runs, found without running it; results are kept by text.

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/result.h"
#include "engine/data/store.h"

namespace hitz::signature {

/// One thread at a time.
class ShellScanner {
 public:
  using Release = data::Family::Release;
  /// Wrynose also follows substitutions within double quotes.
  explicit ShellScanner(Release release = Release::Wrynose) : release_(release) {}

  /// Raw command words that the text does not define as functions itself. Substitutions inside
  /// words are followed; single quotes, here-documents and ${…} are not. Errors: the text is none
  /// that BitBake's grammar knows.
  Result<const std::set<std::string>*> commands(std::string_view text);

 private:
  Release release_;
  std::unordered_map<std::string, std::set<std::string>> known_;
};

}  // namespace hitz::signature
