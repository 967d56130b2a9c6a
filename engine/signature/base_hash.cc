// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/base_hash.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/signature/truth.h"

namespace hitz::signature {

namespace {

using data::Expand;
using Names = std::set<std::string>;

// What a node is made of while it is worked out.
struct Draft {
  std::optional<std::string> value;
  Names dependencies;
};

std::string listed(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "'" : ", '") + item + "'";
  return "[" + out + "]";
}

// A value as Python's str() shows it.
std::optional<std::string> text_or_none(const data::Value& value) {
  if (const std::string* text = data::text_of(value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "True" : "False";
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) return listed(*items);
  return std::nullopt;
}

}  // namespace

struct BaseHashes::State {
  data::Store& d;
  std::shared_ptr<data::Store> forced;  // with BB_HASH_CODEPARSER_VALS
  ShellScanner& scanner;
  const std::map<std::string, data::PythonHost::ModuleFunction>* functions = nullptr;
  std::unordered_map<std::string, bool> known;  // names of code: whether they count
  Names ignored, exported, excluded_flags;
  std::shared_ptr<Nodes> nodes = std::make_shared<Nodes>();
  std::vector<bool> done;  // by place: whether a node has its text and dependencies
  bool prepared = false;

  Result<void> prepare();
  std::uint32_t place(const std::string& name);
  Result<const Node*> node(std::uint32_t at);
  Result<Draft> draft(const std::string& name);
  Result<Draft> variable(const std::string& name);
  Result<Draft> flag(const std::string& name);
  Result<void> function(const std::string& name, const std::map<std::string, std::string>& flags,
                        const Names& exclusions, Draft& out);
  Result<void> plain(const std::string& name, const Names& exclusions, Draft& out);
  Result<std::string> with_contains(std::string value, const data::CodeRefs& refs,
                                    const Names& exclusions);
  Result<std::string> with_removes(std::string value, const std::vector<std::string>& removes,
                                   const Names& exclusions, Draft& out);
  void add_known(const std::set<std::string>& execs, Draft& out);
};

BaseHashes::BaseHashes(data::Store& d, ShellScanner& scanner)
    : state_(new State{d, nullptr, scanner}) {}
BaseHashes::~BaseHashes() = default;

Result<void> BaseHashes::State::prepare() {
  if (prepared) return {};
  prepared = true;
  functions = &d.family().python->module_functions();
  auto set_of = [&](std::string_view name) -> Result<Names> {
    auto list = words(TRY(d.text(name)));
    return Names(list.begin(), list.end());
  };
  ignored = TRY(set_of("BB_BASEHASH_IGNORE_VARS"));
  excluded_flags = TRY(set_of("BB_SIGNATURE_EXCLUDE_FLAGS"));
  for (auto& name : TRY(exported_names(d))) exported.insert(std::move(name));
  forced = d.copy();
  for (const auto& pair : words(TRY(d.text("BB_HASH_CODEPARSER_VALS")))) {
    std::size_t equal = pair.find('=');
    if (equal != std::string::npos)
      TRY_VOID(forced->set(pair.substr(0, equal), pair.substr(equal + 1), data::Writer::Code));
  }
  return {};
}

// Of the names that code calls those that are variables, or functions of modules.
void BaseHashes::State::add_known(const std::set<std::string>& execs, Draft& out) {
  for (const auto& name : execs) {
    auto [found, first_time] = known.try_emplace(name, false);
    if (first_time)
      found->second = !name.starts_with("__") && (d.has_name(name) || functions->contains(name));
    if (found->second) out.dependencies.insert(name);
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
                                                    const Names& exclusions, Draft& out) {
  for (const auto& remove : removes) {
    auto traced = TRY(d.trace_text(remove));
    value += "\n_remove of " + remove;
    if (&remove == &removes.front())
      out.dependencies.insert(traced.refs.references.begin(), traced.refs.references.end());
    value = TRY(with_contains(std::move(value), traced.refs, exclusions));
  }
  return value;
}

Result<Draft> BaseHashes::State::flag(const std::string& name) {
  std::size_t open = name.find('[');
  std::string variable = name.substr(0, open), flag = name.substr(open + 1, name.size() - open - 2);
  Draft out;
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
                                         const Names& exclusions, Draft& out) {
  auto raw = text_or_none(TRY(forced->get(name, Expand::No)));
  if (d.has_flag(name, "python")) {
    auto refs = TRY(d.family().python->scan(raw.value_or("")));
    out.dependencies = refs.references;
    add_known(refs.execs, out);
    out.value = TRY(with_contains(raw.value_or(""), refs, exclusions));
  } else {
    auto traced = TRY(forced->trace(name));
    const std::set<std::string>* commands =
        TRY(scanner.commands(text_or_none(traced.value).value_or(""), d.family().release));
    out.dependencies = exported;
    out.dependencies.insert(traced.refs.references.begin(), traced.refs.references.end());
    add_known(*commands, out);
    add_known(traced.refs.execs, out);
    std::string value = TRY(with_contains(raw.value_or(""), traced.refs, exclusions));
    out.value = TRY(with_removes(std::move(value), traced.removes, exclusions, out));
  }
  for (const char* flag : {"prefuncs", "postfuncs", "exports"}) {
    if (auto found = flags.find(flag); found != flags.end()) {
      for (auto& word : words(found->second)) out.dependencies.insert(std::move(word));
    }
  }
  return {};
}

Result<void> BaseHashes::State::plain(const std::string& name, const Names& exclusions,
                                      Draft& out) {
  const data::Value value = TRY(d.get(name, Expand::No));
  if (std::holds_alternative<std::shared_ptr<const data::Opaque>>(value)) {
    // What only Python can hold counts with the text that Python gives it.
    out.value = TRY(d.family().python->evaluate("d.getVar('" + name + "', False)", d));
    return {};
  }
  auto raw = text_or_none(value);
  out.value = raw.value_or("");
  // Only text with ${…} refers to something; removes are rare, yet need the words.
  if (!raw || raw->empty()) return {};
  auto traced = TRY(d.trace(name));
  out.dependencies = traced.refs.references;
  add_known(traced.refs.execs, out);
  std::string text = TRY(with_contains(std::move(*raw), traced.refs, exclusions));
  out.value = TRY(with_removes(std::move(text), traced.removes, exclusions, out));
  return {};
}

Result<Draft> BaseHashes::State::variable(const std::string& name) {
  std::map<std::string, std::string> flags;
  static const std::set<std::string> kExpanded = {"vardeps", "vardepvalue", "vardepsexclude",
                                                  "exports", "postfuncs",   "prefuncs",
                                                  "lineno",  "filename"};
  auto all = TRY(d.flags(name, kExpanded));
  if (all) {
    for (const auto& [flag, value] : *all) flags[flag] = text_or_none(value).value_or("");
  }
  auto list_of = [&](const char* flag) {
    auto found = flags.find(flag);
    auto list = found != flags.end() ? words(found->second) : std::vector<std::string>();
    return Names(list.begin(), list.end());
  };
  Names exclusions = list_of("vardepsexclude");
  Draft out;
  if (auto fixed = flags.find("vardepvalue"); fixed != flags.end()) {
    out.value = fixed->second;
  } else if (d.has_flag(name, "func")) {
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

Result<Draft> BaseHashes::State::draft(const std::string& name) {
  auto function = functions->find(name);
  if (function == functions->end()) {
    bool is_flag = name.ends_with(']') && name.find('[') != std::string::npos;
    return is_flag ? flag(name) : variable(name);
  }
  Draft out;
  out.dependencies = function->second.refs.references;
  add_known(function->second.refs.execs, out);
  for (const auto& one : words(text_or_none(TRY(d.get_flag(name, "vardepsexclude"))).value_or("")))
    out.dependencies.erase(one);
  for (const auto& one : ignored) out.dependencies.erase(one);
  out.value = TRY(with_contains(function->second.value, function->second.refs, {}));
  return out;
}

std::uint32_t BaseHashes::State::place(const std::string& name) {
  auto found = nodes->places.find(name);
  if (found != nodes->places.end()) return found->second;
  auto at = static_cast<std::uint32_t>(nodes->all.size());
  nodes->all.push_back({name, {}, {}});
  nodes->places.emplace(nodes->all.back().name, at);
  done.push_back(false);
  return at;
}

Result<const Node*> BaseHashes::State::node(std::uint32_t at) {
  Node& node = nodes->all[at];
  if (done[at]) return &node;
  auto made = draft(node.name);
  if (!made)
    return fail(
        std::move(made.error().while_doing("while finding out what " + node.name + " depends on")));
  node.value = std::move(made->value);
  for (const auto& name : made->dependencies) node.dependencies.push_back(place(name));
  done[at] = true;
  return &node;
}

Result<Manifest> BaseHashes::of(const std::string& task) {
  TRY_VOID(state_->prepare());
  std::uint32_t start = state_->place(task);
  std::vector<const Node*> closure;
  std::vector<bool> reached, met;  // met: as a dependency; a task in a circle is one of its own
  std::vector<std::uint32_t> open = {start};
  auto first_time = [](std::vector<bool>& seen, std::uint32_t at) {
    if (seen.size() <= at) seen.resize(at + 256);
    bool first = !seen[at];
    seen[at] = true;
    return first;
  };
  first_time(reached, start);
  while (!open.empty()) {
    const Node* node = TRY(state_->node(open.back()));
    open.pop_back();
    for (std::uint32_t dependency : node->dependencies) {
      if (first_time(met, dependency)) closure.push_back(&state_->nodes->all[dependency]);
      if (first_time(reached, dependency)) open.push_back(dependency);
    }
  }
  std::sort(closure.begin(), closure.end(),
            [](const Node* a, const Node* b) { return a->name < b->name; });
  Manifest out{task, {}, {}, state_->nodes};
  std::string text = state_->nodes->all[start].value.value_or("");
  for (const Node* node : closure) {
    out.variables.push_back(node->name);
    text += node->name;
    if (node->value) text += *node->value;
  }
  out.hash.hex = sha256_hex(text);
  return out;
}

const Node* Nodes::find(std::string_view name) const {
  auto found = places.find(name);
  return found == places.end() ? nullptr : &all[found->second];
}

std::optional<std::string> Manifest::value(std::string_view name) const {
  const Node* node = nodes->find(name);
  return node != nullptr ? node->value : std::nullopt;
}

std::vector<std::string> Manifest::dependencies(std::string_view name) const {
  std::vector<std::string> out;
  if (const Node* node = nodes->find(name)) {
    for (std::uint32_t at : node->dependencies) out.push_back(nodes->all[at].name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace hitz::signature
