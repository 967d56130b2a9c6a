// SPDX-License-Identifier: Apache-2.0
#pragma once
// A build directory that is parsed again and again, each time by a process of its own, as hitz
// itself does it.

#include <sys/types.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/learned.h"
#include "tests/support/parsing_house.h"

namespace hitz::testing {

/// What one parse gave.
struct Parsed {
  int status = 0;      // of hitz: 0, or 1, 2, 3 by who is to blame
  std::string error;   // of the parse as a whole
  int cached = 0;      // recipe files found in the cache
  std::string parsed;  // names of recipe files that were evaluated, sorted, a blank between
  std::map<std::string, std::string> records;  // of each recipe file: all that is known of it
  std::vector<std::string> lines;              // warnings and errors
  bool retold = false;                         // nothing was read: an earlier parse said all this
};

enum class Cache { Off, On };

class KeptWorld {
 public:
  /// With a small core layer under what the text says; a file named again replaces.
  explicit KeptWorld(const std::string& text);

  std::string at(const std::string& name) const { return files_->root() + "/" + name; }
  void write(const std::string& name, const std::string& text) const;
  /// Adds lines to a file.
  void add(const std::string& name, const std::string& text) const;
  void remove(const std::string& name) const;
  std::string database() const { return at("build/cache/recipes.sqlite"); }

  /// Parses in a new process. Its clock is ahead: what was written before this call counts as
  /// settled.
  Parsed parse(Cache cache = Cache::On) const;
  /// Leaves base hashes open but for those of the recipe files of these names, as a build does that
  /// needs them.
  Parsed parse_for(const std::set<std::string>& files) const;
  /// parse() without waiting for it; the process's id.
  pid_t start_parse() const;
  /// Waits for a process of start_parse().
  static void wait_for(pid_t process);

  std::map<std::string, std::string> environment;
  int processes = 1;
  cli::TimeOfDay clock = cli::TimeOfDay::Ignored;
  bool retells = false;  // a parse that finds nothing changed keeps what it gave for the next one

 private:
  std::unique_ptr<FileWorld> files_;
};

}  // namespace hitz::testing
