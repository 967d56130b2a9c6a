// SPDX-License-Identifier: Apache-2.0
#pragma once
// Base hashes: what of the metadata a task depends on.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/signature/shell_scanner.h"
#include "engine/signature/signature.h"

namespace hitz::signature {

/// The manifests of a recipe's tasks. Values that several tasks share are worked out once.
class BaseHashes {
 public:
  BaseHashes(data::Store& d, ShellScanner& scanner);
  ~BaseHashes();
  Result<Manifest> of(const std::string& task);
  /// The hashes alone, of several tasks at once.
  Result<std::vector<BaseHash>> of_all(const std::vector<std::string>& tasks);

 private:
  Result<std::vector<bool>> closure(const std::string& task);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hitz::signature
