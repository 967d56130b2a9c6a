// SPDX-License-Identifier: Apache-2.0
// The commands that look at or build recipes.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/build.h"
#include "engine/cli/command.h"
#include "engine/cli/house.h"
#include "engine/signature/base_hash.h"

namespace hitz::cli {

namespace {

const Option kBefore = {"read", 'r', "FILE", "parse this configuration file before bitbake.conf"};
const Option kAfter = {"postread", 'R', "FILE", "parse this configuration file after bitbake.conf"};
const Option kSet = {"define", 'D', "NAME=VALUE",
                     "set a variable after the configuration has been parsed"};

Result<HouseOptions> house_options(const Given& given) {
  HouseOptions out;
  if (given.has("read")) out.before = given.options.at("read");
  if (given.has("postread")) out.after = given.options.at("postread");
  if (given.has("define")) {
    for (const auto& text : given.options.at("define")) {
      std::size_t equal = text.find('=');
      if (equal == std::string::npos)
        return input_error("--define needs NAME=VALUE, not '" + text + "'");
      out.settings.emplace_back(text.substr(0, equal), text.substr(equal + 1));
    }
  }
  return out;
}

enum class Create { No, Yes };

Result<std::unique_ptr<House>> configured(const Given& given, Screen& screen,
                                          Create create = Create::No) {
  auto house = TRY(House::open(screen));
  TRY_VOID(house->configure(TRY(house_options(given)), create == Create::Yes));
  return house;
}

Result<std::unique_ptr<House>> with_recipes(const Given& given, Screen& screen,
                                            Create create = Create::No) {
  auto house = TRY(configured(given, screen, create));
  TRY_VOID(house->read_recipes());
  return house;
}

/// A target, without the multiconfig that "mc:NAME:" before it names.
struct Target {
  std::string multiconfig;
  std::string name;
};

Target split_target(const std::string& text) {
  for (std::string_view keyword : {"mc:", "multiconfig:"}) {
    if (!text.starts_with(keyword)) continue;
    std::string rest = text.substr(keyword.size());
    std::size_t colon = rest.find(':');
    return {rest.substr(0, colon), colon == std::string::npos ? "" : rest.substr(colon + 1)};
  }
  return {"", text};
}

// The store of a recipe, or the configuration's for "".
Result<std::shared_ptr<data::Store>> store_of(House& house, const std::string& text) {
  Target target = split_target(text);
  House::Realm realm = TRY(house.realm(target.multiconfig));
  if (target.name.empty()) return realm.configuration->store;
  auto id = TRY(realm.providers->build(target.name, ""));
  if (!id) return input_error("'" + target.name + "' is in ASSUME_PROVIDED and has no recipe");
  return realm.world->recipes[*id].store.get();
}

/// All worlds: the main configuration's and those of its multiconfigs.
std::vector<const recipe::World*> worlds(const House& house) {
  std::vector<const recipe::World*> out{&*house.world};
  for (const auto& other : house.world->multiconfigs) out.push_back(&other);
  return out;
}

// Each task with its hash, what it waits for and the variables that count, as hitz.dump reads them.
Result<std::string> task_records(const recipe::Recipe& recipe, data::Store& store,
                                 signature::ShellScanner& scanner) {
  signature::BaseHashes hashes(store, scanner);
  std::string out;
  for (const auto& task : recipe.tasks) {
    auto manifest = TRY(hashes.of(task.name));
    std::vector<std::string> variables(manifest.variables.begin(), manifest.variables.end());
    out += task.name + "\x1f" + manifest.hash.hex + "\x1f" + join(task.predecessors, " ") + "\x1f" +
           join(variables, " ") + "\x1e";
  }
  return out;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// One line of hitz dump. The variant of a multiconfig's recipe is "mc:NAME:VARIANT".
Result<void> dump(House& house, const recipe::World& world, const recipe::Recipe& recipe,
                  const Given& given) {
  auto store = recipe.store ? TRY(recipe.store.get()) : world.config;
  std::string tasks = recipe.skipped ? "" : TRY(task_records(recipe, *store, house.scanner));
  std::string variant =
      world.multiconfig.empty() ? recipe.variant : "mc:" + world.multiconfig + ":" + recipe.variant;
  print(TRY(house.python->call("hitz.dump", "record", store.get(),
                               {recipe.file, variant, recipe.layer, recipe.skipped.value_or(""),
                                tasks, given.has("digest") ? "1" : "", given.last("match")})));
  recipe.store.let_go();  // those of all recipes together are large
  return {};
}

}  // namespace

Command build_command() {
  Command out;
  out.usage = {
      "build",
      "TARGET...",
      "builds recipes or images and everything they need",
      "  TARGET is a recipe or what it provides, with a task if wanted: core-image, "
      "busybox:do_compile, world.\n"
      "  Without a build directory here, ./hitz-build is made from the core layer's templates.\n"
      "  What has been built before, here or in another directory with the same cache, is "
      "restored, not built.\n\n"
      "  hitz build core-image\n"
      "  hitz build -c compile -f hello",
      {{"task", 'c', "TASK", "this task instead of the default (do_build)"},
       {"force", 'f', "", "run the targets' own tasks even if they are up to date"},
       {"dry-run", 'n', "", "tell what would run or be restored"},
       {"keep-going", 'k', "", "after a failure go on with what does not depend on it"},
       {"no-cache", 0, "", "neither restore results nor record them"},
       {"jobs", 'j', "N", "run at most N tasks at once (BB_NUMBER_THREADS)"},
       kBefore,
       kAfter,
       kSet}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty())
      return input_error("hitz build needs a target, for example 'hitz build core-image'");
    auto house = TRY(with_recipes(given, screen, Create::Yes));
    BuildOptions options;
    options.targets = given.arguments;
    options.task = given.last("task");
    options.force = given.has("force");
    options.dry_run = given.has("dry-run");
    options.keep_going = given.has("keep-going");
    options.no_cache = given.has("no-cache");
    if (given.has("jobs")) {
      options.parallel = std::atoi(given.last("jobs").c_str());
      if (options.parallel <= 0)
        return input_error("--jobs must be a number above 0, not '" + given.last("jobs") + "'");
    }
    return build(*house, options);
  };
  return out;
}

Command clean_command() {
  Command out;
  out.usage = {"clean",
               "RECIPE...",
               "removes what building recipes left: work folders, stamps and declared outputs",
               "  Runs the recipes' do_clean task; what the cache holds stays and is restored by "
               "the next build.",
               {{"all", 'a', "", "do_cleanall: downloads too"}, kBefore, kAfter, kSet}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty()) return input_error("hitz clean needs a recipe");
    auto house = TRY(with_recipes(given, screen));
    BuildOptions options;
    options.targets = given.arguments;
    options.task = given.has("all") ? "cleanall" : "clean";
    options.force = true;
    return build(*house, options);
  };
  return out;
}

