// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/house.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/cli/identity.h"
#include "engine/exec/script.h"
#include "engine/recipe/watched_files.h"
#include "engine/signature/base_hash.h"
#include "sysroot/compose.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace hitz::cli {

namespace {

constexpr std::string_view kDefaultBuild = "hitz-build";

// Ctrl-C while nothing is built: nothing is left to tidy but the line on the terminal.
extern "C" void leave_at_once(int) {
  [[maybe_unused]] ssize_t written = ::isatty(2) == 1 ? ::write(2, "\r\x1b[K", 4) : 0;
  ::_exit(130);
}

event::Level level_of(int level) {
  if (level >= 39) return event::Level::Error;
  if (level >= 29) return event::Level::Warning;
  if (level == 21) return event::Level::Plain;
  if (level >= 20) return event::Level::Note;
  return level >= 18 ? event::Level::Verbose : event::Level::Debug;
}

}  // namespace

Result<std::string> kept_folder(const layer::Configuration& of) {
  std::string folder = TRY(of.store->text("PERSISTENT_DIR"));
  return folder.empty() ? of.topdir + "/cache" : folder;
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> out;
  for (char** at = environ; *at != nullptr; ++at) {
    std::string_view entry(*at);
    std::size_t equal = entry.find('=');
    if (equal != std::string_view::npos)
      out.emplace(entry.substr(0, equal), entry.substr(equal + 1));
  }
  return out;
}

Result<Installation> find_installation() {
  std::error_code code;
  std::string program = std::filesystem::read_symlink("/proc/self/exe", code).string();
  std::vector<std::string> roots;
  if (const char* named = std::getenv("HITZ_ROOT"); named != nullptr) roots.emplace_back(named);
  for (std::string folder = parent_of(program); folder.size() > 1; folder = parent_of(folder)) {
    roots.push_back(folder);
    roots.push_back(folder + "/share/hitz");
  }
  for (const auto& root : roots) {
    if (exists(root + "/python/bb/__init__.py"))
      return Installation{root + "/python", root + "/recipes"};
  }
  return environment_error("cannot find hitz's own files (python/bb) near " + program +
                           "; set HITZ_ROOT to the folder that holds python/ and recipes/");
}

Result<std::unique_ptr<House>> House::open(event::EventSink& events, Recipes recipes) {
  auto house = std::unique_ptr<House>(new House());
  if (recipes == Recipes::Yes) house->read_ahead();
  house->events = std::make_unique<event::Relay>(events);
  house->installation = TRY(find_installation());
  house->python = TRY(python::Interpreter::start(house->installation.python));
  house->reader = std::make_unique<parser::Reader>(house->sources, parser::Release::Wrynose);
  if (const std::string folder = build_directory(); !folder.empty())
    house->texts_ = std::make_unique<KeptTexts>(folder, *house->reader, *house->python);
  house->evaluator =
      std::make_unique<eval::Evaluator>(*house->reader, *house->python, *house->events);
  house->functions = std::make_unique<exec::Functions>(*house->python, house->scanner);
  house->log = [sink = house->events.get()](int level, const std::string& text) {
    constexpr int kWarnOnce = 29;
    sink->send(event::Log{level_of(level), text, level != kWarnOnce});
  };
  house->hears = [sink = house->events.get()](int level) { return sink->wants(level_of(level)); };
  house->family =
      data::Family{house->python.get(), &house->sources, data::Family::Release::Wrynose,
                   [python = house->python.get()](const std::string& text) { python->warn(text); }};
  house->join_hooks();
  return house;
}

// The last house stands until its process ends: taking a world apart takes longer than a question.
House::~House() {
  if (learned_) python->watch(nullptr);
  struct Standing {
    layer::Configuration configuration;
    std::optional<recipe::World> world;
    std::unique_ptr<graph::Providers> providers;
  };
  static std::vector<Standing> standing;
  standing.push_back({std::move(configuration), std::move(world), std::move(providers)});
}

void House::read_ahead() {
  reading_since_ns = recipe::file_clock_ns();
  const std::string folder = build_directory();
  std::string kept = folder.empty() ? "" : recipe::newest_kept_rows(folder + "/cache");
  if (!kept.empty())
    ahead_ = std::make_unique<recipe::KeptRowsAhead>(
        std::move(kept), reading_since_ns,
        recipe::Apart{[this] { apart_.enter(); }, [this] { apart_.leave(); },
                      [this] { apart_.give_back(); }});
}

