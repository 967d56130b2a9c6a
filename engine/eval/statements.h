// SPDX-License-Identifier: Apache-2.0
#pragma once
// Applier: what each kind of statement does to a datastore.

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/steps.h"
#include "engine/data/store.h"
#include "engine/eval/evaluator.h"
#include "parser/reader.h"

namespace hitz::eval {

/// Which rules count for the file at hand.
struct Place {
  bool base_config = false;  // addpylib is allowed
};

/// The number of a statement among those of a text that many recipes have.
struct Shared {
  data::Steps* steps = nullptr;  // null: it has not been met before
  std::uint32_t number = 0;      // kSteps are its own
};

class Applier {
 public:
  Applier(parser::Reader& reader, data::PythonHost& python);

  /// Parses a file and applies it; FILE names it meanwhile unless it is a class.
  Result<void> file(const std::string& path, data::Store& d, Place place = {});
  Result<void> inherit(std::string_view classes, data::Store& d, const Span& span);
  Result<void> inherit_later(std::string_view classes, data::Store& d, const Span& span);
  /// Inherits what was deferred, in order, until nothing is.
  Result<void> inherit_deferred(data::Store& d);
  /// Files met so far by stores that keep their history; forgets them.
  std::vector<Inclusion> take_inclusions() { return std::exchange(inclusions_, {}); }

 private:
  Result<void> apply(const parser::Statement& statement, data::Store& d, Place place,
                     Shared shared);
  Result<void> apply(const Span& span, const parser::Assign& assign, data::Store& d, Shared shared);
  Result<void> assign_now(const Span& span, const parser::Assign& assign, data::Store& d);
  Result<void> apply(const Span& span, const parser::Function& function, data::Store& d,
                     Shared shared);
  Result<void> apply(const Span& span, const parser::PythonDef& def, data::Store& d, Shared shared);
  Result<void> apply(const Span& span, const parser::Include& include, data::Store& d);
  Result<void> apply(const parser::ExportFunctions& exported, data::Store& d, Shared shared);
  Result<void> apply(const Span& span, const parser::AddFragments& fragments, data::Store& d);
  Result<void> include_one(const std::string& name, parser::Include::Mode mode, const Span& span,
                           data::Store& d);
  Result<std::shared_ptr<const parser::Unit>> timed_read(const std::string& path,
                                                         const data::Store& d);
  Result<void> export_one(const std::string& name, const std::string& class_name, data::Store& d,
                          Shared shared);
  Result<void> export_now(const std::string& name, const std::string& class_name, bool again,
                          data::Store& d);
  Result<std::string> fragment_file(const std::string& fragment, const std::string& prefix,
                                    data::Store& d);
  Result<void> builtin_fragment(const std::string& fragment, const std::string& variable,
                                const Span& span, data::Store& d);
  Result<void> no_fragment(const std::string& fragment, const std::string& prefix, const Span& span,
                           data::Store& d) const;
  Result<std::string> assigned_value(const parser::Assign& assign, data::Store& d);
  std::string path_of(const Span& span) const;
  data::Steps* steps_of(const std::shared_ptr<const parser::Unit>& unit);

  parser::Reader& reader_;
  data::PythonHost& python_;
  int depth_ = 0;  // of files that are being read
  std::vector<Inclusion> inclusions_;
  struct Met {
    std::shared_ptr<const parser::Unit> unit;  // so that no other comes to lie there
    std::unique_ptr<data::Steps> steps;        // null until it is met again
  };
  std::unordered_map<const parser::Unit*, Met> met_;  // texts that are not a recipe's own
};

/// The first folder of a search path that holds a file; "" when none does. Every path tried is
/// noted in d's __depends.
struct Found {
  std::string path;    // "": nowhere
  bool again = false;  // it was looked for before
};
Found find_on_path(const std::string& name, const std::string& search_path, data::Store& d);
/// false: d depends on it already.
bool depend_on(const std::string& path, data::Store& d);

Result<void> add_task(const std::string& task, const std::vector<std::string>& before,
                      const std::vector<std::string>& after, data::Store& d);
Result<void> delete_task(const std::string& task, data::Store& d);

}  // namespace hitz::eval
