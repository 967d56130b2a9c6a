// SPDX-License-Identifier: Apache-2.0
#pragma once
// The signature file of a task that runs.

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/recipe/recipe.h"
#include "engine/signature/shell_scanner.h"
#include "engine/signature/sigdata.h"

namespace hitz::cli {

/// What signature files of one generator have in common.
struct SignatureRules {
  std::vector<std::string> ignored_variables;
  std::string ignored_tasks;
};

/// Works out once what the file says; what stands for the task's result is filled in when it is
/// written.
class TaskSignatureFile {
 public:
  /// task: do_x, also of do_x_setscene. All but the strings must outlive it.
  TaskSignatureFile(signature::ShellScanner& scanner, const SignatureRules& rules,
                    const recipe::Recipe& recipe, const signature::TaskSignature& signature,
                    std::string task)
      : scanner_(scanner),
        rules_(rules),
        recipe_(recipe),
        signature_(signature),
        task_(std::move(task)) {}
  /// What the base hash covers, where it is known already.
  void know(signature::Manifest manifest) { manifest_ = std::move(manifest); }
  /// At a path, or for "" beside the task's stamps.
  Result<void> write(const std::string& unihash, const std::string& path);

 private:
  signature::ShellScanner& scanner_;
  const SignatureRules& rules_;
  const recipe::Recipe& recipe_;
  const signature::TaskSignature& signature_;
  std::string task_;
  std::optional<signature::Manifest> manifest_;
  std::optional<signature::SignatureData> data_;
};

}  // namespace hitz::cli
