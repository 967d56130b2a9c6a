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

  /// Raw command words that the text does not define as functions itself. Substitutions inside
  /// words are followed, within double quotes by Wrynose alone; single quotes, here-documents and
  /// ${…} are not. Errors: the text is none that BitBake's grammar knows.
  Result<const std::set<std::string>*> commands(std::string_view text,
                                                Release release = Release::Wrynose);

 private:
  std::unordered_map<std::string, std::set<std::string>> known_[2];  // by release
};

}  // namespace hitz::signature
