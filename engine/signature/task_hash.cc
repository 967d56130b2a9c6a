// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/task_hash.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <unordered_map>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/signature/dependency_rule.h"

namespace hitz::signature {

namespace {

using Release = data::Family::Release;

constexpr std::string_view kNoStamp = "nostamp:";

// Scarthgap orders single files by their whole path, Wrynose by their name.
std::string order_key(const std::string& path, Release release) {
  bool whole = release == Release::Scarthgap && path.find("/./") == std::string::npos;
  return whole ? path : shown_name(path);
}

// SIGGEN_LOCKEDSIGS_*: hashes that a configuration fixes, whatever the metadata says.
struct Locked {
  std::map<std::string, std::string> hashes;  // "pn:do_x"
  std::map<std::string, std::pair<std::string, std::string>> unihashes;
  std::set<std::string> unlocked;  // recipes
};

Result<Locked> locked_signatures(data::Store& d) {
  Locked out;
  for (const auto& type : words(TRY(d.text("SIGGEN_LOCKEDSIGS_TYPES")))) {
    for (const auto& entry : words(TRY(d.text("SIGGEN_LOCKEDSIGS_" + type)))) {
      std::size_t last = entry.rfind(':');
      if (last == std::string::npos) return input_error("'" + entry + "' is no locked signature");
      out.hashes[entry.substr(0, last)] = entry.substr(last + 1);
    }
  }
  for (const auto& entry : words(TRY(d.text("SIGGEN_UNIHASHMAP")))) {
    auto parts = split(entry, ':');
    if (parts.size() != 4)
      return input_error("'" + entry + "' in SIGGEN_UNIHASHMAP has not four parts");
    out.unihashes[parts[0] + ":" + parts[1]] = {parts[2], parts[3]};
  }
  for (auto& name : words(TRY(d.text("SIGGEN_UNLOCKED_RECIPES"))))
    out.unlocked.insert(std::move(name));
  return out;
}

class Signing {
 public:
  Signing(const recipe::World& world, const graph::TaskGraph& graph, ShellScanner& scanner,
          const SignOptions& options)
      : world_(world),
        graph_(graph),
        scanner_(scanner),
        options_(options),
        checksums_(options.checksums != nullptr ? *options.checksums : own_checksums_) {}

  Result<Signatures> run() {
    TRY_VOID(prepare());
    out_.tasks = IdVector<graph::TaskId, TaskSignature>(graph_.tasks.size());
    out_.manifests = IdVector<graph::TaskId, Manifest>(graph_.tasks.size());
    for (const auto& wave : waves(graph_)) {
      for (graph::TaskId id : wave) {
        auto result = task(id);
        if (result) continue;
        const auto& node = graph_.tasks[id];
        return fail(std::move(result.error().while_doing("while computing the signature of " +
                                                         node.task->name + " of " +
                                                         world_.recipes[node.recipe].file)));
      }
      TRY_VOID(ask_unihashes(wave));
    }
    return std::move(out_);
  }

 private:
  Result<void> ask_unihashes(const std::vector<graph::TaskId>& wave) {
    if (!options_.unihashes) return {};
    auto found = TRY(options_.unihashes(wave, out_));
    for (std::size_t i = 0; i < wave.size(); ++i)
      out_.tasks[wave[i]].unihash.hex = std::move(found[i]);
    return {};
  }

  Result<void> prepare() {
    data::Store& d = *world_.config;
    rule_ = options_.rule;
    if (rule_ == nullptr) {
      own_rule_ = std::make_unique<DependencyRule>(TRY(DependencyRule::from(world_)));
      rule_ = own_rule_.get();
    }
    locked_ = TRY(locked_signatures(d));
    noop_ = TRY(d.text("BB_SIGNATURE_HANDLER")) == "noop";
    left_out_ = words(TRY(d.text("BB_SIGNATURE_LOCAL_DIRS_EXCLUDE")));
    if (left_out_.empty())
      left_out_ = {"CVS", ".bzr", ".git", ".hg", ".osc", ".p4", ".repo", ".svn"};
    return {};
  }

