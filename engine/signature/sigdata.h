// SPDX-License-Identifier: Apache-2.0
#pragma once
// Signature data files: what a hash was made of, kept beside stamps and shared results in the form
// that bitbake-dumpsig and bitbake-diffsigs read: JSON in a Zstandard frame.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/signature/signature.h"

namespace hitz::signature {

/// The content of a sigdata file.
struct SignatureData {
  std::string task;
  std::string base_hash;
  std::set<std::string> ignored_variables;                    // BB_BASEHASH_IGNORE_VARS
  std::optional<std::string> ignored_tasks;                   // BB_TASKHASH_IGNORE_TASKS
  std::set<std::string> variables;                            // all that the base hash covers
  std::map<std::string, std::set<std::string>> dependencies;  // of each of them
  std::map<std::string, std::optional<std::string>> values;   // of each, and of the task
  std::set<std::string> literals;  // those of values that are a number, True or False, not a text
  /// Of a task hash; not there for a base hash alone (sigbasedata).
  struct Run {
    std::string task_hash, unihash;
    std::vector<std::string> order;             // "PN:do_task", in the order of hashing
    std::map<std::string, std::string> hashes;  // their unihashes
    std::vector<std::pair<std::string, std::string>> files;  // name, MD5
  };
  std::optional<Run> run;
  std::optional<std::string> taint;
};

SignatureData signature_data(const Manifest& manifest, const TaskSignature* signature,
                             const std::vector<std::string>& ignored_variables,
                             const std::string& ignored_tasks);

/// Notes which of the values are no texts in the recipe's store: flags that Python or hitz sets.
Result<void> find_literals(SignatureData& data, data::Store& d);

/// One line, keys sorted, as BitBake writes it.
std::string to_json(const SignatureData& data);
/// Errors: Input; the text is no signature data.
Result<SignatureData> from_json(std::string_view text);

/// Writes ${STAMP}.do_x.sigdata.UNIHASH, or .sigbasedata.BASEHASH where there is no run; its path.
Result<std::string> write_signature(const std::string& stamp, const SignatureData& data);
/// The same into a file of any name: beside a shared result.
Result<void> write_signature_file(const std::string& path, const SignatureData& data);
Result<SignatureData> read_signature(const std::string& path);

/// What made the second hash another than the first, a line or a small diff each, for people;
/// empty when nothing did.
std::vector<std::string> explain(const SignatureData& before, const SignatureData& after);

}  // namespace hitz::signature
