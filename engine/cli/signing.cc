// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/signing.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/signature/base_hash.h"
#include "engine/signature/sigdata.h"

namespace hitz::cli {

namespace {

using graph::TaskId;
using signature::Signatures;

constexpr const char* kModule = "hitz.signing";
constexpr char kField = '\x1f', kRecord = '\x1e', kItem = '\x1d', kPart = '\x1c';

std::string numbers_of(const std::vector<TaskId>& ids) {
  std::string out;
  for (TaskId id : ids) out += (out.empty() ? "" : " ") + std::to_string(id.value);
  return out;
}

class Signing {
 public:
  Signing(House& house, const graph::TaskGraph& graph, const SignedBefore* before)
      : house_(house), graph_(graph), before_(before), world_(*house.world) {}

  Result<Signatures> run() {
    TRY_VOID(house_.hash_recipes(graph_));
    auto answer =
        split(TRY(call("start", {recipes(), tasks(), virtuals(), equivalent()}, true)), kRecord);
    if (answer.size() != 5)
      return internal_error("the signature generator's answer has no five parts");
    bool known = answer[0] == "known", others = answer[1] == "others";
    Signatures out = known ? TRY(sign(others, answer)) : TRY(ask());
    if (others) TRY(call("finish", {}));
    return out;
  }

 private:
  Result<std::string> call(const char* function, const std::vector<std::string>& texts,
                           bool with_store = false) {
    return house_.python->call(kModule, function, with_store ? world_.config.get() : nullptr,
                               texts);
  }

  // ---- what the generator is told
  std::string recipes() {
    std::set<recipe::RecipeId> all;
    for (const auto& node : graph_.tasks) all.insert(node.recipe);
    for (const auto& [name, id] : graph_.provided) all.insert(id);
    std::string out;
    for (auto id : all) {
      const auto& r = world_.recipes[id];
      rows_.emplace(id, rows_.size());
      out += r.virtual_file + kField + r.pn + kField + r.hash_filename + kField + r.stamp + kRecord;
    }
    return out;
  }

  std::string tasks() const {
    std::string out;
    for (const auto& node : graph_.tasks) {
      bool restorable = world_.recipes[node.recipe].task(node.task->name + "_setscene") != nullptr;
      out += std::to_string(rows_.at(node.recipe)) + " " + node.task->name +
             (restorable ? " 1\n" : " 0\n");
    }
    return out;
  }

  std::string virtuals() const {
    std::string out;
    for (const auto& [name, id] : graph_.provided) {
      if (name.starts_with("virtual/"))
        out += name + kField + world_.recipes[id].virtual_file + kRecord;
    }
    return out;
  }

  // "" for a graph that is signed for the first time.
  std::string equivalent() const {
    std::string out = before_ == nullptr ? "" : std::string(1, kRecord);
    if (before_ == nullptr) return out;
    for (const auto& [name, hash] : before_->equivalent) out += name + kField + hash + kRecord;
    return out;
  }

  // ---- hashes worked out here
  Result<Signatures> sign(bool others, const std::vector<std::string>& answer) {
    signature::SignOptions options;
    if (before_ != nullptr) {
      options.new_taint = [this](TaskId id) {
        const auto& taint = before_->signatures.tasks[id].taint;
        return taint ? taint->substr(taint->find(':') + 1) : std::string();
      };
    }
    std::optional<signature::DependencyRule> rule;
    if (answer[2] == "oe") {
      rule = signature::DependencyRule::of_oe_core(words(answer[3]), words(answer[4]));
      options.rule = &*rule;
    }
    options.warn = [this](const std::string& text) {
      event::log(*house_.events, event::Level::Warning, text);
    };
    if (others) {
      options.unihashes = [this](const std::vector<TaskId>& ids, const Signatures& known) {
        return unihashes(ids, known);
      };
    }
    return signature::sign(world_, graph_, house_.scanner, options);
  }

  Result<std::vector<std::string>> unihashes(const std::vector<TaskId>& ids,
                                             const Signatures& known) {
    std::string hashes;
    for (TaskId id : ids) hashes += (hashes.empty() ? "" : " ") + known.tasks[id].hash.hex;
    auto out = split(TRY(call("unihashes", {numbers_of(ids), hashes})), ' ');
    if (out.size() != ids.size()) return internal_error("a task has no hash that stands for it");
    return out;
  }

  // ---- hashes that the generator works out
  std::string described_recipes() const {
    std::string out;
    for (const auto& [id, row] : rows_) {
      const auto& r = world_.recipes[id];
      out += r.virtual_file + kField + join(r.inherits, " ") + kField;
      for (const auto& [name, package] : r.packages)
        out += name + "=" + join(package.rrecommends, " ") + ";";
      out += kRecord;
    }
    return out;
  }

