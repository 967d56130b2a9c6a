// SPDX-License-Identifier: Apache-2.0
#include "engine/data/store.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/data/variable.h"

namespace hitz::data {

namespace {

constexpr std::string_view kRenamed[][2] = {
    {"BB_ENV_WHITELIST", "BB_ENV_PASSTHROUGH"},
    {"BB_ENV_EXTRAWHITE", "BB_ENV_PASSTHROUGH_ADDITIONS"},
    {"BB_HASHBASE_WHITELIST", "BB_BASEHASH_IGNORE_VARS"},
    {"BB_HASHCONFIG_WHITELIST", "BB_HASHCONFIG_IGNORE_VARS"},
    {"BB_HASHTASK_WHITELIST", "BB_TASKHASH_IGNORE_TASKS"},
    {"BB_SETSCENE_ENFORCE_WHITELIST", "BB_SETSCENE_ENFORCE_IGNORE_TASKS"},
    {"MULTI_PROVIDER_WHITELIST", "BB_MULTI_PROVIDER_ALLOWED"},
    {"BB_STAMP_WHITELIST", "is a deprecated variable and support has been removed"},
    {"BB_STAMP_POLICY", "is a deprecated variable and support has been removed"},
};

}  // namespace

bool is_override(std::string_view text) {
  return !text.empty() &&
         ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= '0' && text[0] <= '9'));
}

