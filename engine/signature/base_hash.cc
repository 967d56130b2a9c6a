// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/base_hash.h"

#include <algorithm>
#include <unordered_set>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/data/variable.h"
#include "engine/signature/fixed_draft.h"
#include "engine/signature/tested_words.h"
#include "engine/signature/truth.h"

namespace hitz::signature {

namespace {

using data::Expand;
using data::NameId;
using Place = std::uint32_t;
using Answer = NameMarks::Answer;
using Exclusions = std::vector<NameId>;
using Code = std::vector<const data::CodeRefs*>;

constexpr Place kNone = UINT32_MAX;
const data::Variable kNothing;

auto shared_or_none(std::optional<std::string> text) {
  return text ? shared(std::move(*text)) : nullptr;
}

// What a node is made of while it is worked out.
struct Draft {
  std::shared_ptr<const std::string> value;
  std::vector<NameId> needs;  // as they come, some more than once
  NameList known;             // others that are in order
  bool exports = false;
};

}  // namespace

struct BaseHashes::State {
  data::Store& d;
  ShellScanner& scanner;
  data::Names& names;
  std::shared_ptr<data::Store> forced{};                       // with BB_HASH_CODEPARSER_VALS
  const std::unordered_set<std::string>* functions = nullptr;  // of Python's modules
  std::uint32_t turn = 0;                                      // of the marks
  data::NameSet ignored{}, forced_names{};
  std::optional<FixedDrafts> fixed{};
  TestedWords tested{d};
  std::shared_ptr<Nodes> nodes = std::make_shared<Nodes>();
  std::vector<bool> done{};      // by place: whether a node has its text and dependencies
  std::vector<Place> by_name{};  // in the order of names, all there were when it was made
  bool prepared = false;