  Result<void> task(graph::TaskId id) {
    const auto& node = graph_.tasks[id];
    const recipe::Recipe& recipe = world_.recipes[node.recipe];
    Manifest manifest = TRY(manifest_of(node.recipe, *node.task));
    TaskSignature& signature = out_.tasks[id];
    add_dependencies(id, signature);
    signature.file_checksums = TRY(file_checksums(recipe, node.task->name));
    if (node.task->nostamp)
      signature.taint =
          std::string(kNoStamp) + (options_.new_taint ? options_.new_taint(id) : random_uuid());
    if (auto taint = read_file(taint_path(recipe, node.task->name)); taint && !taint->empty())
      signature.taint = *taint;
    signature.hash = task_hash(manifest.hash, signature);
    if (noop_) signature.hash.hex = sha256_hex(recipe.virtual_file + ":" + node.task->name);
    signature.unihash.hex = signature.hash.hex;
    lock(id);
    out_.manifests[id] = std::move(manifest);
    return {};
  }

  // Only the hash where that is known: what it covers takes the recipe's datastore.
  Result<Manifest> manifest_of(recipe::RecipeId id, const recipe::Task& task) {
    if (!task.base_hash.empty()) return Manifest{task.name, {task.base_hash}, {}, nullptr};
    auto& hashes = recipes_[id];
    if (!hashes)
      hashes = std::make_unique<BaseHashes>(*TRY(world_.recipes[id].store.get()), scanner_);
    return hashes->of(task.name);
  }

  // A recipe that is not to be locked unlocks those that wait for it.
  void lock(graph::TaskId id) {
    const auto& node = graph_.tasks[id];
    const std::string& pn = world_.recipes[node.recipe].pn;
    TaskSignature& signature = out_.tasks[id];
    std::string name = pn + ":" + node.task->name;
    for (graph::TaskId need : node.needs) {
      const std::string& other = world_.recipes[graph_.tasks[need].recipe].pn;
      bool unlocks = std::any_of(
          locked_.unlocked.begin(), locked_.unlocked.end(),
          [&](const std::string& free) { return other.find(free) != std::string::npos; });
      if (unlocks) locked_.unlocked.insert(pn);
    }
    if (auto known = locked_.unihashes.find(name);
        known != locked_.unihashes.end() && known->second.first == signature.hash.hex)
      signature.unihash.hex = known->second.second;
    auto found = locked_.hashes.find(name);
    if (found == locked_.hashes.end() || locked_.unlocked.contains(pn)) return;
    if (found->second != signature.hash.hex && found->second != signature.unihash.hex &&
        options_.warn)
      options_.warn("the signature of " + name + " is " + signature.hash.hex +
                    ", but it is locked to " + found->second);
    signature.hash.hex = signature.unihash.hex = found->second;
  }

  Result<std::vector<std::pair<std::string, std::string>>> file_checksums(
      const recipe::Recipe& recipe, const std::string& task) {
    std::vector<std::pair<std::string, std::string>> out;
    const std::string& entries = recipe.task(task)->file_checksums;
    if (entries.empty()) return out;
    Release release = world_.config->family().release;
    auto warn = [&](const std::string& text) {
      if (options_.warn) options_.warn(recipe.pn + ": " + text);
    };
    auto files = TRY(checksums_.of(entries, left_out_, warn));
    std::stable_sort(files.begin(), files.end(), [&](const auto& a, const auto& b) {
      return order_key(a.path, release) < order_key(b.path, release);
    });
    for (auto& file : files) out.emplace_back(shown_name(file.path), std::move(file.md5));
    return out;
  }

