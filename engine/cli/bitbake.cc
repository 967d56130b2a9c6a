// SPDX-License-Identifier: Apache-2.0
// hitz as 'bitbake': its options, what each does, and which of them hitz refuses.

#include "engine/cli/bitbake.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/build.h"
#include "engine/cli/configured.h"
#include "engine/cli/dispatch.h"
#include "engine/cli/dry_run.h"
#include "engine/cli/invalidation.h"
#include "engine/cli/rules.h"
#include "engine/cli/signing.h"
#include "engine/graph/drawing.h"
#include "engine/graph/preference.h"
#include "engine/graph/provider_index.h"

namespace hitz::cli {

namespace {

using Words = std::vector<std::string>;

constexpr const char* kVersion = "2.18.0";  // whose command line this is

// What hitz has no counterpart of, and why: these are refused, not ignored.
constexpr std::pair<const char*, const char*> kRefused[] = {
    {"profile", "hitz is not a Python program that could be profiled"},
    {"revisions-changed", "hitz does not compare revisions with those of the last build"},
    {"log-domains", "hitz's lines have no domains; use -D"},
    {"write-log", "hitz writes no event log"},
    {"bind", "hitz has no server"},
    {"remote-server", "hitz has no server"},
    {"token", "hitz has no server"},
    {"observe-only", "hitz has no server"},
    {"server-only", "hitz has no server"},
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

Words all_of(const Given& given, const std::string& option) {
  auto found = given.options.find(option);
  return found != given.options.end() ? found->second : Words();
}

Words with_environment(Words files, const char* name) {
  if (std::string more = environment(name); !more.empty()) files.push_back(more);
  return files;
}

// "1:2.0-r0", as bitbake -s has it.
std::string version_text(const recipe::Recipe& recipe) {
  return recipe.pe + ":" + recipe.pv + "-" + recipe.pr;
}

std::string row(const std::string& name, const std::string& latest, const std::string& preferred,
                const std::string& required) {
  auto cell = [](const std::string& text, std::size_t width) {
    return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
  };
  std::string first = name;
  first.resize(std::max<std::size_t>(first.size(), 35), ' ');
  return first + " " + cell(latest, 25) + " " + cell(preferred, 25) + " " + cell(required, 25) +
         "\n";
}

class BitBake {
 public:
  BitBake(const Given& given, Screen& screen)
      : given_(given), screen_(screen), targets_(given.arguments) {}

  Result<int> run() {
    for (const auto& [option, why] : kRefused) {
      if (given_.has(option)) return input_error("--" + std::string(option) + ": " + why);
    }
    std::string ui = given_.last("ui", environment("BITBAKE_UI"));
    if (!ui.empty() && ui != "knotty")
      return input_error("--ui " + ui + ": hitz has one user interface, knotty");
    if (given_.has("status-only")) return 1;  // no server runs
    if (given_.has("kill-server")) return 0;
    if (given_.has("environment")) return environment_of();
    if (given_.has("buildfile")) return build_file();
    if (given_.has("show-versions")) return versions();
    if (given_.has("parse-only")) return parse();
    if (given_.has("graphviz") && targets_.empty() && !default_targets())
      return input_error("Please specify a package name for dependency graph generation.");
    return given_.has("graphviz") ? graph_files() : build_targets();
  }

 private:
  bool default_targets() const { return !environment("BBTARGETS").empty(); }

  HouseOptions house_options() const {
    HouseOptions out;
    out.before = with_environment(all_of(given_, "read"), "BBPRECONF");
    out.after = with_environment(all_of(given_, "postread"), "BBPOSTCONF");
    out.assumed = all_of(given_, "ignore-deps");
    out.without_layers = true;
    return out;
  }

  Result<void> configure() {
    house_ = TRY(House::open(screen_, House::Recipes::Yes));
    TRY_VOID(house_->configure(house_options(), false));
    if (targets_.empty()) targets_ = words(TRY(house_->configuration.store->text("BBTARGETS")));
    return {};
  }

  Result<void> read(House::Hashes hashes = House::Hashes::Asked) {
    if (!house_) TRY_VOID(configure());
    return house_->read_recipes(hashes);
  }

  BuildOptions options() const {
    BuildOptions out;
    out.targets = targets_;
    out.task = given_.last("cmd");
    out.runall = all_of(given_, "runall");
    out.runonly = all_of(given_, "runonly");
    out.force = given_.has("force");
    out.clear_stamp = given_.last("clear-stamp");
    out.dry_run = given_.has("dry-run");
    out.taints = true;
    out.keep_going = given_.has("continue");
    if (given_.has("no-setscene")) out.setscene = Setscene::No;
    if (given_.has("skip-setscene")) out.setscene = Setscene::Skip;
    if (given_.has("setscene-only")) out.setscene = Setscene::Only;
    return out;
  }

  Result<int> environment_of() {
    for (const char* many : {"world", "universe"}) {
      if (std::find(targets_.begin(), targets_.end(), many) != targets_.end())
        return input_error("'" + std::string(many) + "' is not a valid target for --environment.");
    }
    if (targets_.size() > 1)
      return input_error("Only one target can be used with the --environment option.");
    std::string target = targets_.empty() ? "" : targets_[0];
    if (given_.has("buildfile")) {
      if (!target.empty())
        return input_error(
            "No target should be used with the --environment and --buildfile options.");
      TRY_VOID(read());
      target = house_->world->recipes[TRY(recipe_of_file(given_.last("buildfile")))].pn;
      house_.reset();
    }
    Given plain;
    plain.options["read"] = house_options().before;
    plain.options["postread"] = house_options().after;
    if (!target.empty()) plain.arguments = {target};
    return env_command().run(plain, screen_);
  }

  // A file, as it is named or by an expression that its path matches somewhere.
  Result<recipe::RecipeId> recipe_of_file(const std::string& wanted) const {
    std::error_code code;
    std::string file = wanted;
    std::optional<graph::Pattern> pattern;
    if (std::filesystem::exists(wanted, code))
      file = std::filesystem::absolute(wanted, code).lexically_normal().string();
    else
      pattern = TRY(graph::Pattern::of(".*(" + wanted + ")"));
    std::vector<recipe::RecipeId> exact, like;
    for (const auto& recipe : house_->world->recipes) {
      if (recipe.virtual_file == file) exact.push_back(recipe.id);
      if (pattern && recipe.variant.empty() && pattern->matches_start_of(recipe.file))
        like.push_back(recipe.id);
    }
    const auto& found = exact.empty() ? like : exact;
    if (found.size() != 1) return input_error(no_single_file(wanted, found));
    const auto& recipe = house_->world->recipes[found[0]];
    if (recipe.skipped) return input_error(recipe.file + " was skipped: " + *recipe.skipped);
    return found[0];
  }

  std::string no_single_file(const std::string& wanted,
                             const std::vector<recipe::RecipeId>& found) const {
    if (found.empty()) return "Unable to find any recipe file matching '" + wanted + "'";
    std::string text = "Unable to match '" + wanted + "' to a specific recipe file - " +
                       std::to_string(found.size()) + " matches found:";
    for (recipe::RecipeId id : found) text += "\n    " + house_->world->recipes[id].file;
    return text;
  }

  Result<int> build_file() {
    event::log(screen_, event::Level::Warning,
               "Buildfile specified, dependencies will not be handled. If this is not what you "
               "want, do not use -b / --buildfile.");
    TRY_VOID(read());
    if (given_.has("verbose")) house_->functions->trace_scripts();
    auto id = TRY(recipe_of_file(given_.last("buildfile")));
    targets_ = {house_->world->recipes[id].pn};
    house_->keep_only(id);
    TRY_VOID(house_->world->config->set("BB_LIMITEDDEPS", "1", data::Writer::Code));
    return run_tasks();
  }

  Result<int> versions() {
    TRY_VOID(read());
    std::string text =
        row("Recipe Name", "Latest Version", "Preferred Version", "Required Version") +
        row("===========", "==============", "=================", "================") + "\n";
    for (const auto& [pn, found] : TRY(house_->providers->versions())) {
      const auto& recipes = house_->world->recipes;
      if (found.required && !found.preferred)
        return input_error("REQUIRED_VERSION of package " + pn + " not available");
      std::string taken = found.preferred ? version_text(recipes[*found.preferred]) : "";
      bool same = found.preferred && *found.preferred == found.latest;
      text += row(pn, version_text(recipes[found.latest]), found.required || same ? "" : taken,
                  found.required ? taken : "");
    }
    print(text);
    return 0;
  }

  Result<int> parse() {
    TRY_VOID(read(House::Hashes::All));
    return 0;
  }

  Result<int> graph_files() {
    TRY_VOID(read());
    if (targets_.empty()) return nothing_to_do();
    auto graph = TRY(plan_targets(*house_, options(), OnMissing::LeaveOut));
    TRY_VOID(write("pn-buildlist", graph::build_list(*house_->world, graph), "PN build list"));
    for (const char* old : {"pn-depends.dot", "package-depends.dot", "recipe-depends.dot"})
      std::remove(old);
    TRY_VOID(
        write("task-depends.dot", graph::task_depends(*house_->world, graph), "Task dependencies"));
    return 0;
  }

  Result<void> write(const std::string& name, const std::string& text, const std::string& what) {
    TRY_VOID(write_file(name, text));
    event::log(screen_, event::Level::Note, what + " saved to '" + name + "'");
    return {};
  }

  Result<int> build_targets() {
    TRY_VOID(configure());
    if (targets_.empty()) return nothing_to_do();
    if (given_.has("verbose")) house_->functions->trace_scripts();
    if (!given_.has("dry-run") && !given_.has("dump-signatures")) TRY_VOID(start_worker(*house_));
    TRY_VOID(read());
    return run_tasks();
  }

  Result<int> signatures() {
    auto options = this->options();
    auto graph = TRY(plan_to_run(*house_, options));
    TRY_VOID(taint(*house_, TRY(invalidated(*house_, graph, options))));
    auto signatures = TRY(sign_tasks(*house_, graph));
    TRY_VOID(dump_signatures(*house_, graph, signatures, all_of(given_, "dump-signatures")));
    return 0;
  }

  Result<int> run_tasks() {
    if (given_.has("dump-signatures")) return signatures();
    auto options = this->options();
    auto graph = TRY(plan_to_run(*house_, options));
    if (options.dry_run) return dry_run(*house_, options, std::move(graph));
    return run_by_its_rules(*house_, options, std::move(graph));
  }

  Result<int> nothing_to_do() {
    print(
        "Nothing to do.  Use 'bitbake world' to build everything, or run 'bitbake --help' for "
        "usage information.\n");
    return 1;
  }

  const Given& given_;
  Screen& screen_;
  Words targets_;
  std::unique_ptr<House> house_;
};

int wrong_usage(const std::string& text) {
  std::fprintf(stderr, "usage: bitbake [options] [recipename/target ...]\nbitbake: error: %s\n",
               text.c_str());
  return 2;
}

Verbosity verbosity_of(const Given& given) {
  Verbosity out;
  out.quiet = static_cast<int>(all_of(given, "quiet").size());
  out.debug = std::max(static_cast<int>(all_of(given, "debug").size()),
                       std::atoi(environment("BBDEBUG").c_str()));
  out.verbose = given.has("verbose");
  return out;
}

// "; NAME was skipped: …": each on a line of its own.
std::string with_reasons_on_lines(std::string text) {
  for (std::string_view what : {" was skipped: ", " provides it but was skipped: "}) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) {
      std::size_t name = text.find_last_of(" \n", at - 1);
      if (at == 0 || name == std::string::npos || name == 0 || text[name - 1] != ';') continue;
      text.replace(name - 1, 2, "\n");
    }
  }
  return text;
}

// What an error says, with the words that scripts look for.
std::string in_bitbakes_words(std::string text) {
  if (text.find("nothing provides '") == std::string::npos) return text;
  text = with_reasons_on_lines(
      replace_all(std::move(text), "nothing provides '", "Nothing PROVIDES '"));
  for (std::size_t at = 0; (at = text.find("Nothing PROVIDES '", at)) != std::string::npos; ++at) {
    std::size_t end = text.find('\'', at + 18);
    constexpr std::string_view kRunTime = " at run time";
    if (end == std::string::npos || text.compare(end + 1, kRunTime.size(), kRunTime) != 0) continue;
    text.erase(end + 1, kRunTime.size());
    text.replace(at, 16, "Nothing RPROVIDES");
  }
  return text;
}

}  // namespace

int bitbake(const Words& given_words) {
  Usage usage = bitbake_usage();
  auto given = parse_options(usage, given_words);
  if (!given) return wrong_usage(given.error().message);
  if (given->has("help")) {
    print(help_text(usage));
    return 0;
  }
  if (given->has("version")) {
    print("BitBake Build Tool Core version " + std::string(kVersion) + "\n");
    return 0;
  }
  for (const char* other : {"verbose", "debug"}) {
    if (given->has("quiet") && given->has(other))
      return wrong_usage("options --quiet and --" + std::string(other) + " are mutually exclusive");
  }
  Screen screen(verbosity_of(*given));
  auto status = BitBake(*given, screen).run();
  if (status) return screen.finish(*status);
  if (std::string text = status.error().text(); !text.empty())
    event::log(screen, event::Level::Error, in_bitbakes_words(text));
  return screen.finish(1);
}

}  // namespace hitz::cli
