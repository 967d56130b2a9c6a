// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the record of a variable alone says of the variable's part in a hash. Recipes share the
// records of their configuration, so it is worked out once for all of them.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/signature/shell_scanner.h"
#include "engine/signature/signature.h"

namespace hitz::signature {

inline std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// The names of a list, each once.
NameList in_order(std::vector<data::NameId> names);

/// The flags of a variable that count for its part in a hash.
struct CountingFlags {
  std::optional<std::string> value, value_excluded;  // vardepvalue, vardepvalueexclude
  std::vector<data::NameId> needs;                   // vardeps
  std::vector<data::NameId> functions;               // prefuncs, postfuncs and exports
  std::vector<data::NameId> excluded;                // vardepsexclude
  bool function = false, python = false;
  /// A text of the variable without what vardepvalueexclude names.
  std::string without_excluded(std::string text) const;
};

/// Expands what a flag holds, for the flag of that name.
using ExpandFlag = std::function<Result<std::string>(const std::string&, const std::string&)>;

/// Asks for the expansion of what may need it and is expanded by BitBake.
Result<CountingFlags> counting_flags(const data::Variable& record, data::Names& names,
                                     const ExpandFlag& expand);

/// Names that code calls, of which those count that are variables or functions of modules.
struct CountedNames {
  NameList list;              // with what counts anyway; null: nobody has asked
  std::vector<bool> counted;  // which of the names did
};

struct FixedDraft {
  /// false: the text depends on more than the record, and nothing else here counts.
  bool fixed = false;
  /// Null where there is nothing to hash. It holds while all of references expand to texts without
  /// a reference of their own.
  std::shared_ptr<const std::string> value;
  std::vector<data::NameId> references;
  NameList needs;                        // references, and what the flags name
  std::vector<data::NameId> execs;       // count where they are variables or functions of modules
  const data::CodeRefs* code = nullptr;  // what it tests is hashed behind the value
  std::vector<data::NameId> excluded;
  bool exports = false;            // depends on all exported variables
  mutable CountedNames counted{};  // of execs, where they were counted last
};

/// What hashes take of a recipe's variables, for all recipes with the same rules.
class FixedDrafts {
 public:
  /// excluded_flags: the value of BB_SIGNATURE_EXCLUDE_FLAGS; ignored: names that count for nobody.
  FixedDrafts(ShellScanner& scanner, const std::string& excluded_flags,
              const data::NameSet& ignored);
  /// Of a variable that stands alone in d. The answer lives as long as the record.
  Result<const FixedDraft*> variable(data::NameId name, const data::Variable& record,
                                     data::Store& d);
  /// Those of a record, as long as it lives; null when some are to be expanded.
  const CountingFlags* flags(data::NameId name, const data::Variable& record, data::Names& names);
  /// Adds the flags of a record that are nodes of their own: all that BB_SIGNATURE_EXCLUDE_FLAGS
  /// does not name, where it is set.
  void add_flags(data::NameId name, const data::Variable& record, data::Names& names,
                 std::vector<data::NameId>& out) const;
  /// Of a function of a module, which stays what it is.
  const FixedDraft& module_function(const data::PythonHost::ModuleFunction& function,
                                    const data::Family& family);
  /// Of one flag of such a record; whole is the name of both together.
  const FixedDraft& flag(data::NameId name, const data::Variable& record, data::NameId whole,
                         const std::string& flag, data::Store& d);

 private:
  struct OfRecord;
  OfRecord& of(data::NameId name, const data::Variable& record) const;
  void sort_out(FixedDraft& draft, std::vector<data::NameId>&& needs) const;
  Result<FixedDraft> made(data::NameId name, const data::Variable& record, data::Store& d);
  Result<bool> function(const data::Variable& record, bool python, const std::string& text,
                        data::Store& d, FixedDraft& out, std::vector<data::NameId>& needs);
  ShellScanner& scanner_;
  const data::NameSet& ignored_;
  std::shared_ptr<const std::string> rules_;
  std::unordered_set<std::string> excluded_flags_;
};

}  // namespace hitz::signature
