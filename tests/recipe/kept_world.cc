// SPDX-License-Identifier: Apache-2.0
#include "tests/recipe/kept_world.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>
#include <set>

#include "engine/base/bytes.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/house.h"
#include "engine/cli/identity.h"
#include "engine/cli/learned.h"
#include "engine/recipe/record.h"
#include "engine/recipe/watched_files.h"
#include "engine/signature/base_hash.h"
#include "tests/support/catch.h"

namespace hitz::testing {

namespace {

constexpr std::int64_t kAhead = 1'000'000'000;
constexpr std::string_view kEvaluated = "warning: evaluated ";

constexpr const char* kCore = R"(--> build/conf/local.conf
MACHINE = "red"
--> core/conf/bitbake.conf
include conf/local.conf
require conf/names.inc
STAMP = "${TOPDIR}/stamps/${PN}"
DL_DIR = "${TOPDIR}/downloads"
WORKDIR = "${TOPDIR}/work/${PN}"
OVERRIDES = "${MACHINE}:${PN}"
FILESPATH = "${FILE_DIRNAME}/${PN}:${FILE_DIRNAME}/files"
addpylib @ROOT@/core/lib colours
--> core/lib/colours/__init__.py
--> core/classes/base.bbclass
python () {
    bb.warn("evaluated " + os.path.basename(d.getVar("FILE")))
}
addtask fetch
do_fetch[file-checksums] = "${@bb.fetch.get_checksum_file_list(d)}"
do_fetch () {
    :
}
addtask build after do_fetch
do_build () {
    echo ${COLOUR}
}
)";

/// What a parse tells through a file.
std::string encoded(const Parsed& parsed) {
  ByteWriter out;
  out.number(static_cast<std::uint64_t>(parsed.status));
  out.text(parsed.error);
  out.number(static_cast<std::uint64_t>(parsed.cached));
  out.text(parsed.parsed);
  out.texts(parsed.lines);
  out.number(parsed.retold ? 1 : 0);
  for (const auto& [file, record] : parsed.records) {
    out.text(file);
    out.text(record);
  }
  return out.take();
}

Parsed decoded(const std::string& bytes) {
  ByteReader in(bytes);
  Parsed out;
  out.status = static_cast<int>(in.number());
  out.error = in.text();
  out.cached = static_cast<int>(in.number());
  out.parsed = in.text();
  out.lines = in.texts();
  out.retold = in.number() != 0;
  while (!in.at_end() && in.ok()) {
    std::string file(in.text());
    out.records[file] = in.text();
  }
  return out;
}

struct Settings {
  std::string topdir, database;
  std::string answer;  // where what a parse gave is kept, "" for nowhere
  std::map<std::string, std::string> environment;
  int processes = 1;
  cli::TimeOfDay clock = cli::TimeOfDay::Ignored;
  std::optional<std::set<std::string>> asked = std::nullopt;  // recipe files; nullopt: all
};

std::optional<Parsed> retold(const Settings& settings) {
  auto bytes = settings.answer.empty() ? Result<std::string>(internal_error(""))
                                       : read_file(settings.answer);
  if (!bytes) return std::nullopt;
  ByteReader in(*bytes);
  Parsed out = decoded(std::string(in.text()));
  out.retold = true;
  if (recipe::do_stand(in.text(), settings.environment)) return out;
  return std::nullopt;
}

void split_lines(const std::vector<std::string>& lines, const Settings& settings, Parsed& out) {
  std::set<std::string> evaluated;
  for (const auto& line : lines) {
    std::string anonymous = replace_all(line, parent_of(settings.topdir), "@ROOT@");
    if (line.starts_with(kEvaluated)) {
      evaluated.insert(line.substr(kEvaluated.size()));
    } else {
      out.lines.push_back(std::move(anonymous));
    }
  }
  out.parsed = join({evaluated.begin(), evaluated.end()}, " ");
}

Result<void> complete(recipe::World& world, const std::set<std::string>& files) {
  std::vector<recipe::Recipe*> asked;
  for (auto& recipe : world.recipes) {
    if (files.contains(base_name(recipe.file))) asked.push_back(&recipe);
  }
  if (files.size() > 1) TRY_VOID(world.completion->begin(asked));
  return world.completion->complete(asked);
}

Result<recipe::World> read(ParsingHouse& house, const Settings& settings, event::Relay& relay,
                           signature::ShellScanner& scanner, std::string& premises) {
  const std::string root = HITZ_SOURCE_ROOT;
  const cli::Installation installation{root + "/python", root + "/recipes"};
  layer::Request request;
  request.topdir = settings.topdir;
  request.environment = settings.environment;
  recipe::ReadOptions options;
  options.since_ns = recipe::file_clock_ns() + kAhead;
  std::unique_ptr<recipe::KeptRowsAhead> ahead;
  if (exists(settings.database))
    ahead = std::make_unique<recipe::KeptRowsAhead>(settings.database, options.since_ns);
  options.ahead = ahead.get();
  cli::Learned learned(settings.environment, options.since_ns);
  if (!settings.answer.empty()) {
    request.origin_reads = learned.of_origin;
    options.premises = &learned.premises;
    house.python->watch(&learned.by_python);
  }
  auto configured = house.configure(request);
  if (!configured) {
    house.python->watch(nullptr);
    return fail(std::move(configured.error()));
  }
  auto configuration = std::move(*configured);
  options.processes = settings.processes;
  options.cache = settings.database;
  const std::string code =
      TRY(cli::identity_of_code(installation, *configuration.store, options.since_ns));
  options.identity = TRY(cli::identity_of(code, *configuration.store, options.since_ns));
  Findings findings(settings.database + "-findings", code);
  if (!settings.database.empty()) {
    options.findings = &findings;
    house.python->remember(&findings);
    scanner.remember(&findings);
  }
  options.log = &relay;
  options.hooks = {[&] {
                     ahead.reset();
                     house.python->before_fork();
                   },
                   [&] { house.python->after_fork_parent(); },
                   [&] { house.python->after_fork_child(); }};
  options.complete = [&](recipe::Recipe& recipe, data::Store& d) -> Result<void> {
    signature::BaseHashes hashes(d, scanner);
    for (auto& task : recipe.tasks) task.base_hash = TRY(hashes.of(task.name)).hash.hex;
    return {};
  };
  if (settings.asked) options.completing = recipe::ReadOptions::Completing::Asked;
  auto world = recipe::read_world(configuration, *house.evaluator, relay, options);
  if (world && settings.asked) TRY_VOID(complete(*world, *settings.asked));
  house.python->watch(nullptr);
  house.python->remember(nullptr);
  scanner.remember(nullptr);
  if (world && !settings.answer.empty() && world->summary.parsed == 0)
    premises = learned.written(installation, configuration, settings.clock).value_or("");
  return world;
}

/// The environment of this process and of its Python.
Result<void> take_environment(ParsingHouse& house, const Settings& settings) {
  std::vector<std::string> flat = {"PATH", "/usr/bin:/bin"};
  for (const auto& [name, value] : settings.environment) {
    flat.push_back(name);
    flat.push_back(value);
  }
  TRY(house.python->call("bb.utils", "_set_environment", nullptr, flat));
  TRY(house.python->call("bb.utils", "clean_environment", nullptr, {}));
  return {};
}

Parsed parse_here(const Settings& settings) {
  if (auto told = retold(settings)) return *told;
  Parsed out;
  std::string premises;
  auto house = ParsingHouse::open();
  auto ready = house ? take_environment(**house, settings) : fail(house.error());
  if (!ready) {
    out.status = 9;
    out.error = ready.error().text();
    return out;
  }
  event::Relay relay((*house)->diary);
  (*house)->python->hooks.log = [&relay](int level, const std::string& text) {
    if (level >= 30)
      event::log(relay, level >= 40 ? event::Level::Error : event::Level::Warning, text);
  };
  signature::ShellScanner scanner;
  auto world = read(**house, settings, relay, scanner, premises);
  out.cached = (*house)->diary.parse_finished.cached;
  split_lines((*house)->diary.lines, settings, out);
  if (!world) {
    out.status = static_cast<int>(world.error().blame) + 1;
    out.error = replace_all(world.error().text(), parent_of(settings.topdir), "@ROOT@");
    return out;
  }
  std::map<std::string, std::vector<recipe::Recipe>> by_file;
  for (auto& recipe : world->recipes) by_file[recipe.file].push_back(recipe);
  for (const auto& [file, recipes] : by_file) {
    std::string& record = out.records[base_name(file)];
    record = recipe::encode(recipes);
    for (const auto& one : recipes)
      record += one.layer + std::to_string(one.priority) + join(one.appends, " ");
  }
  if (premises.empty()) return out;
  ByteWriter answer;
  answer.text(encoded(out));
  answer.text(premises);
  need(write_file(settings.answer, answer.take()));
  return out;
}

}  // namespace