  void add_dependencies(graph::TaskId id, TaskSignature& signature) {
    const auto& node = graph_.tasks[id];
    const recipe::Recipe& recipe = world_.recipes[node.recipe];
    std::vector<std::tuple<std::string, std::string, graph::TaskId>> found;
    for (graph::TaskId need : node.needs) {
      const auto& other = graph_.tasks[need];
      const recipe::Recipe& provider = world_.recipes[other.recipe];
      if (rule_->counts(recipe, node.task->name, provider, other.task->name))
        found.emplace_back(provider.pn + ":" + other.task->name,
                           provider.virtual_file + ":" + other.task->name, need);
    }
    std::sort(found.begin(), found.end());
    for (auto& [name, file, need] : found) {
      signature.dependencies.emplace_back(std::move(name), out_.tasks[need].unihash.hex);
      signature.needs.push_back(need);
    }
  }

  const recipe::World& world_;
  const graph::TaskGraph& graph_;
  ShellScanner& scanner_;
  const SignOptions& options_;
  FileChecksums own_checksums_;
  FileChecksums& checksums_;
  const DependencyRule* rule_ = nullptr;
  std::unique_ptr<DependencyRule> own_rule_;
  Locked locked_;
  bool noop_ = false;
  std::vector<std::string> left_out_;
  std::unordered_map<recipe::RecipeId, std::unique_ptr<BaseHashes>> recipes_;
  Signatures out_;
};

}  // namespace

std::vector<std::vector<graph::TaskId>> waves(const graph::TaskGraph& graph) {
  std::vector<std::vector<graph::TaskId>> out;
  IdVector<graph::TaskId, std::size_t> depths(graph.tasks.size());
  for (graph::TaskId id : graph.order) {
    std::size_t depth = 0;
    for (graph::TaskId need : graph.tasks[id].needs) depth = std::max(depth, depths[need] + 1);
    depths[id] = depth;
    if (out.size() <= depth) out.resize(depth + 1);
    out[depth].push_back(id);
  }
  return out;
}

std::string shown_name(const std::string& path) {
  auto at = path.find("/./");
  if (at == std::string::npos) return base_name(path);
  return "./" + path.substr(at + 3, path.find("/./", at + 3) - at - 3);
}

Result<Signatures> sign(const recipe::World& world, const graph::TaskGraph& graph,
                        ShellScanner& scanner, const SignOptions& options) {
  return Signing(world, graph, scanner, options).run();
}

TaskHash task_hash(const BaseHash& base, const TaskSignature& signature) {
  std::string text = base.hex;
  for (const auto& [name, hash] : signature.dependencies) text += hash;
  for (const auto& [name, sum] : signature.file_checksums) {
    if (name.starts_with("./")) text += name;
    text += sum;
  }
  if (signature.taint) {
    std::string_view taint = *signature.taint;
    if (taint.starts_with(kNoStamp)) taint.remove_prefix(kNoStamp.size());
    text += taint;
  }
  return {sha256_hex(text)};
}

std::string stamp_path(std::string_view stamp, std::string_view task, std::string_view hash,
                       std::string_view extra) {
  std::string out = std::string(stamp) + "." + std::string(task);
  for (std::string_view part : {hash, extra}) {
    if (!part.empty()) out += "." + std::string(part);
  }
  while (out.ends_with('.')) out.pop_back();
  return out;
}

std::string stamp_path(const recipe::Recipe& recipe, const std::string& task,
                       const std::string& hash) {
  constexpr std::string_view kSetscene = "_setscene";
  std::string flagged = task;
  if (flagged.ends_with(kSetscene)) flagged.resize(flagged.size() - kSetscene.size());
  const recipe::Task* known = recipe.task(flagged);
  return stamp_path(recipe.stamp, task, hash, known != nullptr ? known->stamp_extra_info : "");
}

std::string taint_path(const recipe::Recipe& recipe, const std::string& task) {
  return recipe.stamp + "." + task + ".taint";
}

std::string random_uuid() {
  std::random_device source;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
  for (char& c : out) {
    if (c == 'x') c = kDigits[source() % 16];
    if (c == 'v') c = kDigits[8 + source() % 4];
  }
  return out;
}

}  // namespace hitz::signature