Command parse_command() {
  Command out;
  out.usage = {"parse",
               "",
               "parses the configuration and every recipe, and says how many there are",
               "",
               {kBefore, kAfter, kSet}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    auto house = TRY(with_recipes(given, screen));
    std::set<std::pair<std::string, std::string>> files;  // and their multiconfigs
    std::size_t skipped = 0;
    std::size_t targets = 0;
    for (const recipe::World* world : worlds(*house)) {
      targets += world->recipes.size();
      for (const auto& recipe : world->recipes) {
        files.emplace(world->multiconfig, recipe.file);
        if (recipe.skipped) ++skipped;
      }
    }
    print("Parsing of " + std::to_string(files.size()) + " .bb files complete (0 cached, " +
          std::to_string(files.size()) + " parsed). " + std::to_string(targets) + " targets, " +
          std::to_string(skipped) + " skipped, 0 masked, 0 errors.\n");
    return 0;
  };
  return out;
}

Command env_command() {
  Command out;
  out.usage = {"env",
               "[RECIPE]",
               "prints every variable of the configuration or of a recipe, as bitbake -e does",
               "",
               {kBefore, kAfter, kSet}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    bool recipe = !given.arguments.empty();
    auto house = TRY(House::open(screen));
    HouseOptions options = TRY(house_options(given));
    options.track = true;
    TRY_VOID(house->configure(options, false));
    if (recipe) TRY_VOID(house->read_recipes());
    auto d = TRY(store_of(*house, recipe ? given.arguments[0] : ""));
    print(TRY(house->python->call("hitz.dump", "environment", d.get(), {})));
    return 0;
  };
  return out;
}

