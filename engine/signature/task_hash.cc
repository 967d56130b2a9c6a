// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/task_hash.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <tuple>
#include <unordered_map>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace hitz::signature {

namespace {

using data::Expand;

// "path:True other:False" cut at the blank after each truth.
std::vector<std::pair<std::string, bool>> file_entries(const std::string& text) {
  static const std::regex kEntry(R"((\S.*?):(True|False)(?=\s|$))");
  std::vector<std::pair<std::string, bool>> out;
  for (std::sregex_iterator at(text.begin(), text.end(), kEntry), end; at != end; ++at)
    out.emplace_back((*at)[1], (*at)[2] == "True");
  return out;
}

class FileChecksums {
 public:
  Result<void> add(const std::string& path) {
    if (path.find_first_of("*?[") != std::string::npos) {
      for (const auto& found : glob_paths(path)) TRY_VOID(add_one(found, found));
      return {};
    }
    return add_one(path, path);
  }
  // In the order in which they count: by the part after /./, or by file name.
  std::vector<std::pair<std::string, std::string>> sorted() {
    std::sort(found_.begin(), found_.end(),
              [](const auto& a, const auto& b) { return a.second < b.second; });
    std::stable_sort(found_.begin(), found_.end(),
                     [](const auto& a, const auto& b) { return key(a.first) < key(b.first); });
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [path, sum] : found_) out.emplace_back(key(path), sum);
    return out;
  }

 private:
  static std::string key(const std::string& path) {
    std::size_t at = path.find("/./");
    return at != std::string::npos ? "./" + path.substr(at + 3) : base_name(path);
  }

  Result<void> add_one(const std::string& path, const std::string& name) {
    if (!exists(path)) return {};
    if (!is_folder(path)) {
      found_.emplace_back(name, TRY(md5_of_file(path)));
      return {};
    }
    std::error_code code;
    for (std::filesystem::recursive_directory_iterator at(path, code), end; at != end;
         at.increment(code)) {
      std::string leaf = at->path().filename().string();
      static constexpr std::string_view kLeftOut[] = {"CVS",  ".bzr", ".git",  ".hg",
                                                      ".osc", ".p4",  ".repo", ".svn"};
      if (at->is_directory()) {
        if (at->is_symlink() ||
            std::find(std::begin(kLeftOut), std::end(kLeftOut), leaf) != std::end(kLeftOut))
          at.disable_recursion_pending();
        continue;
      }
      std::string member = at->path().string();
      if (exists(member))
        found_.emplace_back(path + "/./" + member.substr(path.size() + 1),
                            TRY(md5_of_file(member)));
    }
    return {};
  }

  std::vector<std::pair<std::string, std::string>> found_;
};

class Signing {
 public:
  Signing(const recipe::World& world, const graph::TaskGraph& graph, ShellScanner& scanner)
      : world_(world), graph_(graph), scanner_(scanner) {}

  Result<Signatures> run() {
    out_.tasks = IdVector<graph::TaskId, TaskSignature>(graph_.tasks.size());
    out_.manifests = IdVector<graph::TaskId, Manifest>(graph_.tasks.size());
    for (graph::TaskId id : graph_.order) {
      auto result = task(id);
      if (result) continue;
      const auto& node = graph_.tasks[id];
      return fail(std::move(result.error().while_doing("while computing the signature of " +
                                                       node.task->name + " of " +
                                                       world_.recipes[node.recipe].file)));
    }
    return std::move(out_);
  }

 private:
  Result<void> task(graph::TaskId id) {
    const auto& node = graph_.tasks[id];
    const recipe::Recipe& recipe = world_.recipes[node.recipe];
    auto& hashes = recipes_[node.recipe];
    if (!hashes) hashes = std::make_unique<BaseHashes>(*recipe.store, scanner_);
    Manifest manifest = TRY(hashes->of(node.task->name));
    TaskSignature& signature = out_.tasks[id];
    std::string text = manifest.hash.hex;
    signature.dependencies = dependencies(id);
    for (const auto& [name, hash] : signature.dependencies) text += hash;
    data::Value files = TRY(recipe.store->get_flag(node.task->name, "file-checksums"));
    if (const std::string* entries = data::text_of(files)) {
      FileChecksums checksums;
      for (const auto& [path, counts] : file_entries(*entries)) {
        if (counts) TRY_VOID(checksums.add(path));
      }
      signature.file_checksums = checksums.sorted();
      for (const auto& [name, sum] : signature.file_checksums)
        text += (name.starts_with("./") ? name : "") + sum;
    }
    if (auto taint = read_file(taint_path(recipe, node.task->name))) {
      signature.taint = *taint;
      text += *taint;
    }
    signature.hash.hex = sha256_hex(text);
    signature.unihash.hex = signature.hash.hex;
    out_.manifests[id] = std::move(manifest);
    return {};
  }

  std::vector<std::pair<std::string, std::string>> dependencies(graph::TaskId id) {
    std::vector<std::tuple<std::string, std::string, std::string>> found;
    for (graph::TaskId need : graph_.tasks[id].needs) {
      const auto& node = graph_.tasks[need];
      const recipe::Recipe& recipe = world_.recipes[node.recipe];
      found.emplace_back(recipe.pn + ":" + node.task->name, recipe.virtual_file,
                         out_.tasks[need].unihash.hex);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::pair<std::string, std::string>> out;
    for (auto& [name, file, hash] : found) out.emplace_back(std::move(name), std::move(hash));
    return out;
  }

  const recipe::World& world_;
  const graph::TaskGraph& graph_;
  ShellScanner& scanner_;
  std::unordered_map<recipe::RecipeId, std::unique_ptr<BaseHashes>> recipes_;
  Signatures out_;
};

}  // namespace

Result<Signatures> sign(const recipe::World& world, const graph::TaskGraph& graph,
                        ShellScanner& scanner) {
  return Signing(world, graph, scanner).run();
}

std::string stamp_path(const recipe::Recipe& recipe, const std::string& task,
                       const std::string& hash) {
  std::string out = recipe.stamp + "." + task + "." + hash;
  data::Value extra = recipe.store->get_flag(task, "stamp-extra-info").value_or(data::Value());
  const std::string* text = data::text_of(extra);
  if (text != nullptr && !text->empty()) out += "." + *text;
  return out;
}

std::string taint_path(const recipe::Recipe& recipe, const std::string& task) {
  return recipe.stamp + "." + task + ".taint";
}

std::vector<std::string> differences(const Manifest& before, const Manifest& after) {
  std::vector<std::string> out;
  auto value = [](const std::optional<std::string>& text) {
    return text ? "'" + *text + "'" : std::string("(not set)");
  };
  for (const auto& [name, text] : after.values) {
    auto old = before.values.find(name);
    if (old == before.values.end()) {
      out.push_back("variable " + name + " is now used: " + value(text));
    } else if (old->second != text) {
      out.push_back("variable " + name + " changed from " + value(old->second) + " to " +
                    value(text));
    }
  }
  for (const auto& [name, text] : before.values) {
    if (!after.values.contains(name)) out.push_back("variable " + name + " is no longer used");
  }
  return out;
}

}  // namespace hitz::signature