  std::string described_tasks() const {
    std::string out;
    for (const auto& node : graph_.tasks) {
      const auto& task = *node.task;
      out += task.base_hash + kField + task.file_checksums + kField + (task.nostamp ? "1" : "0") +
             kField + task.stamp_extra_info + kRecord;
    }
    return out;
  }

  Result<Signatures> ask() {
    TRY(call("describe", {described_recipes(), described_tasks()}));
    std::string waves, needs;
    for (const auto& wave : signature::waves(graph_))
      waves += (waves.empty() ? "" : "\n") + numbers_of(wave);
    for (const auto& node : graph_.tasks) needs += numbers_of(node.needs) + "\n";
    auto rows = split(TRY(call("ask", {waves, needs})), kRecord);
    Signatures out;
    out.tasks = IdVector<TaskId, signature::TaskSignature>(graph_.tasks.size());
    out.manifests = IdVector<TaskId, signature::Manifest>(graph_.tasks.size());
    if (rows.size() != graph_.tasks.size()) return internal_error("a task has no hash");
    for (TaskId id : graph_.order) {
      out.manifests[id] = {graph_.tasks[id].task->name, {graph_.tasks[id].task->base_hash}, {}, {}};
      TRY_VOID(read_row(rows[id.value], out, id));
    }
    return out;
  }

  Result<void> read_row(const std::string& row, Signatures& out, TaskId id) const {
    auto fields = split(row, kField);
    if (fields.size() != 5) return internal_error("the record of a task's hash has no five parts");
    auto& signature = out.tasks[id];
    signature.hash.hex = fields[0];
    signature.unihash.hex = fields[1];
    if (!fields[2].empty()) signature.taint = fields[2];
    for (const auto& number : words(fields[3])) {
      TaskId need{static_cast<std::uint32_t>(std::stoul(number))};
      signature.needs.push_back(need);
      signature.dependencies.emplace_back(graph::label(world_, graph_, need),
                                          out.tasks[need].unihash.hex);
    }
    for (const auto& file : split(fields[4], kItem)) {
      std::size_t at = file.find(kPart);
      if (at != std::string::npos)
        signature.file_checksums.emplace_back(signature::shown_name(file.substr(0, at)),
                                              file.substr(at + 1));
    }
    return {};
  }

  House& house_;
  const graph::TaskGraph& graph_;
  const SignedBefore* before_;
  const recipe::World& world_;
  std::map<recipe::RecipeId, std::size_t> rows_;
};

}  // namespace

Result<Signatures> sign_tasks(House& house, const graph::TaskGraph& graph,
                              const SignedBefore* before) {
  return Signing(house, graph, before).run();
}

namespace {

// printdiff: what the texts of a graph tell; the first tasks that are not shared, one a line.
Result<std::string> first_differences(House& house, const graph::TaskGraph& graph) {
  std::string needs, noexec;
  for (std::uint32_t i = 0; i < graph.tasks.size(); ++i) {
    const auto& node = graph.tasks[TaskId{i}];
    needs += numbers_of(node.needs) + "\n";
    if (node.task->noexec) noexec += std::to_string(i) + " ";
  }
  auto d = house.world->config->copy();
  return house.python->call("hitz.printdiff", "start", d.get(),
                            {needs, noexec, numbers_of(graph.targets)});
}

}  // namespace

Result<std::string> tell_signatures(House& house, const graph::TaskGraph& graph,
                                    const Signatures& signatures) {
  std::string hashes, numbers, needs;
  for (std::uint32_t i = 0; i < graph.tasks.size(); ++i) {
    TaskId id{i};
    numbers += (i == 0 ? "" : " ") + std::to_string(i);
    hashes += (i == 0 ? "" : " ") + signatures.tasks[id].hash.hex;
    needs += numbers_of(signatures.tasks[id].needs) + "\n";
  }
  TRY(house.python->call(kModule, "note_needs", nullptr, {numbers, hashes, needs}));
  return house.python->call(kModule, "writing", nullptr, {});
}

Result<void> dump_signatures(House& house, const graph::TaskGraph& graph,
                             const Signatures& signatures,
                             const std::vector<std::string>& options) {
  std::string told = TRY(tell_signatures(house, graph, signatures));
  auto asked = house.world->config->copy();
  TRY(house.python->call(kModule, "check_locked", asked.get(), {}));
  bool explains = std::find(options.begin(), options.end(), "printdiff") != options.end();
  std::string differences = explains ? TRY(first_differences(house, graph)) : "";
  event::log(*house.events, event::Level::Note, "Writing task signature files");
  TRY_VOID(write_signature_files(house, graph, signatures, told));
  TRY(house.python->call(kModule, "dump", nullptr, {join(options, " ")}));
  if (!explains) return {};
  auto d = house.world->config->copy();
  TRY(house.python->call("hitz.printdiff", "explain", d.get(), {differences}));
  return {};
}

}  // namespace hitz::cli
