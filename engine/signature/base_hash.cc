// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/base_hash.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/signature/truth.h"

namespace hitz::signature {

namespace {

using data::Expand;
using Names = std::set<std::string>;
using Place = std::uint32_t;

// What a node is made of while it is worked out.
struct Draft {
  std::optional<std::string> value;
  std::vector<Place> dependencies;  // as they come, some more than once
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
  std::unordered_set<std::string> ignored, excluded_flags;
  std::vector<Place> exported;
  std::shared_ptr<Nodes> nodes = std::make_shared<Nodes>();
  // By place: whether a node has its text and dependencies, and whether it counts for nobody.
  std::vector<bool> done, left_out;
  std::vector<Place>
      by_name;  // all places that there were when it was made, in the order of their names
  bool prepared = false;

  Result<void> prepare();
  Place place(std::string_view name);
  template <class Range>
  void depend(const Range& names, Draft& out) {
    for (const auto& name : names) out.dependencies.push_back(place(name));
  }
  void exclude(const std::vector<std::string>& names, Draft& out);
  void keep(Draft&& draft, Place at);
  Result<const Node*> node(Place at);
  Result<Draft> draft(const std::string& name);
  Result<Draft> variable(const std::string& name);
  Result<Draft> flag(const std::string& name);
  Result<void> function(const std::string& name, const data::Store::Flags& flags,
                        const Names& exclusions, Draft& out);
  Result<void> plain(const std::string& name, const Names& exclusions, Draft& out);
  Result<std::string> with_contains(std::string value, const data::CodeRefs& refs,
                                    const Names& exclusions);
  Result<std::string> with_removes(std::string value, const std::vector<std::string>& removes,
                                   const Names& exclusions, Draft& out);
  void add_known(const std::set<std::string>& execs, Draft& out);
  void order();
};

BaseHashes::BaseHashes(data::Store& d, ShellScanner& scanner)
    : state_(new State{d, nullptr, scanner}) {}
BaseHashes::~BaseHashes() = default;

Result<void> BaseHashes::State::prepare() {
  if (prepared) return {};
  prepared = true;
  functions = &d.family().python->module_functions();
  // BitBake writes its table of tasks just before: nothing that was read earlier is kept.
  d.set_list("__BBTASKS", d.list("__BBTASKS"));
  for (auto& name : words(TRY(d.text("BB_BASEHASH_IGNORE_VARS")))) ignored.insert(std::move(name));
  for (auto& name : words(TRY(d.text("BB_SIGNATURE_EXCLUDE_FLAGS"))))
    excluded_flags.insert(std::move(name));
  for (const auto& name : TRY(exported_names(d))) exported.push_back(place(name));
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
    if (found->second) out.dependencies.push_back(place(name));
  }
}

void BaseHashes::State::exclude(const std::vector<std::string>& names, Draft& out) {
  for (const auto& name : names) {
    auto found = nodes->places.find(name);
    if (found != nodes->places.end()) std::erase(out.dependencies, found->second);
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
    if (&remove == &removes.front()) depend(traced.refs.references, out);
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
  depend(traced.refs.references, out);
  add_known(traced.refs.execs, out);
  return out;
}

Result<void> BaseHashes::State::function(const std::string& name, const data::Store::Flags& flags,
                                         const Names& exclusions, Draft& out) {
  auto raw = text_or_none(TRY(forced->get(name, Expand::No)));
  if (d.has_flag(name, "python")) {
    auto refs = TRY(d.family().python->scan(raw.value_or("")));
    depend(refs.references, out);
    add_known(refs.execs, out);
    out.value = TRY(with_contains(raw.value_or(""), refs, exclusions));
  } else {
    auto traced = TRY(forced->trace(name));
    const std::set<std::string>* commands =
        TRY(scanner.commands(text_or_none(traced.value).value_or(""), d.family().release));
    out.dependencies = exported;
    depend(traced.refs.references, out);
    add_known(*commands, out);
    add_known(traced.refs.execs, out);
    std::string value = TRY(with_contains(raw.value_or(""), traced.refs, exclusions));
    out.value = TRY(with_removes(std::move(value), traced.removes, exclusions, out));
  }
  for (const auto& [flag, value] : flags) {
    if (flag == "prefuncs" || flag == "postfuncs" || flag == "exports")
      depend(words(text_or_none(value).value_or("")), out);
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
  depend(traced.refs.references, out);
  add_known(traced.refs.execs, out);
  std::string text = TRY(with_contains(std::move(*raw), traced.refs, exclusions));
  out.value = TRY(with_removes(std::move(text), traced.removes, exclusions, out));
  return {};
}

Result<Draft> BaseHashes::State::variable(const std::string& name) {
  static const std::set<std::string> kExpanded = {"vardeps", "vardepvalue", "vardepsexclude",
                                                  "exports", "postfuncs",   "prefuncs",
                                                  "lineno",  "filename"};
  const auto flags = TRY(d.flags(name, kExpanded)).value_or(data::Store::Flags());
  auto flag_text = [&](std::string_view flag) -> std::optional<std::string> {
    for (const auto& [known_flag, value] : flags) {
      if (known_flag == flag) return text_or_none(value).value_or("");
    }
    return std::nullopt;
  };
  auto excluded = words(flag_text("vardepsexclude").value_or(""));
  Names exclusions(excluded.begin(), excluded.end());
  Draft out;
  if (auto fixed = flag_text("vardepvalue")) {
    out.value = std::move(fixed);
  } else if (d.has_flag(name, "func")) {
    TRY_VOID(function(name, flags, exclusions, out));
  } else {
    TRY_VOID(plain(name, exclusions, out));
  }
  if (auto pieces = flag_text("vardepvalueexclude"); pieces && out.value) {
    for (const auto& piece : split(*pieces, '|')) out.value = replace_all(*out.value, piece, "");
  }
  if (!excluded_flags.empty()) {
    for (const auto& [flag, value] : flags) {
      if (!excluded_flags.contains(flag))
        out.dependencies.push_back(place(name + "[" + flag + "]"));
    }
  }
  depend(words(flag_text("vardeps").value_or("")), out);
  exclude(excluded, out);
  return out;
}

Result<Draft> BaseHashes::State::draft(const std::string& name) {
  auto function = functions->find(name);
  if (function == functions->end()) {
    bool is_flag = name.ends_with(']') && name.find('[') != std::string::npos;
    return is_flag ? flag(name) : variable(name);
  }
  Draft out;
  depend(function->second.refs.references, out);
  add_known(function->second.refs.execs, out);
  exclude(words(text_or_none(TRY(d.get_flag(name, "vardepsexclude"))).value_or("")), out);
  out.value = TRY(with_contains(function->second.value, function->second.refs, {}));
  return out;
}

Place BaseHashes::State::place(std::string_view name) {
  auto found = nodes->places.find(name);
  if (found != nodes->places.end()) return found->second;
  auto at = static_cast<Place>(nodes->all.size());
  nodes->all.push_back({std::string(name), {}, {}});
  nodes->places.emplace(nodes->all.back().name, at);
  done.push_back(false);
  left_out.push_back(ignored.contains(nodes->all.back().name));
  return at;
}

void BaseHashes::State::keep(Draft&& draft, Place at) {
  auto& needs = draft.dependencies;
  std::sort(needs.begin(), needs.end());
  needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
  std::erase_if(needs, [&](Place need) { return left_out[need]; });
  needs.shrink_to_fit();
  nodes->all[at].value = std::move(draft.value);
  nodes->all[at].dependencies = std::move(needs);
  done[at] = true;
}

Result<const Node*> BaseHashes::State::node(Place at) {
  if (!done[at]) {
    const std::string& name = nodes->all[at].name;
    auto made = draft(name);
    if (!made)
      return fail(
          std::move(made.error().while_doing("while finding out what " + name + " depends on")));
    keep(std::move(*made), at);
  }
  return &nodes->all[at];
}

void BaseHashes::State::order() {
  if (by_name.size() == nodes->all.size()) return;
  for (auto at = static_cast<Place>(by_name.size()); at < nodes->all.size(); ++at)
    by_name.push_back(at);
  std::sort(by_name.begin(), by_name.end(),
            [&](Place a, Place b) { return nodes->all[a].name < nodes->all[b].name; });
}

// The task and all behind it, level by level as BitBake: the order shows where reading one variable
// changes what reading another one gives (filters).
Result<std::vector<bool>> BaseHashes::closure(const std::string& task) {
  TRY_VOID(state_->prepare());
  std::vector<Place> open = {state_->place(task)};
  std::vector<bool> reached, met;  // met: as a dependency; a task in a circle is one of its own
  auto first_time = [](std::vector<bool>& seen, Place at) {
    if (seen.size() <= at) seen.resize(at + 1024);
    bool first = !seen[at];
    seen[at] = true;
    return first;
  };
  first_time(reached, open[0]);
  for (std::size_t at = 0; at < open.size(); ++at) {
    const Node* node = TRY(state_->node(open[at]));
    for (Place dependency : node->dependencies) {
      first_time(met, dependency);
      if (first_time(reached, dependency)) open.push_back(dependency);
    }
  }
  met.resize(state_->nodes->all.size());
  return met;
}

Result<Manifest> BaseHashes::of(const std::string& task) {
  auto covered = TRY(closure(task));
  State& s = *state_;
  s.order();
  Manifest out{task, {}, {}, s.nodes};
  std::string text = s.nodes->all[s.place(task)].value.value_or("");
  for (Place at : s.by_name) {
    if (!covered[at]) continue;
    const Node& node = s.nodes->all[at];
    out.variables.push_back(node.name);
    text += node.name;
    if (node.value) text += *node.value;
  }
  out.hash.hex = sha256_hex(text);
  return out;
}

Result<std::vector<BaseHash>> BaseHashes::of_all(const std::vector<std::string>& tasks) {
  std::vector<std::vector<bool>> covered;
  for (const auto& task : tasks) covered.push_back(TRY(closure(task)));
  State& s = *state_;
  s.order();
  std::vector<BaseHash> out;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    covered[i].resize(s.nodes->all.size());
    Sha256 digest;
    digest.add(s.nodes->all[s.place(tasks[i])].value.value_or(""));
    for (Place at : s.by_name) {
      if (!covered[i][at]) continue;
      const Node& node = s.nodes->all[at];
      digest.add(node.name);
      if (node.value) digest.add(*node.value);
    }
    out.push_back({digest.hex()});
  }
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
