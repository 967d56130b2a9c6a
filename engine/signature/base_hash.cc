// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/base_hash.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace hitz::signature {

namespace {

using data::Expand;
using Names = std::set<std::string>;

bool truth(const std::string& text) {
  return text == "1" || text == "y" || text == "yes" || text == "true" || text == "True" ||
         text == "Y";
}

// One node of the closure: its text, and what it refers to.
struct Node {
  std::optional<std::string> value;
  Names dependencies;
};

std::optional<std::string> text_or_none(const data::Value& value) {
  if (const std::string* text = data::text_of(value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::nullopt;
}

}  // namespace

struct BaseHashes::State {
  data::Store& d;
  std::shared_ptr<data::Store> forced;  // with BB_HASH_CODEPARSER_VALS
  ShellScanner& scanner;
  std::set<std::string> keys;
  Names ignored, exported, excluded_flags;
  std::unordered_map<std::string, Node> nodes;
  bool prepared = false;

  Result<void> prepare();
  Result<const Node*> node(const std::string& name);
  Result<Node> variable(const std::string& name);
  Result<Node> flag(const std::string& name);
  Result<void> function(const std::string& name, const std::map<std::string, std::string>& flags,
                        const Names& exclusions, Node& out);
  Result<void> plain(const std::string& name, const Names& exclusions, Node& out);
  Result<std::string> with_contains(std::string value, const data::CodeRefs& refs,
                                    const Names& exclusions);
  Result<std::string> with_removes(std::string value, const std::vector<std::string>& removes,
                                   const Names& exclusions, Node& out);
  void add_known(const std::set<std::string>& execs, Node& out) const;
};

BaseHashes::BaseHashes(data::Store& d, ShellScanner& scanner)
    : state_(new State{d, nullptr, scanner, {}, {}, {}, {}, {}, false}) {}
BaseHashes::~BaseHashes() = default;

Result<void> BaseHashes::State::prepare() {
  if (prepared) return {};
  prepared = true;
  for (auto& name : d.names()) {
    if (!name.starts_with("__")) keys.insert(std::move(name));
  }
  for (const auto& [name, function] : d.family().python->module_functions()) keys.insert(name);
  auto set_of = [&](std::string_view name) -> Result<Names> {
    auto list = words(TRY(d.text(name)));
    return Names(list.begin(), list.end());
  };
  ignored = TRY(set_of("BB_BASEHASH_IGNORE_VARS"));
  excluded_flags = TRY(set_of("BB_SIGNATURE_EXCLUDE_FLAGS"));
  for (const auto& name : d.list("__exportlist")) {
    auto is_true = [&](std::string_view flag) -> Result<bool> {
      auto text = text_or_none(TRY(d.get_flag(name, flag)));
      return text && truth(*text);
    };
    if (TRY(is_true("export")) && !TRY(is_true("unexport"))) exported.insert(name);
  }
  forced = d.copy();
  for (const auto& pair : words(TRY(d.text("BB_HASH_CODEPARSER_VALS")))) {
    std::size_t equal = pair.find('=');
    if (equal != std::string::npos)
      TRY_VOID(forced->set(pair.substr(0, equal), pair.substr(equal + 1), data::Writer::Code));
  }
  return {};
}

void BaseHashes::State::add_known(const std::set<std::string>& execs, Node& out) const {
  for (const auto& name : execs) {
    if (keys.contains(name)) out.dependencies.insert(name);
  }
}

// Each tested word of each tested variable as a line that says whether it is there.
Result<std::string> BaseHashes::State::with_contains(std::string value, const data::CodeRefs& refs,
                                                     const Names& exclusions) {
  for (const auto& [variable, items] : refs.contains) {
    if (exclusions.contains(variable) || ignored.contains(variable)) continue;
    auto list = words(TRY(d.text(variable)));
    for (const auto& item : items) {
      auto wanted = words(item);
      bool set = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
        return std::find(list.begin(), list.end(), word) != list.end();
      });
      value += "\n" + variable + "{" + item + "} = " + (set ? "Set" : "Unset");
    }
  }
  return value;
}

// Of the references that removes hold only those of the first count: BitBake goes on with a copy of
// the set and drops it.
Result<std::string> BaseHashes::State::with_removes(std::string value,
                                                    const std::vector<std::string>& removes,
                                                    const Names& exclusions, Node& out) {
  for (const auto& remove : removes) {
    auto traced = TRY(d.trace_text(remove));
    value += "\n_remove of " + remove;
    if (&remove == &removes.front())
      out.dependencies.insert(traced.refs.references.begin(), traced.refs.references.end());
    value = TRY(with_contains(std::move(value), traced.refs, exclusions));
  }
  return value;
}

Result<Node> BaseHashes::State::flag(const std::string& name) {
  std::size_t open = name.find('[');
  std::string variable = name.substr(0, open), flag = name.substr(open + 1, name.size() - open - 2);
  Node out;
  if (flag == "vardepvalueexclude") {
    out.value = "";
    return out;
  }
  out.value = text_or_none(TRY(d.get_flag(variable, flag, Expand::No)));
  auto traced = TRY(d.trace(variable, flag));
  out.dependencies = traced.refs.references;
  add_known(traced.refs.execs, out);
  for (const auto& one : ignored) out.dependencies.erase(one);
  return out;
}