std::optional<Keyword> keyword_of(std::string_view name) {
  for (std::size_t at = name.find(':'); at != std::string_view::npos; at = name.find(':', at + 1)) {
    for (std::string_view word : {"append", "prepend", "remove"}) {
      if (!name.substr(at + 1).starts_with(word)) continue;
      std::string_view rest = name.substr(at + 1 + word.size());
      if (rest.empty()) return Keyword{name.substr(0, at), word, {}};
      bool lower =
          std::none_of(rest.begin(), rest.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
      if (rest[0] == ':' && lower) return Keyword{name.substr(0, at), word, rest.substr(1)};
    }
  }
  return std::nullopt;
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

std::shared_ptr<Store> Store::create(Family family) {
  auto state = std::make_unique<State>(std::move(family));
  state->overridden = std::make_shared<Overridden>();
  state->override_sources = std::make_shared<NameSet>();
  for (const char* name : {"OVERRIDES", "FILE"}) state->override_sources->insert(state->id(name));
  state->templates = std::make_shared<std::set<std::string, std::less<>>>();
  state->renamed = std::make_shared<std::map<std::string, std::string, std::less<>>>();
  for (const auto& [from, to] : kRenamed) state->renamed->emplace(from, to);
  state->history = std::make_shared<Histories>();
  return std::shared_ptr<Store>(new Store(std::move(state)));
}

const Family& Store::family() const {
  return state_->family;
}

void Store::use_release(Family::Release release) {
  state_->family.release = release;
}

void Store::State::forget_expansions() {
  if (!plain_cache.empty()) plain_cache.clear();
  if (!traced_cache.empty()) traced_cache.clear();
}

void Store::State::record(std::string_view name, std::string_view op, std::string_view flag,
                          const Value& detail, const Origin& origin) {
  if (tracking == Tracking::Off) return;
  if (history.use_count() > 1) history = std::make_shared<Histories>(*history);
  HistoryEntry entry;
  entry.op = origin.op.empty() ? std::string(op) : std::string(origin.op);
  entry.flag = flag;
  if (origin.detail.data() != nullptr)
    entry.detail = origin.detail;
  else if (const std::string* text = text_of(detail))
    entry.detail = *text;
  else if (const auto* number = std::get_if<std::int64_t>(&detail))
    entry.detail = std::to_string(*number);
  else if (const auto* truth = std::get_if<bool>(&detail))
    entry.detail = *truth ? "True" : "False";
  else if (const auto* list = std::get_if<std::vector<std::string>>(&detail))
    entry.detail = list->empty() ? "[]" : "['" + join(*list, "', '") + "']";
  entry.span = origin.span;
  if (!origin.span.file.valid() && family.python != nullptr) {
    if (auto code = family.python->running_code()) {
      entry.path = std::move(code->path);
      entry.line = code->line;
      entry.function = std::move(code->function);
    }
  }
  (*history)[std::string(name)].push_back(std::move(entry));
}

void Store::note(std::string_view name, std::string_view flag, const Origin& origin) {
  state_->record(name, origin.op, flag, {}, origin);
}

Value Store::own_content(std::string_view name, Weak weak) {
  const Variable* variable = state_->find(state_->id(name));
  if (variable == nullptr) return {};
  if (variable->content) return *variable->content;
  if (variable->weak() && weak == Weak::Include) return *variable->weak();
  return {};
}

Result<void> Store::set(std::string_view name, Value value, Writer writer, const Origin& origin) {
  State& s = *state_;
  const NameId id = s.id(name);
  const Names::Facts facts = s.family.names->facts(id);
  if (facts.old_syntax) {
    std::string place = s.family.sources != nullptr ? s.family.sources->place(origin.span) : "";
    return kind_error(
        Kind::Handled,
        "Variable " + std::string(name) + (place.empty() ? "" : " at " + place) +
            " contains an operation using the old override syntax (_append, _prepend, _remove); "
            "write :append, :prepend or :remove");
  }
  s.forget_expansions();
  if (auto renamed = s.renamed->find(s.text(facts.base)); renamed != s.renamed->end()) {
    s.writable(s.id("_FAILPARSINGERRORHANDLED")).content = std::int64_t{1};
    return kind_error(
        Kind::Handled,
        "Variable " + renamed->first + " has been renamed to " + renamed->second +
            (s.family.sources != nullptr ? " (set at " + s.family.sources->place(origin.span) + ")"
                                         : ""));
  }
  if (facts.pending) return add_pending(*keyword_of(name), std::move(value), origin);
  if (writer == Writer::Code) {
    if (const Variable* old = s.find(id); old != nullptr && old->has_pending())
      s.writable(id).forget_pending();
    TRY_VOID(drop_overrides(id));
  }
  if (facts.has_colon) note_override(id);
  s.record(name, "set", "", value, origin);
  Variable& variable = s.rewritten(id);
  if (!s.override_sources->contains(id)) {
    variable.content = std::move(value);
    return {};
  }
  variable.content = value;
  return overrides_changed(name, value);
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): callers move into it.
Result<void> Store::add_pending(const Keyword& keyword, Value value, const Origin& origin) {
  const std::string* text = text_of(value);
  Pending pending{text != nullptr ? *text : "", std::string(keyword.overrides)};
  const NameId base = state_->id(keyword.base);
  Seldom& variable = state_->writable(base).own_seldom();
  auto& list = keyword.word == "append"    ? variable.appends
               : keyword.word == "prepend" ? variable.prepends
                                           : variable.removes;
  list.push_back(pending);
  std::string op = ":" + std::string(keyword.word);
  if (!keyword.overrides.empty()) op += "[" + std::string(keyword.overrides) + "]";
  state_->record(keyword.base, op, "", value, Origin{origin.span, op, origin.detail});
  if (keyword.base.find(':') != std::string_view::npos) note_override(base);
  if (state_->override_sources->contains(base)) return overrides_changed(keyword.base, value);
  return {};
}

Result<void> Store::append(std::string_view name, std::string_view value, const Origin& origin) {
  state_->record(name, "append", "", std::string(value), origin);
  return set_unrecorded(std::string(name) + ":append", std::string(value), origin);
}

Result<void> Store::prepend(std::string_view name, std::string_view value, const Origin& origin) {
  state_->record(name, "prepend", "", std::string(value), origin);
  return set_unrecorded(std::string(name) + ":prepend", std::string(value), origin);
}

// What the history has told already, in other words.
Result<void> Store::set_unrecorded(std::string_view name, Value value, const Origin& origin) {
  Tracking tracking = std::exchange(state_->tracking, Tracking::Off);
  auto out = set(name, std::move(value), Writer::Parser, origin);
  state_->tracking = tracking;
  return out;
}

Result<void> Store::set_weak_default(std::string_view name, const Value& value,
                                     const Origin& origin) {
  state_->forget_expansions();
  state_->record(name, "set?", "_defaultval", value, origin);
  const NameId id = state_->id(name);
  state_->writable(id).own_seldom().weak = value;
  if (name.find(':') != std::string_view::npos) note_override(id);
  if (state_->override_sources->contains(id)) return overrides_changed(name, value);
  return {};
}

void Store::erase(std::string_view name, const Origin& origin) {
  State& s = *state_;
  s.forget_expansions();
  s.record(name, "del", "", {}, origin);
  const NameId id = s.id(name);
  s.put(id, std::make_shared<Variable>());
  forget_override_list(id);
  forget_override(id);
  if (s.override_sources->contains(id)) s.overrides.reset();
}

Result<void> Store::rename(std::string_view from, std::string_view to, const Origin& origin) {
  if (from == to) return {};
  State& s = *state_;
  std::string key(from), target(to);
  const NameId from_id = s.id(key), to_id = s.id(target);
  Value value = own_content(key, Weak::Include);
  if (is_set(value)) {
    if (s.tracking == Tracking::On) {
      if (auto found = s.history->find(key); found != s.history->end()) {
        auto entries = found->second;
        if (s.history.use_count() > 1) s.history = std::make_shared<Histories>(*s.history);
        auto& known = (*s.history)[target];
        known.insert(known.end(), entries.begin(), entries.end());
      }
    }
    const std::string op = "rename from " + key;
    s.record(target, op, "", value, Origin{origin.span, op, {}});
    TRY_VOID(set_unrecorded(target, value, origin));
  }
  if (const Variable* old = s.find(from_id)) {
    const Seldom moved = old->seldom();
    Variable& variable = s.writable(to_id);
    if (!moved.empty()) variable.own_seldom().add_pending(moved);
    s.forget_expansions();
  }
  if (const auto* found = s.variants(from_id)) {
    const std::vector<Override> variants = *found;
    std::vector<Override> moved;
    for (const auto& variant : variants)
      moved.push_back({s.id(replace_all(s.text(variant.full), key, target)), variant.key});
    writable_overridden()[to_id] = std::make_shared<const std::vector<Override>>(moved);
    for (std::size_t i = 0; i < variants.size(); ++i)
      TRY_VOID(rename(s.text(variants[i].full), s.text(moved[i].full), origin));
  }
  if (target.find(':') != std::string::npos && !is_set(value)) note_override(to_id);
  erase(key, Origin{origin.span, "rename (to)", target});
  return {};
}

bool Store::has_overrides(std::string_view name) {
  const NameId id = state_->id(name);
  state_->note(id);
  const auto* variants = state_->overridden->find(id);
  return variants != nullptr && *variants;  // a list that has become empty counts
}

Result<void> Store::set_filter(std::string_view name, std::string_view expression) {
  if (expression.empty()) {
    state_->filters.erase(std::string(name));
  } else {
    state_->filters[std::string(name)] = expression;
  }
  return {};
}

std::vector<std::string> Store::names() {
  State& s = *state_;
  if (s.reads) s.reads->all_names = true;
  (void)need_overrides();
  NameSet met;
  std::vector<NameId> all;
  auto add = [&](const NameTable<std::shared_ptr<Variable>>& variables) {
    for (const auto& [name, variable] : variables) {
      if (met.insert(name) && !variable->empty()) all.push_back(name);
    }
  };
  add(s.top);
  for (const Layer* layer = s.below.get(); layer != nullptr; layer = layer->below.get())
    add(layer->variables);
  for (const auto& [name, variants] : *s.overridden) {
    if (variants && std::any_of(variants->begin(), variants->end(),
                                [&](const Override& variant) { return is_active(variant.key); }))
      all.push_back(name);
  }
  std::sort(all.begin(), all.end(),
            [&](NameId a, NameId b) { return s.family.names->before(a, b); });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::vector<std::string> out;
  out.reserve(all.size());
  for (NameId name : all) out.push_back(s.text(name));
  return out;
}

std::shared_ptr<const Variable> Store::record(NameId name) const {
  const auto* found = state_->look_up(name);
  return found != nullptr ? *found : nullptr;
}

bool Store::has_name(std::string_view name) {
  return has_name(state_->id(name));
}

bool Store::has_name(NameId name) {
  State& s = *state_;
  const Variable* variable = s.find(name);
  if (variable != nullptr && !variable->empty()) return true;
  const auto* variants = s.variants(name);
  if (variants == nullptr) return false;
  (void)need_overrides();
  variants = s.variants(name);
  return variants != nullptr &&
         std::any_of(variants->begin(), variants->end(),
                     [&](const Override& variant) { return is_active(variant.key); });
}

bool Store::contains(std::string_view name) {
  auto value = get(name, Expand::No);
  return value && is_set(*value);
}

Result<void> Store::expand_keys() {
  TRY_VOID(need_overrides());
  std::vector<std::pair<std::string, std::string>> found;
  auto templates = state_->templates;  // what is renamed adds to it
  for (const auto& name : *templates) {
    if (!has_name(name)) continue;
    std::string expanded = TRY(expand(name));
    if (expanded != name) found.emplace_back(name, std::move(expanded));
  }
  for (const auto& [from, to] : found) {
    Value present = TRY(get(to, Expand::No));
    Value moving = is_set(present) ? TRY(get(from, Expand::No)) : Value();
    if (is_set(moving) && state_->family.warn) {
      const std::string* text = text_of(moving);
      const std::string* old = text_of(present);
      state_->family.warn("Variable key " + from + " (" + (text != nullptr ? *text : "") +
                          ") replaces original key " + to + " (" + (old != nullptr ? *old : "") +
                          ").");
    }
    TRY_VOID(rename(from, to));
  }
  return {};
}

std::vector<std::string> Store::list(std::string_view name) {
  Value value = own_content(name, Weak::Include);
  if (auto* items = std::get_if<std::vector<std::string>>(&value)) return *items;
  return {};
}

void Store::set_list(std::string_view name, std::vector<std::string> items) {
  state_->forget_expansions();
  state_->writable(state_->id(name)).content = std::move(items);
}

bool Store::list_has(std::string_view name, std::string_view item) const {
  const Variable* variable = state_->find(state_->id(name));
  if (variable == nullptr || !variable->content) return false;
  const auto* items = std::get_if<std::vector<std::string>>(&*variable->content);
  return items != nullptr && std::find(items->begin(), items->end(), item) != items->end();
}

bool Store::add_to_list(std::string_view name, std::string_view item) {
  if (list_has(name, item)) return false;
  state_->forget_expansions();
  auto& content = state_->writable(state_->id(name)).content;
  if (!content || !std::holds_alternative<std::vector<std::string>>(*content))
    content = std::vector<std::string>();
  std::get<std::vector<std::string>>(*content).emplace_back(item);
  return true;
}

void Store::track(Tracking tracking) {
  state_->tracking = tracking;
}

Store::Tracking Store::tracking() const {
  return state_->tracking;
}

std::vector<std::pair<std::string, std::string>> Store::variants(std::string_view name) const {
  std::vector<std::pair<std::string, std::string>> out;
  const auto* found = state_->variants(state_->id(name));
  if (found == nullptr) return out;
  for (const auto& variant : *found)
    out.emplace_back(state_->text(variant.full), state_->text(variant.key));
  return out;
}

std::vector<HistoryEntry> Store::history(std::string_view name) {
  auto found = state_->history->find(name);
  return found != state_->history->end() ? found->second : std::vector<HistoryEntry>();
}

}  // namespace hitz::data