// A fork takes no thread along, and recipes are apart: the child must not look at them.
Result<int> House::fork_configured(const std::function<int()>& life) {
  if (!findings_) TRY_VOID(open_findings());
  if (ahead_) ahead_->wait();
  apart_.let(ApartMemory::Forks::Without);
  python->before_fork();
  int pid = ::fork();
  if (pid == 0) {
    [[maybe_unused]] auto* unseen = ahead_.release();
    python->after_fork_child();
    ::_exit(life());
  }
  python->after_fork_parent();
  apart_.let(ApartMemory::Forks::With);
  if (pid < 0) return fail(system_error("fork", "a process that starts tasks"));
  return pid;
}

void House::share_findings() {
  if (findings_) findings_->share();
  if (texts_) texts_->findings().share();
}

void House::join_hooks() {
  python->use(family);
  auto& hooks = python->hooks;
  hooks.log = [this](int level, const std::string& text) { log(level, text); };
  hooks.hears = [this](int level) { return hears(level); };
  hooks.exec_func = [this](const std::string& function, data::Store& d,
                           const std::vector<std::string>& dirs) {
    return functions->run(function, d, dirs);
  };
  hooks.add_task = [this](const std::string& task, const std::vector<std::string>& before,
                          const std::vector<std::string>& after,
                          data::Store& d) { return evaluator->add_task(task, before, after, d); };
  hooks.delete_task = [this](const std::string& task, data::Store& d) {
    return evaluator->delete_task(task, d);
  };
  hooks.inherit = [this](const std::string& classes, data::Store& d) {
    return evaluator->inherit(classes, d);
  };
  hooks.handle = [this](
                     const std::string& path, data::Store& d,
                     bool include) -> Result<std::map<std::string, std::shared_ptr<data::Store>>> {
    std::map<std::string, std::shared_ptr<data::Store>> out;
    if (include) {
      TRY_VOID(evaluator->include(path, d));
      out[""] = d.shared_from_this();
      return out;
    }
    for (auto& variant : TRY(evaluator->recipe(path, words(TRY(d.text("__BBAPPEND"))), d)))
      out[variant.name] = variant.store;
    return out;
  };
  hooks.forget_files = [this] { reader->forget(); };
  hooks.scan_shell = [this](const std::string& text) -> Result<std::vector<std::string>> {
    const std::set<std::string>* found = TRY(scanner.commands(text, family.release));
    return std::vector<std::string>(found->begin(), found->end());
  };
  hooks.base_hashes = [this](data::Store& d) { return hashed_recipe(d); };
  hooks.emit_func = [this](const std::string& function, data::Store& d) {
    return exec::emit_function(d, function, scanner);
  };
  hooks.compose_sysroot = [](const std::string& destination,
                             const std::vector<std::string>& components) {
    return sysroot::compose(destination, components);
  };
}

Result<python::HashedRecipe> House::hashed_recipe(data::Store& d) {
  signature::BaseHashes hashes(d, scanner);
  python::HashedRecipe out;
  std::shared_ptr<const signature::Nodes> nodes;
  for (const auto& name : d.list("__BBTASKS")) {
    signature::Manifest manifest = TRY(hashes.of(TRY(d.expand(name))));
    nodes = manifest.nodes;
    out.tasks.push_back({manifest.task, manifest.hash.hex, std::move(manifest.variables)});
  }
  if (nodes == nullptr) return out;
  for (const auto& node : nodes->all) {
    out.names.push_back({nodes->text(node), node.value ? std::optional(*node.value) : std::nullopt,
                         nodes->dependencies(node)});
  }
  return out;
}

// The environment of the process, which is then what metadata's Python may see of it.
Result<std::map<std::string, std::string>> House::taken_environment() {
  auto out = process_environment();
  if (reading_since_ns == 0) reading_since_ns = recipe::file_clock_ns();
  TRY(python->call("bb.utils", "clean_environment", nullptr, {}));
  if (!notes_) return out;
  learned_ = std::make_unique<Learned>(out, reading_since_ns);
  python->watch(&learned_->by_python);
  return out;
}

