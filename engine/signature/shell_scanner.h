// SPDX-License-Identifier: Apache-2.0
#pragma once
// The commands that a shell text runs, found without running it; results are kept by text.

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/result.h"

namespace hitz::signature {

class ShellScanner {
 public:
  /// Raw command words that the text does not define as functions itself. Substitutions inside
  /// words are followed; single quotes, here-documents and arithmetic are not. Errors:
  /// Kind::Handled on text that ends within a quote.
  Result<const std::set<std::string>*> commands(std::string_view text);

 private:
  std::unordered_map<std::string, std::set<std::string>> known_;
};

}  // namespace hitz::signature