Command getvar_command() {
  Command out;
  out.usage = {"getvar",
               "NAME",
               "prints one variable",
               "",
               {{"recipe", 'r', "RECIPE", "as this recipe has it"},
                {"flag", 'f', "FLAG", "this flag of it"},
                {"unexpanded", 'u', "", "as it is written"},
                {"value", 0, "", "the value alone"},
                {"postread", 'R', "FILE", "parse this configuration file after bitbake.conf"},
                kSet}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.size() != 1) return input_error("hitz getvar needs one variable's name");
    Given plain = given;
    plain.options.erase("read");
    auto house =
        given.has("recipe") ? TRY(with_recipes(plain, screen)) : TRY(configured(plain, screen));
    auto d = TRY(store_of(*house, given.last("recipe")));
    auto expand = given.has("unexpanded") ? data::Expand::No : data::Expand::Yes;
    const std::string& name = given.arguments[0];
    data::Value value = given.has("flag") ? TRY(d->get_flag(name, given.last("flag"), expand))
                                          : TRY(d->get(name, expand));
    if (!data::is_set(value))
      return input_error(
          "The variable '" + name + "'" +
          (given.has("flag") ? " has no flag '" + given.last("flag") + "'" : " is not defined") +
          suggestion(name, d->names()));
    std::string text = data::text_of(value) != nullptr ? *data::text_of(value)
                       : std::holds_alternative<std::int64_t>(value)
                           ? std::to_string(std::get<std::int64_t>(value))
                           : "";
    print(given.has("value") ? text + "\n" : name + "=\"" + text + "\"\n");
    return 0;
  };
  return out;
}

Command dump_command() {
  Command out;
  out.usage = {"dump",
               "[RECIPE...]",
               "prints all variables, flags and tasks of recipes as JSON lines",
               "  One line per recipe variant; with --digest each value is replaced by 16 digits "
               "of its SHA-256.",
               {{"digest", 0, "", "digests instead of values"},
                {"match", 0, "REGEX", "only recipe files that match"},
                kBefore,
                kAfter,
                kSet}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    auto house = TRY(with_recipes(given, screen));
    std::set<std::pair<std::string, std::string>> wanted;
    for (const auto& text : given.arguments) {
      Target target = split_target(text);
      wanted.emplace(TRY(house->realm(target.multiconfig)).world->multiconfig, target.name);
    }
    for (const recipe::World* world : worlds(*house)) {
      for (const auto& recipe : world->recipes) {
        bool all = wanted.empty() || wanted.contains({world->multiconfig, ""});
        if (all || wanted.contains({world->multiconfig, recipe.pn}))
          TRY_VOID(dump(*house, *world, recipe, given));
      }
    }
    return 0;
  };
  return out;
}

Command python_command() {
  Command out;
  out.usage = {"python",
               "FILE [ARGUMENT...]",
               "runs a Python script in hitz's interpreter, with hitz's bb package",
               "",
               {{"command", 'c', "TEXT", "run this text instead of a file"},
                {"release", 0, "NAME", "follow the rules of wrynose (default) or scarthgap"}}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    auto house = TRY(House::open(screen));
    std::string release = given.last("release", "wrynose");
    if (release == "scarthgap") {
      house->use_release(data::Family::Release::Scarthgap);
    } else if (release != "wrynose") {
      return input_error("--release is wrynose or scarthgap, not '" + release + "'");
    }
    if (given.has("command"))
      return house->python->run_text(given.last("command"), given.arguments);
    if (given.arguments.empty()) return input_error("hitz python needs a file, or -c TEXT");
    return house->python->run_script(given.arguments[0],
                                     {given.arguments.begin() + 1, given.arguments.end()});
  };
  return out;
}

Command graph_command() {
  Command out;
  out.usage = {"graph",
               "TARGET...",
               "prints which task waits for which, as text or dot",
               "",
               {{"task", 'c', "TASK", "this task instead of the default"},
                {"output", 'o', "FORM", "text (default) or dot"},
                kBefore,
                kAfter,
                kSet}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty()) return input_error("hitz graph needs a target");
    std::string form = given.last("output", "text");
    if (form != "text" && form != "dot")
      return input_error("--output is text or dot, not '" + form + "'");
    auto house = TRY(with_recipes(given, screen));
    auto graph = TRY(plan_targets(*house, given.arguments, given.last("task")));
    std::vector<std::string> lines;
    for (graph::TaskId id : graph.order) {
      std::string from = graph::label(*house->world, graph, id);
      if (form == "text") lines.push_back(from);
      for (graph::TaskId need : graph.tasks[id].needs) {
        std::string to = graph::label(*house->world, graph, need);
        lines.push_back(form == "dot" ? "\"" + replace_all(from, ":", ".") + "\" -> \"" +
                                            replace_all(to, ":", ".") + "\""
                                      : from + " -> " + to);
      }
    }
    std::sort(lines.begin(), lines.end());
    print(form == "dot" ? "digraph depends {\n" + join(lines, "\n") + "\n}\n"
                        : join(lines, "\n") + "\n");
    return 0;
  };
  return out;
}

}  // namespace hitz::cli