std::optional<std::string> House::premises(TimeOfDay clock) {
  if (!learned_) return std::nullopt;
  python->watch(nullptr);
  return std::exchange(learned_, nullptr)->written(installation, configuration, clock);
}

void House::use_release(data::Family::Release release) {
  bool old = release == data::Family::Release::Scarthgap;
  reader->set_release(old ? parser::Release::Scarthgap : parser::Release::Wrynose);
  family.release = release;
  python->set_version(layer::version_of(release));
  python->use(family);
}

void House::forget() {
  reader->forget();
  python->remember(nullptr);
  scanner.remember(nullptr);
  findings_.reset();
  reading_since_ns = 0;
  providers.reset();
  other_providers_.clear();
  world.reset();
}

Result<void> House::configure(const HouseOptions& options, bool create) {
  std::string folder = build_directory();
  if (folder.empty() && options.without_layers && std::getenv("BBPATH") != nullptr)
    folder = current_folder();
  if (folder.empty()) {
    if (!create)
      return input_error(
          "there is no build directory here: no conf/bblayers.conf in this folder or above it, and "
          "no ./" +
          std::string(kDefaultBuild) + "; 'hitz build' makes one");
    folder = TRY(create_build_directory(installation));
    event::log(*events, event::Level::Note,
               "made the build directory " + folder + "; its settings are in conf/local.conf");
  }
  layer::Request request;
  request.topdir = folder;
  request.environment = TRY(taken_environment());
  if (learned_) request.origin_reads = learned_->of_origin;
  request.before = options.before;
  request.after = options.after;
  request.settings = options.settings;
  request.track = options.track;
  assumed_ = options.assumed;
  ::signal(SIGINT, leave_at_once);
  if (::chdir(folder.c_str()) != 0) return fail(system_error("enter", folder));
  configuration = TRY(layer::load(request, family, *reader, *evaluator, *python, *events));
  family.release = reader->release() == parser::Release::Scarthgap
                       ? data::Family::Release::Scarthgap
                       : data::Family::Release::Wrynose;
  python->use(family);
  // Scripts copy the folder before anything is kept there; where none can be made, nothing is kept.
  if (auto kept = kept_folder(configuration)) (void)make_folders(*kept);
  if (texts_) texts_->save();
  return {};
}

// What is found in code depends on what the functions are that it calls.
Result<void> House::open_findings() {
  code_identity_ = TRY(identity_of_code(installation, *configuration.store, reading_since_ns));
  Sha256 identity;
  identity.add(code_identity_);
  for (const auto& other : configuration.multiconfigs)
    TRY_VOID(add_libraries(identity, *other.store, reading_since_ns));
  identity.add(layer::version_of(family.release));
  std::string folder = TRY(kept_folder(configuration));
  findings_ = std::make_unique<Findings>(folder + "/hitz-findings", identity.hex());
  python->remember(findings_.get());
  scanner.remember(findings_.get());
  return {};
}

std::string build_directory() {
  std::string here = current_folder();
  if (std::string found = layer::find_build_directory(here); !found.empty()) return found;
  constexpr std::string_view kLayers = "/conf/bblayers.conf";
  std::string made = join_path(here, kDefaultBuild);
  if (exists(made + std::string(kLayers))) return made;
  const char* path = std::getenv("BBPATH");
  for (const auto& folder : split(path != nullptr ? path : "", ':')) {
    if (folder.starts_with('/') && exists(folder + std::string(kLayers))) return folder;
  }
  return "";
}

Result<std::string> create_build_directory(const Installation& installation) {
  std::string folder = join_path(current_folder(), kDefaultBuild);
  TRY_VOID(make_folders(folder + "/conf"));
  for (const char* name : {"local.conf", "bblayers.conf"}) {
    std::string text = TRY(read_file(installation.recipes + "/conf/templates/" + name + ".sample"));
    std::string target = folder + "/conf/" + name;
    if (!exists(target))
      TRY_VOID(write_file(
          target, replace_all(std::move(text), "##HITZ_CORE_LAYER##", installation.recipes)));
  }
  return folder;
}

Result<std::unique_ptr<cache::LocalCache>> open_cache(data::Store& config) {
  std::string folder = TRY(config.text("HITZ_CACHE_DIR"));
  if (folder.empty()) folder = TRY(config.text("TOPDIR")) + "/hitz-cache";
  return cache::LocalCache::open(folder);
}

}  // namespace hitz::cli
