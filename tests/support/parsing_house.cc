// SPDX-License-Identifier: Apache-2.0
#include "tests/support/parsing_house.h"

#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::testing {

namespace {

constexpr const char* kSmallWorld = R"(--> build/conf/bblayers.conf
BBPATH = "${TOPDIR}"
BBLAYERS = "@ROOT@/core"
--> core/conf/layer.conf
BBPATH .= ":${LAYERDIR}"
BBFILES += "${LAYERDIR}/recipes/*.bb ${LAYERDIR}/recipes/*.bbappend"
BBFILE_COLLECTIONS += "core"
BBFILE_PATTERN_core = "^${LAYERDIR}/"
BBFILE_PATTERN_IGNORE_EMPTY_core = "1"
BBFILE_PRIORITY_core = "5"
LAYERSERIES_CORENAMES = "wrynose"
LAYERSERIES_COMPAT_core = "wrynose"
--> core/conf/names.inc
PN = "${@bb.parse.vars_from_file(d.getVar('FILE', False),d)[0] or 'none'}"
PV = "${@bb.parse.vars_from_file(d.getVar('FILE', False),d)[1] or '1.0'}"
PR = "r0"
FILE_DIRNAME = "${@os.path.dirname(d.getVar('FILE', False))}"
--> core/classes/native.bbclass
OVERRIDES .= ":class-native"
)";

struct Running {
  std::unique_ptr<python::Interpreter> interpreter;
  std::shared_ptr<const data::Opaque> no_handlers;
};

/// Never ends: CPython cannot be started again in one process.
Result<Running*> running() {
  static Running* kept = nullptr;
  if (kept == nullptr) {
    auto interpreter = TRY(python::Interpreter::start(std::string(HITZ_SOURCE_ROOT) + "/python"));
    auto handlers = interpreter->handlers();
    kept = new Running{std::move(interpreter), std::move(handlers)};
  }
  return kept;
}

void join_hooks(ParsingHouse& house) {
  auto& hooks = house.python->hooks;
  hooks = {};
  auto* evaluator = house.evaluator.get();
  auto* diary = &house.diary;
  hooks.log = [diary](int level, const std::string& text) {
    if (level >= 30) {
      event::log(*diary, level >= 40 ? event::Level::Error : event::Level::Warning, text);
    }
  };
  hooks.add_task = [evaluator](const std::string& task, const std::vector<std::string>& before,
                               const std::vector<std::string>& after, data::Store& d) {
    return evaluator->add_task(task, before, after, d);
  };
  hooks.delete_task = [evaluator](const std::string& task, data::Store& d) {
    return evaluator->delete_task(task, d);
  };
  hooks.inherit = [evaluator](const std::string& classes, data::Store& d) {
    return evaluator->inherit(classes, d);
  };
}

}  // namespace

void Diary::send(const event::Event& event) {
  if (const auto* log = std::get_if<event::Log>(&event)) {
    if (log->level == event::Level::Warning) lines.push_back("warning: " + log->message);
    if (log->level == event::Level::Error) lines.push_back("error: " + log->message);
  }
  if (const auto* finished = std::get_if<event::ParseFinished>(&event)) parse_finished = *finished;
}

Result<std::unique_ptr<ParsingHouse>> ParsingHouse::open() {
  auto house = std::make_unique<ParsingHouse>();
  auto* kept = TRY(running());
  house->python = kept->interpreter.get();
  house->python->restore_handlers(kept->no_handlers);
  house->reader = std::make_unique<parser::Reader>(house->sources, parser::Release::Wrynose);
  house->evaluator =
      std::make_unique<eval::Evaluator>(*house->reader, *house->python, house->diary);
  house->family.python = house->python;
  house->family.sources = &house->sources;
  house->family.warn = [python = house->python](const std::string& text) { python->warn(text); };
  house->python->use(house->family);
  join_hooks(*house);
  return house;
}

Result<layer::Configuration> ParsingHouse::configure(const layer::Request& request) {
  return layer::load(request, family, *reader, *evaluator, *python, diary);
}

Result<layer::Configuration> ParsingHouse::configure(const FileWorld& files) {
  layer::Request request;
  request.topdir = files.root() + "/build";
  request.environment = files.environment();
  return configure(request);
}

std::string small_world(const std::string& files) {
  return kSmallWorld + files;
}

FileWorld::FileWorld(const std::string& text) {
  char folder[] = "/tmp/hitz-test-XXXXXX";
  root_ = ::mkdtemp(folder) != nullptr ? folder : "";
  std::map<std::string, std::string> files;
  std::string name;
  for (const auto& line : split(text, '\n')) {
    if (line.starts_with("--> ")) {
      name = line.substr(4);
      files[name].clear();
    } else if (std::size_t equals = line.find('='); name == "environment") {
      if (equals != std::string::npos)
        environment_[line.substr(0, equals)] = line.substr(equals + 1);
    } else if (!name.empty()) {
      files[name] += replace_all(line, "@ROOT@", root_) + "\n";
    }
  }
  files.erase("environment");
  for (const auto& [path, content] : files) {
    std::string target = root_ + "/" + path;
    auto written = make_folders(parent_of(target));
    if (written) written = write_file(target, content);
    if (!written) environment_["unwritten"] = written.error().text();
  }
}

FileWorld::~FileWorld() {
  if (!root_.empty()) (void)remove_tree(root_);
}

std::string FileWorld::anonymous(std::string text) const {
  return replace_all(std::move(text), root_, "@ROOT@");
}

}  // namespace hitz::testing
