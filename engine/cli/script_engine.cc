// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/script_engine.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/rules.h"
#include "engine/cli/script_tables.h"
#include "engine/cli/signing.h"

namespace hitz::cli {

namespace {

using Words = std::vector<std::string>;

// As Python's logging counts them.
int number_of(event::Level level) {
  switch (level) {
    case event::Level::Debug: return 10;
    case event::Level::Verbose: return 19;
    case event::Level::Note: return 20;
    case event::Level::Plain: return 21;
    case event::Level::Warning: return 30;
    default: return 40;
  }
}

BuildOptions options_of(const Words& words) {
  BuildOptions out;
  out.task = words.at(0);
  out.targets = Words(words.begin() + 1, words.end());
  out.taints = true;
  return out;
}

}  // namespace

/// Tells hitz.engine.hear() of every event: its kind and texts.
class ScriptEngine::Sink final : public event::EventSink {
 public:
  explicit Sink(python::Interpreter& python) : python_(python) {}
  void send(const event::Event& event) override {
    std::visit([this](const auto& one) { tell(one); }, event);
  }

 private:
  void hear(Words texts) const { (void)python_.call("hitz.engine", "hear", nullptr, texts); }
  void tell(const event::Log& log) const {
    hear({"log", std::to_string(number_of(log.level)), log.message});
  }
  void tell(const event::ParseProgress& progress) const {
    if (progress.initialising) return;
    hear({"parsing", std::to_string(progress.done), std::to_string(progress.total)});
  }
  void tell(const event::ParseFinished& f) const {
    Words out = {"parsed"};
    for (int count : {f.cached, f.parsed, f.skipped, f.masked, f.variants, f.errors})
      out.push_back(std::to_string(count));
    hear(std::move(out));
  }
  // Tasks tell of themselves: bb.event.fire() of their own processes.
  void tell(const event::BuildStarted&) const {}
  void tell(const event::TaskStarted&) const {}
  void tell(const event::TaskProgress&) const {}
  void tell(const event::TaskEnded& ended) const {
    if (ended.ending == event::Ending::Failed)
      tell(event::Log{event::Level::Error, "Task (" + ended.name + ") failed with exit code '" +
                                               std::to_string(ended.status) + "'"});
  }
  void tell(const event::BuildFinished& f) const {
    hear({"built", std::to_string(f.ran + f.restored + f.up_to_date + f.failed),
          std::to_string(f.restored + f.up_to_date), std::to_string(f.failed)});
  }

  python::Interpreter& python_;
};

ScriptEngine::ScriptEngine(House& house)
    : house_(house), sink_(std::make_unique<Sink>(*house.python)) {
  house_.python->hooks.ask = [this](const python::Asked& asked) { return answer(asked); };
}

ScriptEngine::~ScriptEngine() {
  house_.python->hooks.ask = nullptr;
}

Result<python::Answer> ScriptEngine::answer(const python::Asked& asked) {
  python::Answer out;
  house_.events->to(*sink_);
  const auto& words = asked.arguments;
  if (asked.command == "configure") {
    out.text = TRY(configure(words, out.stores));
  } else if (house_.configuration.store == nullptr) {
    return input_error("no configuration has been read yet");
  } else if (asked.command == "read") {
    house_.reader->forget();
    house_.reading_since_ns = 0;
    TRY_VOID(house_.read_recipes());
  } else if (!house_.world) {
    return input_error("the recipes have not been read yet");
  } else if (asked.command == "recipes" || asked.command == "best" || asked.command == "runtime" ||
             asked.command == "versions") {
    out.text = TRY(look(asked.command, words));
  } else {
    out.text = TRY(work(asked.command, words));
  }
  return out;
}

Result<std::string> ScriptEngine::configure(const Words& words,
                                            std::vector<std::shared_ptr<data::Store>>& stores) {
  HouseOptions options;
  options.without_layers = true;
  for (const auto& word : words) {
    if (word == "track") options.track = true;
    if (word.starts_with("before=")) options.before.push_back(word.substr(7));
    if (word.starts_with("after=")) options.after.push_back(word.substr(6));
  }
  house_.forget();
  TRY_VOID(house_.configure(options, false));
  stores.push_back(house_.configuration.store);
  for (const auto& other : house_.configuration.multiconfigs) stores.push_back(other.store);
  return layers_as_json(house_.configuration);
}

Result<std::string> ScriptEngine::look(const std::string& command, const Words& words) {
  auto realm = TRY(house_.realm(words.at(0)));
  if (command == "recipes") return recipes_as_json(*realm.world);
  if (command == "versions") return versions_as_json(realm);
  if (command == "runtime") return runtime_as_json(realm, words.at(1));
  auto choice = TRY(realm.providers->choose(words.at(1), graph::Side::Build));
  return choice.candidates.empty() ? ""
                                   : realm.world->recipes[choice.candidates.front()].virtual_file;
}

Result<std::string> ScriptEngine::work(const std::string& command, const Words& words) {
  BuildOptions options = options_of(words);
  if (command == "build-file") options.targets = {TRY(keep_only(options.targets.at(0)))};
  auto graph =
      TRY(plan_targets(house_, options, command == "plan" ? OnMissing::LeaveOut : OnMissing::Stop));
  if (command == "plan") return graph_as_json(*house_.world, graph);
  if (command == "signatures") {
    auto signatures = TRY(sign_tasks(house_, graph));
    return signatures_as_json(*house_.world, graph, signatures);
  }
  if (command == "build" || command == "build-file")
    return std::to_string(TRY(run_by_its_rules(house_, options, std::move(graph))));
  return internal_error("scripts cannot ask for '" + command + "'");
}

Result<std::string> ScriptEngine::keep_only(const std::string& file) {
  const auto& recipes = house_.world->recipes;
  auto found = std::find_if(recipes.begin(), recipes.end(), [&](const recipe::Recipe& recipe) {
    return recipe.virtual_file == file && !recipe.skipped;
  });
  if (found == recipes.end()) return input_error("there is no recipe " + file);
  std::string pn = found->pn;
  house_.keep_only(found->id);
  return pn;
}

}  // namespace hitz::cli
