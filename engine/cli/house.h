// SPDX-License-Identifier: Apache-2.0
#pragma once
// House: every long-lived object, built once and joined here.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/findings.h"
#include "engine/base/result.h"
#include "engine/cache/local_cache.h"
#include "engine/cli/apart_memory.h"
#include "engine/cli/kept_texts.h"
#include "engine/cli/learned.h"
#include "engine/eval/evaluator.h"
#include "engine/event/event.h"
#include "engine/exec/function.h"
#include "engine/graph/plan.h"
#include "engine/graph/providers.h"
#include "engine/layer/configuration.h"
#include "engine/recipe/world.h"
#include "engine/signature/shell_scanner.h"
#include "parser/reader.h"
#include "python/interpreter.h"

namespace hitz::cli {

/// Where hitz's own files are: python/ and recipes/.
struct Installation {
  std::string python;   // holds bb/
  std::string recipes;  // the core layer
};
Result<Installation> find_installation();

struct HouseOptions {
  std::vector<std::string> before, after;
  std::vector<std::pair<std::string, std::string>> settings;
  bool track = false;                // keep the history of variables
  std::vector<std::string> assumed;  // provided by the host, besides ASSUME_PROVIDED
  bool without_layers = false;       // BBPATH in the environment will do, as BitBake has it
};

class Worker;

class House {
 public:
  /// Whether read_recipes() will follow: what is kept of recipes is read by a thread from here on.
  enum class Recipes { No, Yes };
  /// Starts Python and joins the rooms; nothing is parsed yet.
  static Result<std::unique_ptr<House>> open(event::EventSink& events,
                                             Recipes recipes = Recipes::No);

  ~House();

  /// Parses the configuration of the build directory that belongs to the current folder (made when
  /// there is none and create says so).
  Result<void> configure(const HouseOptions& options, bool create);
  /// Notes from here on, before configure(), what is learned from outside.
  void note_premises() { notes_ = true; }
  /// What has been learned until now; nullopt when a later process cannot tell whether it would
  /// learn the same. Nothing more is noted.
  std::optional<std::string> premises(TimeOfDay clock);
  /// Leaves what was configured and read: files are read anew from here on. Stores that others hold
  /// stay.
  void forget();
  /// Follows a release's rules without a configuration.
  void use_release(data::Family::Release release);

  /// Parses every recipe, in every multiconfig. Hashes: whether the base hashes of all tasks are
  /// worked out, or those of the recipes that hash_recipes() is asked for.
  enum class Hashes { All, Asked };
  Result<void> read_recipes(Hashes hashes = Hashes::Asked);
  /// Works out what is open yet of the base hashes of a graph's recipes.
  Result<void> hash_recipes(const graph::TaskGraph& graph);
  /// Begins with that, as far as other processes can do it while this one does something else.
  Result<void> begin_hashing(const graph::TaskGraph& graph);
  /// Parses only what may make the recipe of a name, where that is enough to know which recipe it
  /// is; else every recipe.
  Result<void> read_recipe(const std::string& name);

  /// Forks a process that has the configuration and knows of no recipe; its id. It goes on in life,
  /// whose return value is its exit status.
  Result<int> fork_configured(const std::function<int()>& life);
  /// Before a fork: it and the later ones know what any of them has found out of code.
  void share_findings();
  /// What is to be done around the forks of processes that evaluate recipes.
  recipe::ForkHooks fork_hooks();
  /// BB_NUMBER_PARSE_THREADS, or as many as there are processors.
  Result<int> parse_processes() const;
  /// Puts the recipes of all multiconfigs into the main world, for graphs that reach into them. The
  /// realms of multiconfigs have none from then on.
  void join_multiconfigs();
  /// Those of the multiconfigs, in the order of BBMULTICONFIG.
  std::vector<graph::Providers*> multiconfig_providers() const;

  /// Leaves nothing of the main configuration's recipes but one, which needs no other (bitbake -b).
  void keep_only(recipe::RecipeId id);

  /// A configuration, and with read_recipes() its recipes and their providers.
  struct Realm {
    const layer::Configuration* configuration;
    const recipe::World* world;
    graph::Providers* providers;
  };
  /// The main one's for "", that of one of BBMULTICONFIG for its name.
  Result<Realm> realm(const std::string& multiconfig);

  Sources sources;
  Installation installation;
  std::unique_ptr<event::Relay> events;
  std::unique_ptr<python::Interpreter> python;
  std::unique_ptr<parser::Reader> reader;
  std::unique_ptr<eval::Evaluator> evaluator;
  std::unique_ptr<exec::Functions> functions;
  signature::ShellScanner scanner;
  data::Family family;
  layer::Configuration configuration;
  std::int64_t reading_since_ns = 0;  // when the configuration's first file was read
  std::optional<recipe::World> world;
  std::unique_ptr<graph::Providers> providers;       // of the main configuration
  std::function<void(int, const std::string&)> log;  // where metadata's log lines go
  std::function<bool(int)> hears;                    // whether lines of a level are seen there
  std::shared_ptr<Worker> worker;                    // null: this process starts tasks itself

 private:
  House() = default;
  void join_hooks();
  Result<python::HashedRecipe> hashed_recipe(data::Store& d);
  std::unique_ptr<graph::Providers> providers_of(const recipe::World& of);
  void use_house(graph::Providers& providers);
  Result<recipe::ReadOptions> read_options(const layer::Configuration& of, Hashes hashes);

  void read_ahead();
  Result<void> open_findings();
  Result<std::map<std::string, std::string>> taken_environment();

  std::string code_identity_;           // of the main configuration
  std::unique_ptr<Findings> findings_;  // of code; null until recipes are read
  std::unique_ptr<KeptTexts> texts_;    // null without a build directory
  bool notes_ = false;
  std::unique_ptr<Learned> learned_;  // null: nothing is noted
  std::vector<std::string> assumed_;
  std::vector<std::unique_ptr<graph::Providers>> other_providers_;  // of the multiconfigs
  ApartMemory apart_;                                               // of recipes
  std::unique_ptr<recipe::KeptRowsAhead> ahead_;
};

/// Where what was found out about a configuration's metadata is kept.
Result<std::string> kept_folder(const layer::Configuration& of);

/// What hitz was started with, as long as no metadata has been read.
std::map<std::string, std::string> process_environment();

/// The build directory for the current folder: the nearest above with conf/bblayers.conf, or
/// ./hitz-build, or the first of BBPATH; "" for none.
std::string build_directory();
/// Makes ./hitz-build with a configuration from the core layer's templates; its path.
Result<std::string> create_build_directory(const Installation& installation);

/// The cache that a configuration names.
Result<std::unique_ptr<cache::LocalCache>> open_cache(data::Store& config);

}  // namespace hitz::cli