  Result<void> prepare();
  NameMarks::Mark& mark(NameId name);
  Place place(NameId name);
  Place place(std::string_view name) { return place(names.id(name)); }
  static void depend(const std::vector<NameId>& references, Draft& out) {
    out.needs.insert(out.needs.end(), references.begin(), references.end());
  }
  void depend(const data::Parse& traced, Draft& out);
  void depend(const data::CodeRefs& code, Draft& out);
  CodeNames::Kind kind(NameId name) { return scanner.names().kind(name, *functions, d.family()); }
  bool counts(NameId name);
  bool expands_fully(const std::vector<NameId>& references);
  Result<bool> use(const FixedDraft& known, Draft& out);
  void exclude(const Exclusions& excluded, Draft& out) const;
  NameList counted(const FixedDraft& known);
  void keep(Draft&& draft, Place at);
  Result<void> work_out(Place at);
  std::string place_of(const std::string& name);
  Result<Draft> draft(NameId name);
  Result<CountingFlags> expanded_flags(NameId name, const data::Variable& record);
  Result<Draft> variable(NameId name);
  Result<Draft> flag(NameId whole);
  Result<void> function(NameId name, const CountingFlags& flags, Draft& out);
  Result<void> plain(NameId name, const Exclusions& exclusions, Draft& out);
  Result<std::string> with_contains(std::string value, const Code& code,
                                    const Exclusions& exclusions);
  Result<std::string> with_removes(std::string value, const std::set<std::string>& removes,
                                   const Exclusions& exclusions, Draft& out);
  Exclusions exclusions_of(std::string_view text) const;
  void add_known(const std::vector<NameId>& execs, Draft& out);
  void order();
};

BaseHashes::BaseHashes(data::Store& d, ShellScanner& scanner)
    : state_(new State{d, scanner, *d.family().names}) {
  state_->nodes->names = d.family().names;
}
BaseHashes::~BaseHashes() = default;

Result<void> BaseHashes::State::prepare() {
  if (prepared) return {};
  prepared = true;
  functions = &d.family().python->module_function_names();
  // BitBake writes its table of tasks just before: nothing that was read earlier is kept.
  d.set_list("__BBTASKS", d.list("__BBTASKS"));
  // Those of the configuration, whatever a recipe adds.
  const data::Value settled = TRY(d.get("__basehash_ignore_vars", data::Expand::No));
  const std::string* text = data::text_of(settled);
  for (const auto& name : words(text != nullptr ? *text : TRY(d.text("BB_BASEHASH_IGNORE_VARS"))))
    ignored.insert(names.id(name));
  fixed.emplace(scanner, TRY(d.text("BB_SIGNATURE_EXCLUDE_FLAGS")), ignored);
  for (const auto& text : TRY(exported_names(d))) {
    if (NameId name = names.id(text); !ignored.contains(name)) nodes->exported.push_back(name);
  }
  forced = d.copy();
  for (const auto& pair : words(TRY(d.text("BB_HASH_CODEPARSER_VALS")))) {
    std::size_t equal = pair.find('=');
    if (equal == std::string::npos) continue;
    forced_names.insert(names.id(pair.substr(0, equal)));
    TRY_VOID(forced->set(pair.substr(0, equal), pair.substr(equal + 1), data::Writer::Code));
  }
  return {};
}

// Whether a name that code calls is a variable, or a function of a module.
bool BaseHashes::State::counts(NameId name) {
  if (Answer known = mark(name).counts; known != Answer::Open) return known == Answer::Yes;
  const std::string& text = names.text(name);
  bool yes = !text.starts_with("__") &&
             (d.has_name(name) || kind(name) == CodeNames::Kind::ModuleFunction);
  mark(name).counts = yes ? Answer::Yes : Answer::No;
  return yes;
}

// An error is for the slow way to tell.
bool BaseHashes::State::expands_fully(const std::vector<NameId>& references) {
  return std::all_of(references.begin(), references.end(), [&](NameId name) {
    if (Answer known = mark(name).complete; known != Answer::Open) return known == Answer::Yes;
    auto answer = d.expands_fully(name);
    const bool yes = answer && *answer;
    mark(name).complete = yes ? Answer::Yes : Answer::No;
    return yes;
  });
}

// false: what is known of the record is not enough here.
Result<bool> BaseHashes::State::use(const FixedDraft& known, Draft& out) {
  if (!known.fixed || !expands_fully(known.references)) return false;
  out.exports = known.exports;
  exclude(known.excluded, out);
  out.known = counted(known);
  out.value = known.value;
  if (known.code != nullptr && !known.code->contains.empty())
    out.value = shared(TRY(with_contains(*known.value, {known.code}, known.excluded)));
  return true;
}

// What code calls is mostly the same in all recipes, and so is what of it counts.
NameList BaseHashes::State::counted(const FixedDraft& known) {
  if (known.execs.empty()) return known.needs;
  CountedNames& last = known.counted;
  bool same = last.list != nullptr;
  for (std::size_t i = 0; same && i < known.execs.size(); ++i)
    same = counts(known.execs[i]) == last.counted[i];
  if (same) return last.list;
  auto list = known.needs ? *known.needs : std::vector<NameId>();
  last.counted.assign(known.execs.size(), false);
  for (std::size_t i = 0; i < known.execs.size(); ++i) {
    last.counted[i] = counts(known.execs[i]);
    if (last.counted[i]) list.push_back(known.execs[i]);
  }
  last.list = in_order(std::move(list));
  return last.list;
}

void BaseHashes::State::add_known(const std::vector<NameId>& execs, Draft& out) {
  for (NameId name : execs) {
    if (counts(name)) out.needs.push_back(name);
  }
}

void BaseHashes::State::depend(const data::CodeRefs& code, Draft& out) {
  const CodeNames::Numbers& numbers = scanner.names().of(code, d.family());
  depend(numbers.references, out);
  add_known(numbers.execs, out);
}

void BaseHashes::State::depend(const data::Parse& traced, Draft& out) {
  depend(traced.references, out);
  for (const data::CodeRefs* code : traced.code) depend(*code, out);
}

Exclusions BaseHashes::State::exclusions_of(std::string_view text) const {
  Exclusions out;
  for (const auto& word : words(text)) out.push_back(names.id(word));
  return out;
}

void BaseHashes::State::exclude(const Exclusions& excluded, Draft& out) const {
  if (excluded.empty()) return;
  if (std::exchange(out.exports, false)) depend(nodes->exported, out);
  for (NameId name : excluded) std::erase(out.needs, name);
}

Result<std::string> BaseHashes::State::with_contains(std::string value, const Code& code,
                                                     const Exclusions& exclusions) {
  return tested.with(std::move(value), code, [&](NameId name) {
    return ignored.contains(name) ||
           std::find(exclusions.begin(), exclusions.end(), name) != exclusions.end();
  });
}

// Of the references that removes hold only those of the first count: BitBake goes on with a copy of
// the set and drops it.
Result<std::string> BaseHashes::State::with_removes(std::string value,
                                                    const std::set<std::string>& removes,
                                                    const Exclusions& exclusions, Draft& out) {
  for (const auto& remove : removes) {
    auto traced = TRY(d.trace_text(remove));
    value += "\n_remove of " + remove;
    if (&remove == &*removes.begin()) {
      depend(traced->references, out);
      for (const data::CodeRefs* code : traced->code)
        depend(scanner.names().of(*code, d.family()).references, out);
    }
    value = TRY(with_contains(std::move(value), traced->code, exclusions));
  }
  return value;
}

Result<Draft> BaseHashes::State::flag(NameId whole) {
  const auto& [variable, flag] = scanner.names().flag(whole, d.family());
  Draft out;
  const auto record = d.record(variable);
  if (record && TRY(use(fixed->flag(variable, *record, whole, flag, d), out))) return out;
  out.value = shared_or_none(text_or_none(TRY(d.get_flag(names.text(variable), flag, Expand::No))));
  auto traced = TRY(d.trace(names.text(variable), flag));
  depend(*traced, out);
  return out;
}

Result<void> BaseHashes::State::function(NameId name, const CountingFlags& flags, Draft& out) {
  const Exclusions& exclusions = flags.excluded;
  auto raw = text_or_none(TRY(forced->get(name, Expand::No)));
  if (flags.python) {
    const data::CodeRefs& refs = *TRY(d.family().python->scan(raw.value_or("")));
    depend(refs, out);
    out.value = shared(TRY(with_contains(std::move(raw).value_or(""), {&refs}, exclusions)));
  } else {
    auto traced = TRY(forced->trace(name));
    const std::set<std::string>* commands =
        TRY(scanner.commands(text_or_none(traced->value).value_or(""), d.family().release));
    out.exports = true;
    depend(*traced, out);
    add_known(scanner.names().of(*commands, d.family()), out);
    std::string value = TRY(with_contains(std::move(raw).value_or(""), traced->code, exclusions));
    out.value = shared(TRY(with_removes(std::move(value), traced->removes(), exclusions, out)));
  }
  return {};
}

Result<void> BaseHashes::State::plain(NameId name, const Exclusions& exclusions, Draft& out) {
  data::Value value = TRY(d.get(name, Expand::No));
  if (std::holds_alternative<std::shared_ptr<const data::Opaque>>(value)) {
    // What only Python can hold counts with the text that Python gives it.
    out.value = shared_or_none(
        TRY(d.family().python->evaluate("d.getVar('" + names.text(name) + "', False)", d)));
    return {};
  }
  auto raw = text_or_none(std::move(value));
  if (!raw || raw->empty()) {
    out.value = shared("");
    return {};
  }
  auto traced = TRY(d.trace(name));
  depend(*traced, out);
  std::string text = TRY(with_contains(std::move(*raw), traced->code, exclusions));
  out.value = shared(TRY(with_removes(std::move(text), traced->removes(), exclusions, out)));
  return {};
}

Result<CountingFlags> BaseHashes::State::expanded_flags(NameId name, const data::Variable& record) {
  return counting_flags(record, names, [&](const std::string& flag, const std::string& text) {
    return d.expand(text, names.text(name) + "[" + flag + "]");
  });
}

Result<Draft> BaseHashes::State::variable(NameId name) {
  const auto kept = d.record(name);
  const data::Variable& record = kept ? *kept : kNothing;
  if (!forced_names.contains(name) && TRY(d.stands_alone(name))) {
    Draft known{kept ? nullptr : shared(""), {}};
    if (!kept || TRY(use(*TRY(fixed->variable(name, record, d)), known))) return known;
  }
  const CountingFlags* flags = fixed->flags(name, record, names);
  CountingFlags own;
  if (flags == nullptr) flags = &(own = TRY(expanded_flags(name, record)));
  Draft out;
  if (flags->value) {
    out.value = shared(*flags->value);
  } else if (flags->function) {
    TRY_VOID(function(name, *flags, out));
    depend(flags->functions, out);
  } else {
    TRY_VOID(plain(name, flags->excluded, out));
  }
  if (flags->value_excluded && out.value) {
    out.value = shared(flags->without_excluded(*out.value));
  }
  std::vector<NameId> own_flags;
  fixed->add_flags(name, record, names, own_flags);
  depend(own_flags, out);
  depend(flags->needs, out);
  exclude(flags->excluded, out);
  return out;
}

Result<Draft> BaseHashes::State::draft(NameId name) {
  switch (kind(name)) {
    case CodeNames::Kind::Flag: return flag(name);
    case CodeNames::Kind::ModuleFunction: break;
    default: return variable(name);
  }
  const std::string& text = names.text(name);
  const auto* function = TRY(d.family().python->module_function(text));
  Draft out;
  auto excluded = text_or_none(TRY(d.get_flag(text, "vardepsexclude")));
  if (!excluded) {
    TRY(use(fixed->module_function(*function, d.family()), out));
    return out;
  }
  depend(function->refs, out);
  exclude(exclusions_of(*excluded), out);
  out.value = shared(TRY(with_contains(function->value, {&function->refs}, {})));
  return out;
}

NameMarks::Mark& BaseHashes::State::mark(NameId name) {
  NameMarks& marks = scanner.marks();
  if (!marks.is_of(turn)) {
    turn = marks.take_over();
    for (std::size_t i = 0; i < nodes->all.size(); ++i)
      marks[nodes->all[i].name].place = static_cast<Place>(i);
  }
  return marks[name];
}

Place BaseHashes::State::place(NameId name) {
  Place& at = mark(name).place;
  if (at == kNone) {
    at = static_cast<Place>(nodes->all.size());
    nodes->all.push_back({name, {}, {}});
    done.push_back(false);
  }
  return at;
}

void BaseHashes::State::keep(Draft&& draft, Place at) {
  Node& node = nodes->all[at];
  node.value = std::move(draft.value);
  node.exports = draft.exports;
  node.needs = std::move(draft.known);
  done[at] = true;
  std::erase_if(draft.needs, [&](NameId need) { return ignored.contains(need); });
  if (draft.needs.empty()) return;
  if (node.needs) draft.needs.insert(draft.needs.end(), node.needs->begin(), node.needs->end());
  node.needs = in_order(std::move(draft.needs));
}

// " (file:line)" of a function; "" of what is none.
std::string BaseHashes::State::place_of(const std::string& name) {
  auto text = [&](std::string_view flag) {
    auto value = d.get_flag(name, flag);
    return value ? text_or_none(*value).value_or("") : "";
  };
  const std::string file = text("filename");
  return file.empty() ? "" : " (" + file + ":" + text("lineno") + ")";
}

Result<void> BaseHashes::State::work_out(Place at) {
  if (done[at]) return {};
  auto made = draft(nodes->all[at].name);
  if (!made) {
    const std::string name(nodes->text(nodes->all[at]));
    return fail(std::move(made.error().while_doing("while finding out what " + name +
                                                   " depends on" + place_of(name))));
  }
  keep(std::move(*made), at);
  return {};
}

void BaseHashes::State::order() {
  if (by_name.size() == nodes->all.size()) return;
  std::vector<NameId> list;
  for (const Node& node : nodes->all) list.push_back(node.name);
  by_name = scanner.names().order(list, d.family());
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
  auto meet = [&](const std::vector<NameId>& needs) {
    for (NameId name : needs) {
      Place dependency = state_->place(name);
      first_time(met, dependency);
      if (first_time(reached, dependency)) open.push_back(dependency);
    }
  };
  first_time(reached, open[0]);
  bool exports = false;  // the exported variables have been met
  for (std::size_t at = 0; at < open.size(); ++at) {
    TRY_VOID(state_->work_out(open[at]));
    const Node& node = state_->nodes->all[open[at]];
    const bool exports_first = node.exports && !std::exchange(exports, true);
    if (const NameList needs = node.needs) meet(*needs);  // node moves as others come
    if (exports_first) meet(state_->nodes->exported);
  }
  met.resize(state_->nodes->all.size());
  return met;
}

Result<Manifest> BaseHashes::of(const std::string& task) {
  auto covered = TRY(closure(task));
  State& s = *state_;
  s.order();
  Manifest out{task, {}, {}, s.nodes};
  const auto& own = s.nodes->all[s.place(task)].value;
  std::string text = own ? *own : "";
  for (Place at : s.by_name) {
    if (!covered[at]) continue;
    const Node& node = s.nodes->all[at];
    out.variables.push_back(s.nodes->text(node));
    text += s.nodes->text(node);
    if (node.value) text += *node.value;
  }
  out.hash.hex = sha256_hex(text);
  return out;
}

Result<std::vector<BaseHash>> BaseHashes::of_all(const std::vector<std::string>& tasks) {
  Timed analysing(state_->d.family().timing, Work::Analysis);
  std::vector<std::vector<bool>> covered;
  for (const auto& task : tasks) covered.push_back(TRY(closure(task)));
  State& s = *state_;
  s.order();
  Timed hashing(s.d.family().timing, Work::Hashing);
  std::vector<BaseHash> out;
  std::string text;  // one long one is hashed faster than many short ones
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    covered[i].resize(s.nodes->all.size());
    text.clear();
    if (const auto& own = s.nodes->all[s.place(tasks[i])].value) text += *own;
    for (Place at : s.by_name) {
      if (!covered[i][at]) continue;
      const Node& node = s.nodes->all[at];
      text += s.nodes->text(node);
      if (node.value) text += *node.value;
    }
    out.push_back({sha256_hex(text)});
  }
  return out;
}

}  // namespace hitz::signature
