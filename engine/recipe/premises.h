// SPDX-License-Identifier: Apache-2.0
#pragma once
// Premises: all that a run has learned from outside of itself. While it stands, a run that is
// started the same way comes to the same end, and need not be made.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/data/store.h"
#include "engine/layer/environment.h"
#include "engine/recipe/local_files.h"
#include "engine/recipe/outside.h"
#include "engine/recipe/recipe.h"

namespace hitz::recipe {

/// That which a process was started with.
using layer::Environment;

class Premises {
 public:
  /// What changes after since_ns, the moment at which the run began, may have been read before.
  Premises(Environment environment, std::int64_t since_ns);
  /// What is at a path counts: the content of a file, the names in a folder, or that nothing is.
  void add_path(std::string path);
  /// The Python modules of a folder and of those in it.
  void add_modules(const std::string& folder);
  /// The folders that a pattern of BBFILES is looked for in.
  void add_pattern(const std::string& pattern);
  void add_variable(const std::string& name);
  /// What Python code has learned. Variables of the environment count by what they were at first.
  void add(const data::Reads& reads);
  void add_answers(const std::map<std::string, std::string>& answers);
  /// The local sources of recipes, as record.h has them.
  void add_sources(const std::vector<std::string>& file_checksums);
  void add(const LocalFiles::Looked& looked);
  /// Something counts that cannot be named, or the run does more than to come to an end.
  void spoil() { spoilt_ = true; }

  /// Whether someone has asked what time it is: that is no premise, as it never stands.
  bool rest_on_clock() const { return on_clock_; }
  /// The premises as bytes; nullopt when it cannot be told later whether they stand.
  std::optional<std::string> written();

 private:
  void write_folders(ByteWriter& out) const;
  bool is_settled(const std::string& path, std::int64_t changed_ns) const;
  bool is_steady(const std::string& path) const;

  Environment environment_;
  std::int64_t since_ns_;
  bool spoilt_ = false, all_variables_ = false, on_clock_ = false;
  std::set<std::string> paths_, folders_made_, variables_, patterns_;
  std::map<std::string, std::string> answers_, programs_;
  std::map<std::string, std::int64_t> looked_paths_;
  std::map<std::string, LocalFiles::Looked::Folder> looked_folders_;
  LocalFiles files_;
  Outside outside_{files_};
};

/// Whether premises stand now.
bool do_stand(std::string_view premises, const Environment& environment);

}  // namespace hitz::recipe