Result<void> BaseHashes::State::function(const std::string& name,
                                         const std::map<std::string, std::string>& flags,
                                         const Names& exclusions, Node& out) {
  auto raw = text_or_none(TRY(forced->get(name, Expand::No)));
  if (flags.contains("python")) {
    auto refs = TRY(d.family().python->scan(raw.value_or("")));
    out.dependencies = refs.references;
    add_known(refs.execs, out);
    if (raw) out.value = TRY(with_contains(*raw, refs, exclusions));
  } else {
    auto traced = TRY(forced->trace(name));
    const std::set<std::string>* commands =
        TRY(scanner.commands(text_or_none(traced.value).value_or("")));
    out.dependencies = exported;
    out.dependencies.insert(traced.refs.references.begin(), traced.refs.references.end());
    add_known(*commands, out);
    add_known(traced.refs.execs, out);
    if (raw)
      out.value = TRY(with_removes(TRY(with_contains(*raw, traced.refs, exclusions)),
                                   traced.removes, exclusions, out));
  }
  for (const char* flag : {"prefuncs", "postfuncs", "exports"}) {
    if (auto found = flags.find(flag); found != flags.end()) {
      for (auto& word : words(found->second)) out.dependencies.insert(std::move(word));
    }
  }
  return {};
}

Result<void> BaseHashes::State::plain(const std::string& name, const Names& exclusions, Node& out) {
  auto raw = text_or_none(TRY(d.get(name, Expand::No)));
  if (!raw) return {};
  auto traced = TRY(d.trace(name));
  out.dependencies = traced.refs.references;
  add_known(traced.refs.execs, out);
  out.value = TRY(with_removes(TRY(with_contains(*raw, traced.refs, exclusions)), traced.removes,
                               exclusions, out));
  return {};
}

Result<Node> BaseHashes::State::variable(const std::string& name) {
  std::map<std::string, std::string> flags;
  auto all = TRY(d.flags(name, {"vardeps", "vardepvalue", "vardepsexclude", "exports", "postfuncs",
                                "prefuncs", "lineno", "filename"}));
  if (all) {
    for (const auto& [flag, value] : *all) flags[flag] = text_or_none(value).value_or("");
  }
  auto list_of = [&](const char* flag) {
    auto found = flags.find(flag);
    auto list = found != flags.end() ? words(found->second) : std::vector<std::string>();
    return Names(list.begin(), list.end());
  };
  Names exclusions = list_of("vardepsexclude");
  Node out;
  if (auto fixed = flags.find("vardepvalue"); fixed != flags.end()) {
    out.value = fixed->second;
  } else if (flags.contains("func")) {
    TRY_VOID(function(name, flags, exclusions, out));
  } else {
    TRY_VOID(plain(name, exclusions, out));
  }
  if (auto excluded = flags.find("vardepvalueexclude"); excluded != flags.end() && out.value) {
    for (const auto& piece : split(excluded->second, '|'))
      out.value = replace_all(*out.value, piece, "");
  }
  if (!excluded_flags.empty()) {
    for (const auto& [flag, value] : flags) {
      if (!excluded_flags.contains(flag)) out.dependencies.insert(name + "[" + flag + "]");
    }
  }
  for (const auto& extra : list_of("vardeps")) out.dependencies.insert(extra);
  for (const auto& one : exclusions) out.dependencies.erase(one);
  for (const auto& one : ignored) out.dependencies.erase(one);
  return out;
}

Result<const Node*> BaseHashes::State::node(const std::string& name) {
  if (auto found = nodes.find(name); found != nodes.end()) return &found->second;
  Node made;
  const auto& functions = d.family().python->module_functions();
  if (auto function = functions.find(name); function != functions.end()) {
    made.dependencies = function->second.refs.references;
    add_known(function->second.refs.execs, made);
    for (const auto& one : ignored) made.dependencies.erase(one);
    made.value = TRY(with_contains(function->second.value, function->second.refs, {}));
  } else {
    made = name.ends_with(']') && name.find('[') != std::string::npos ? TRY(flag(name))
                                                                      : TRY(variable(name));
  }
  return &nodes.emplace(name, std::move(made)).first->second;
}

Result<Manifest> BaseHashes::of(const std::string& task) {
  TRY_VOID(state_->prepare());
  Manifest out;
  std::vector<std::string> open = {task};
  while (!open.empty()) {
    std::string name = std::move(open.back());
    open.pop_back();
    if (out.dependencies.contains(name)) continue;
    const Node* node = TRY(state_->node(name));
    out.dependencies[name] = node->dependencies;
    out.values[name] = node->value;
    for (const auto& dependency : node->dependencies) {
      out.variables.insert(dependency);
      if (!out.dependencies.contains(dependency)) open.push_back(dependency);
    }
  }
  std::string text = out.values[task].value_or("");
  for (const auto& name : out.variables) {
    text += name;
    text += out.values[name].value_or("");
  }
  out.hash.hex = sha256_hex(text);
  return out;
}

}  // namespace hitz::signature
