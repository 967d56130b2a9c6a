// SPDX-License-Identifier: Apache-2.0
// A build without processes: every task takes the time that its world says, on a clock of the
// test's own. A world of tests/support/toy_world.h, and besides
//
//   TIMES = "zlib:do_compile=5 …"        1 for the others; known before as weights, unless
//   GUESSES = "zlib:do_compile=9"        says something else
//   UP_TO_DATE = "zlib:do_compile …"     RESTORABLE, DAMAGED (restorable, but in vain), FAILING,
//                                        UNSTARTABLE
//   INTERRUPTS = "3 4"                   when Ctrl-C is pressed
//   MOST = "do_compile=1"                of these, at a time
//   TELLS_HASTE = "1"                    says which tasks start behind more urgent ones
//   WIDE = "do_compile …"                which keep several processors busy by themselves
//   SAME = "a:do_compile=x b:do_compile=x"   tasks that do the same work

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/graph/plan.h"
#include "engine/schedule/schedule.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/toy_world.h"

using namespace hitz;
using namespace hitz::schedule;

namespace {

class FakeWorld {
 public:
  FakeWorld(const testing::ToyWorld& toy, const graph::TaskGraph& graph)
      : toy_(toy), graph_(graph) {
    for (const auto& word : words(setting("INTERRUPTS"))) interrupts_.push_back(std::stoi(word));
  }

  World world() {
    World out;
    out.up_to_date = [this](TaskId id) { return is("UP_TO_DATE", id); };
    out.restorable = [this](TaskId id) { return is("RESTORABLE", id) || is("DAMAGED", id); };
    out.start = [this](TaskId id, Haste haste) { return start(id, haste); };
    out.wait = [this] { return wait(); };
    out.restore = [this](TaskId id) -> Result<bool> {
      note(is("DAMAGED", id) ? "damaged" : "restored", id);
      return !is("DAMAGED", id);
    };
    out.interrupts = [this] {
      return static_cast<int>(std::count_if(interrupts_.begin(), interrupts_.end(),
                                            [this](int at) { return at <= now_; }));
    };
    if (!setting("SAME").empty()) {
      out.work = [this](TaskId id) {
        std::string label = graph::label(toy_.world, graph_, id);
        for (const auto& word : words(setting("SAME"))) {
          if (word.starts_with(label + "=")) return word.substr(label.size() + 1);
        }
        return label;
      };
    }
    out.may_start = [this](TaskId id) {
      const std::string& name = graph_.tasks[id].task->name;
      auto alike = std::count_if(running_.begin(), running_.end(), [&](const auto& one) {
        return graph_.tasks[one.second].task->name == name;
      });
      for (const auto& word : words(setting("MOST"))) {
        if (word.starts_with(name + "=") && alike >= std::stoi(word.substr(name.size() + 1)))
          return false;
      }
      return true;
    };
    if (!setting("WIDE").empty()) {
      out.wide = [this](TaskId id) {
        auto names = words(setting("WIDE"));
        return std::count(names.begin(), names.end(), graph_.tasks[id].task->name) != 0;
      };
    }
    out.kill = [this] {
      for (const auto& [end, id] : running_) note("killed", id);
      running_.clear();
    };
    return out;
  }

  IdVector<TaskId, double> weights() const {
    IdVector<TaskId, double> out(graph_.tasks.size(), 1.0);
    for (TaskId id : graph_.order) out[id] = time("GUESSES", id).value_or(duration(id));
    return out;
  }

  const std::string& diary() const { return diary_; }

 private:
  std::string setting(const std::string& name) const {
    auto found = toy_.config.find(name);
    return found == toy_.config.end() ? "" : found->second;
  }
  bool is(const std::string& name, TaskId id) const {
    auto list = words(setting(name));
    return std::count(list.begin(), list.end(), graph::label(toy_.world, graph_, id)) != 0;
  }
  std::optional<int> time(const std::string& name, TaskId id) const {
    std::string start = graph::label(toy_.world, graph_, id) + "=";
    for (const auto& word : words(setting(name))) {
      if (word.starts_with(start)) return std::stoi(word.substr(start.size()));
    }
    return std::nullopt;
  }
  int duration(TaskId id) const { return time("TIMES", id).value_or(1); }

  void note(const std::string& what, TaskId id) {
    diary_ += std::to_string(now_) + " " + what + " " + graph::label(toy_.world, graph_, id) + "\n";
  }

  Result<void> start(TaskId id, Haste haste) {
    if (is("UNSTARTABLE", id)) return environment_error("no more processes");
    bool behind = haste == Haste::Behind && !setting("TELLS_HASTE").empty();
    note(behind ? "start behind others" : "start", id);
    running_.insert({now_ + duration(id), id});
    return {};
  }

  std::vector<Ended> wait() {
    if (running_.empty()) FAIL("waited for nothing, and so for ever");
    int end = running_.begin()->first;
    for (int at : interrupts_) {
      if (at > now_ && at < end) {
        now_ = at;
        return {};
      }
    }
    std::vector<Ended> out;
    now_ = end;
    while (!running_.empty() && running_.begin()->first == end) {
      TaskId id = running_.begin()->second;
      running_.erase(running_.begin());
      note(is("FAILING", id) ? "failed" : "done", id);
      out.push_back({id, !is("FAILING", id)});
    }
    return out;
  }

  const testing::ToyWorld& toy_;
  const graph::TaskGraph& graph_;
  std::vector<int> interrupts_;
  std::set<std::pair<int, TaskId>> running_;
  int now_ = 0;
  std::string diary_;
};

std::string shown(const Summary& summary) {
  return std::string(summary.success() ? "success" : "failure") + ": " +
         std::to_string(summary.ran) + " run, " + std::to_string(summary.restored) + " restored, " +
         std::to_string(summary.up_to_date) + " up to date, " + std::to_string(summary.failed) +
         " failed, " + std::to_string(summary.blocked) + " not run" +
         (summary.interrupted ? ", interrupted" : "") + "\n";
}

std::string answer(const std::string& world, const std::string& command) {
  auto toy = testing::toy_world(world);
  auto providers = toy->providers();
  Options options;
  std::vector<graph::Target> targets;
  for (const auto& word : words(command)) {
    if (word == "-k")
      options.keep_going = true;
    else if (word.starts_with("-j"))
      options.parallel = std::stoi(word.substr(2));
    else
      targets.push_back(graph::parse_target(word));
  }
  auto graph = need(graph::plan(toy->world, providers, targets));
  FakeWorld fake(*toy, graph);
  auto outside = fake.world();
  auto summary = schedule::run(graph, fake.weights(), outside, options);
  return fake.diary() + (summary ? shown(*summary) : "error: " + summary.error().text() + "\n");
}

}  // namespace

TEST_CASE("schedule: tasks run in the order that the corpus says", "[schedule]") {
  testing::check_corpus("schedule/order.txt", answer);
}

TEST_CASE("schedule: failures and interrupts end a build as the corpus says", "[schedule]") {
  testing::check_corpus("schedule/endings.txt", answer);
}
