// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recipe: what the graph, the query language and a person want to know of one variant of a recipe
// file.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/data/store.h"
#include "engine/event/event.h"

namespace hitz::recipe {

using RecipeId = Id<struct RecipeTag>;

/// A recipe's finished datastore, made when it is first asked for. Copies share what has been made.
class FinishedStore {
 public:
  using Make = std::function<Result<std::shared_ptr<data::Store>>()>;
  FinishedStore() = default;  // of a skipped recipe: there is none
  explicit FinishedStore(std::shared_ptr<data::Store> store);
  explicit FinishedStore(Make make);
  explicit operator bool() const { return state_ != nullptr; }
  /// The store; what goes wrong while it is made is told each time. Errors: Internal when there is
  /// none.
  Result<std::shared_ptr<data::Store>> get() const;
  /// Lets go of a store that can be made again.
  void let_go() const;

 private:
  struct State {
    Make make;
    std::shared_ptr<data::Store> store;
  };
  std::shared_ptr<State> state_;
};

struct Recipe;

/// The task flags that make edges (facts T-rules); words split, expanded.
struct Task {
  std::string name;                       // do_compile
  std::vector<std::string> predecessors;  // of the same recipe
  std::vector<std::string> depends;       // "recipe:do_task"
  std::vector<std::string> rdepends;
  std::vector<std::string> deptask;
  std::vector<std::string> rdeptask;
  std::vector<std::string> recrdeptask;
  std::vector<std::string> recideptask;
  std::vector<std::string> mcdepends;
  bool nostamp = false;
  bool noexec = false;
  bool fakeroot = false;
  std::string network;           // the flag as text; "" for none
  std::string file_checksums;    // "path:True path:False", expanded
  std::string stamp_extra_info;  // expanded
  std::string outputs;           // what other recipes consume, absolute paths, expanded
  std::string base_hash;         // "" where nobody has worked it out
};

/// The tasks of one variant, in the order of __BBTASKS. Those of a record are unpacked when
/// somebody first asks for one: few commands ask for those of all recipes, and they are most of a
/// record.
class Tasks {
 public:
  Tasks() = default;
  /// Those of one variant from all_packed() of its file's.
  Tasks(std::shared_ptr<const std::string> packed, std::size_t variant)
      : packed_(std::move(packed)), variant_(variant) {}
  auto begin() const { return all().begin(); }
  auto end() const { return all().end(); }
  auto begin() { return read().begin(); }
  auto end() { return read().end(); }
  bool empty() const { return all().empty(); }
  std::size_t size() const { return all().size(); }
  const Task& operator[](std::size_t at) const { return all()[at]; }
  Task& operator[](std::size_t at) { return read()[at]; }
  void push_back(Task task) { read().push_back(std::move(task)); }
  /// As bytes, compressed: the variants of a file have most in common.
  static std::string all_packed(const std::vector<Recipe>& variants);

 private:
  const std::vector<Task>& all() const { return read(); }
  std::vector<Task>& read() const;
  mutable std::shared_ptr<const std::string> packed_;  // null: they have been read
  std::size_t variant_ = 0;
  mutable std::vector<Task> tasks_;
};

struct Package {
  std::vector<std::string> rdepends;  // RDEPENDS and RDEPENDS:pkg, versions dropped
  std::vector<std::string> rrecommends;
  std::vector<std::string> rprovides;
};

struct Recipe {
  RecipeId id;
  std::string file;          // of the .bb
  std::string virtual_file;  // "virtual:native:/path.bb", or the file
  std::string variant;
  std::vector<std::string> appends;
  std::string layer;
  int priority = 0;
  std::string pn, pe, pv, pr;
  std::string pf;  // what messages call it: PF, or pn-pv-pr where there is none
  int default_preference = 0;
  std::optional<std::string> skipped;
  std::vector<std::string> provides;   // PN included
  std::vector<std::string> rprovides;  // of the recipe as a whole
  std::vector<std::string> packages_dynamic;
  std::map<std::string, Package> packages;
  std::vector<std::string> depends;
  std::vector<std::string> rdepends;  // RDEPENDS without a package
  std::vector<std::string> rrecommends;
  std::vector<std::string> inherits;  // class files
  Tasks tasks;
  bool exclude_from_world = false;
  std::string extra_depends;  // calculate_extra_depends: Python that adds to depends, expanded
  std::string stamp;          // ${STAMP}
  std::string hash_filename;  // ${BB_HASHFILENAME}: what shared results of its tasks are called
  FinishedStore store;        // none when skipped
  bool complete = true;       // rooms above have added what they know of it (base hashes)
  const Task* task(std::string_view wanted) const;
};

/// Completes recipes of one configuration after they have been read.
class Completion {
 public:
  virtual ~Completion() = default;
  /// Those of its configuration that are not complete are evaluated once more, without telling
  /// again what that tells, and kept for the next run. Their tasks stay where they are in memory.
  virtual Result<void> complete(const std::vector<Recipe*>& recipes) = 0;
  /// Where that takes processes of its own, they work until complete() is called, which is then to
  /// be with these recipes or more.
  virtual Result<void> begin(const std::vector<Recipe*>& recipes) = 0;
};

/// All recipes of a configuration, and the configuration.
struct World {
  std::shared_ptr<data::Store> config;  // the base configuration
  IdVector<RecipeId, Recipe> recipes;
  std::vector<std::string> skipped_files;
  std::string multiconfig;            // its name in BBMULTICONFIG; "" of the main one
  std::vector<World> multiconfigs{};  // of the main one: whoever reads them puts them here
  event::ParseFinished summary;
  std::shared_ptr<Completion> completion{};
};

}  // namespace hitz::recipe