KeptWorld::KeptWorld(const std::string& text)
    : files_(std::make_unique<FileWorld>(small_world(kCore + text))) {}

void KeptWorld::write(const std::string& name, const std::string& text) const {
  need(make_folders(parent_of(at(name))));
  need(write_file(at(name), replace_all(text, "@ROOT@", files_->root())));
}

void KeptWorld::add(const std::string& name, const std::string& text) const {
  write(name, (exists(at(name)) ? need(read_file(at(name))) : "") + text);
}

void KeptWorld::remove(const std::string& name) const {
  REQUIRE(::unlink(at(name).c_str()) == 0);
}

pid_t KeptWorld::start_parse() const {
  const Settings settings{at("build"), database(), "", environment, processes, clock};
  // The test program has its own way with signals: none may come before the child has the usual
  // one.
  sigset_t interrupt, before;
  ::sigemptyset(&interrupt);
  ::sigaddset(&interrupt, SIGINT);
  ::sigprocmask(SIG_BLOCK, &interrupt, &before);
  pid_t process = ::fork();
  if (process == 0) ::signal(SIGINT, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  REQUIRE(process >= 0);
  if (process != 0) return process;
  parse_here(settings);
  ::_exit(0);
}

void KeptWorld::wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
}

namespace {

Parsed parse_by_process(const Settings& settings, const std::string& told) {
  (void)::unlink(told.c_str());
  pid_t process = ::fork();
  REQUIRE(process >= 0);
  if (process == 0) ::_exit(write_file(told, encoded(parse_here(settings))) ? 0 : 1);
  KeptWorld::wait_for(process);
  return decoded(need(read_file(told)));
}

}  // namespace

Parsed KeptWorld::parse(Cache cache) const {
  const bool on = cache == Cache::On;
  return parse_by_process({at("build"), on ? database() : "", on && retells ? at("answer") : "",
                           environment, processes, clock},
                          at("told"));
}

Parsed KeptWorld::parse_for(const std::set<std::string>& files) const {
  return parse_by_process({at("build"), database(), "", environment, processes, clock, files},
                          at("told"));
}

}  // namespace hitz::testing
