// SPDX-License-Identifier: Apache-2.0
// Reading values: override selection, pending operations, expansion, removes and filters, in that
// order.

#include <algorithm>

#include "engine/base/text.h"
#include "engine/data/clock.h"
#include "engine/data/expansion.h"
#include "engine/data/store.h"
#include "engine/data/variable.h"

namespace hitz::data {

namespace {

// Python that answers with the text that asked it never comes to an end.
constexpr int kMostRounds = 1000;
constexpr std::size_t kLongestExpansion = std::size_t{64} << 20;
constexpr int kPlain = 0;
constexpr int kTraced = 1;
// BitBake meets Python's recursion limit; a chain of references this long is taken for endless.
constexpr int kDeepestExpansion = 151;

tl::unexpected<Error> expansion_error(std::string_view variable, std::string_view expression,
                                      const std::string& what) {
  Error error{Blame::Input, "", {}, Kind::Expansion, {}};
  if (variable.empty()) {
    error.message = "Failure expanding expression " + std::string(expression) +
                    " which triggered exception " + what;
    error.chain.emplace_back(expression);
  } else {
    error.message = "Failure expanding variable " + std::string(variable) + ", expression was " +
                    std::string(expression) + " which triggered exception " + what;
    error.chain.emplace_back(variable);
  }
  return fail(std::move(error));
}

// What Python says of code that it compiled as "<expansion>", with the variable's name.
std::string placed(std::string message, std::string_view variable) {
  if (variable.empty()) return message;
  return replace_all(std::move(message), "(<expansion>,", "(Var <" + std::string(variable) + ">,");
}

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

// Words that equal one of the removed ones go; every blank stays.
std::string without_words(std::string_view text,
                          const std::map<std::string, std::vector<std::string>>& removes,
                          std::set<std::string>& used) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      out += text[at++];
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    std::string_view word = text.substr(at, end - at);
    bool gone = false;
    for (const auto& [unexpanded, list] : removes) {
      if (std::find(list.begin(), list.end(), word) == list.end()) continue;
      used.insert(unexpanded);
      gone = true;
    }
    if (!gone) out += word;
    at = end;
  }
  return out;
}

struct DepthGuard {
  int& depth;
  explicit DepthGuard(int& counter) : depth(counter) { ++depth; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
  ~DepthGuard() { --depth; }
};

}  // namespace

// One pass over ${NAME}: what has a value is replaced, the rest stays.
Result<std::string> Store::substitute(std::string_view text, std::string_view for_variable,
                                      Parse* traced) {
  std::string out;
  std::size_t done = 0;
  while (auto found = next_variable(text, done)) {
    out += text.substr(done, found->begin - done);
    if (!for_variable.empty() && found->inner == for_variable) {
      return expansion_error(
          for_variable, text,
          "Exception: variable " + std::string(for_variable) + " references itself!");
    }
    const NameId name = state_->id(found->inner);
    auto read_value = read(name, Expand::Yes, Weak::Include, kPlain);
    if (!read_value) {
      Error error = std::move(read_value.error());
      if (error.kind == Kind::Expansion) {
        error.chain.emplace_back(for_variable.empty() ? std::string_view("(text)") : for_variable);
        if (for_variable.empty()) error.chain.pop_back();
      }
      return fail(std::move(error));
    }
    if (traced != nullptr) traced->references.push_back(name);
    const Value& value = (*read_value)->value;
    if (const std::string* string = text_of(value)) {
      out += *string;
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      out += std::to_string(*number);
    } else {
      out += text.substr(found->begin, found->end - found->begin);
    }
    done = found->end;
  }
  return out += text.substr(done);
}

// One pass over ${@code}; code that still holds ${NAME} stays as it is.
Result<std::string> Store::evaluate(std::string_view text, std::string_view for_variable,
                                    Parse* traced) {
  std::string out;
  std::size_t done = 0;
  while (auto found = next_python(text, done)) {
    out += text.substr(done, found->begin - done);
    std::string_view whole = text.substr(found->begin, found->end - found->begin);
    done = found->end;
    if (next_variable(found->inner, 0)) {
      out += whole;
      continue;
    }
    if (state_->family.python == nullptr)
      return internal_error("no Python to evaluate " + std::string(whole));
    if (traced != nullptr) traced->code.push_back(TRY(state_->family.python->scan(found->inner)));
    auto value = state_->family.python->evaluate(trim(found->inner), *this);
    if (!value) {
      Error error = std::move(value.error());
      if (error.kind == Kind::SkipRecipe || error.kind == Kind::Handled)
        return fail(std::move(error));
      if (error.kind == Kind::Expansion && !error.chain.empty()) {
        if (!for_variable.empty()) error.chain.emplace_back(for_variable);
        return fail(std::move(error));
      }
      return expansion_error(for_variable, text, placed(error.message, for_variable));
    }
    out += *value ? **value : std::string(whole);
  }
  return out += text.substr(done);
}

Result<std::shared_ptr<Parse>> Store::parse(Value value, std::string_view for_variable, int mode) {
  auto out = std::make_shared<Parse>();
  out->value = std::move(value);
  const std::string* text = text_of(out->value);
  if (text == nullptr || text->find("${") == std::string::npos) return out;
  DepthGuard guard(state_->depth);
  if (guard.depth > kDeepestExpansion) {
    return expansion_error(for_variable, *text, "RecursionError: maximum recursion depth exceeded");
  }
  Parse* traced = mode == kTraced ? out.get() : nullptr;
  std::string now = *text;
  for (int round = 0; now.find("${") != std::string::npos; ++round) {
    if (round > kMostRounds || now.size() > kLongestExpansion)
      return expansion_error(for_variable, *text,
                             "RecursionError: what it expands to grows without end");
    std::string next = TRY(substitute(now, for_variable, traced));
    if (next.find("${@") != std::string::npos) next = TRY(evaluate(next, for_variable, traced));
    if (next == now) break;
    now = std::move(next);
  }
  if (now != *text) out->change(std::move(now));
  return out;
}

bool Store::applies(const Pending& pending) const {
  if (pending.overrides.empty()) return true;
  for (const auto& part : split(pending.overrides, ':')) {
    if (!state_->override_set.contains(state_->id(part))) return false;
  }
  return true;
}

Result<void> Store::apply_pending(const Variable& variable, Value& value) {
  if (variable.appends().empty() && variable.prepends().empty()) return {};
  TRY_VOID(need_overrides());
  auto edit = [&](const std::vector<Pending>& list, auto change) {
    for (const auto& pending : list) {
      if (!applies(pending)) continue;
      if (!is_set(value)) value = std::string();
      if (auto* text = std::get_if<std::string>(&value)) change(*text, pending.value);
    }
  };
  edit(variable.appends(), [](std::string& text, const std::string& more) { text += more; });
  edit(variable.prepends(),
       [](std::string& text, const std::string& more) { text.insert(0, more); });
  return {};
}

Result<void> Store::apply_removes(const Variable* variable, std::set<std::string> removes,
                                  Parse& result) {
  if (variable != nullptr && !variable->removes().empty()) {
    TRY_VOID(need_overrides());
    for (const auto& pending : variable->removes()) {
      if (applies(pending)) removes.insert(pending.value);
    }
  }
  const std::string* text = text_of(result.value);
  if (removes.empty() || text == nullptr || text->empty()) return {};
  std::map<std::string, std::vector<std::string>> expanded;
  for (const auto& one : removes) expanded[one] = words(TRY(expand(one)));
  std::set<std::string> used;
  result.change(without_words(*text, expanded, used));
  result.removed(std::move(used));
  return {};
}

// The value before expansion, and the removes carried over from the override that won.
Result<Value> Store::raw_content(NameId name, Weak weak, const Variable* variable,
                                 std::set<std::string>& removes, int mode) {
  if (is_clock(name) && variable != nullptr) note_clock(state_->family.python);
  Value value;
  if (NameId winner = TRY(winning_override(name)); winner.valid()) {
    auto inner = TRY(read(winner, Expand::No, Weak::Include, mode));
    value = inner->unexpanded();
    removes = inner->removes();
  }
  if (!is_set(value) && variable != nullptr) {
    if (variable->content) {
      value = *variable->content;
    } else if (variable->weak() && weak == Weak::Include) {
      value = *variable->weak();
    }
  }
  if (variable != nullptr) TRY_VOID(apply_pending(*variable, value));
  return value;
}

Result<Parsed> Store::read_flag(NameId name, std::string_view flag, Weak weak, int mode) {
  State& s = *state_;
  const NameId cache_name = s.family.names->flag(name, flag);
  bool cached = weak == Weak::Include;
  if (const auto* found = (mode == kTraced ? s.traced_cache : s.plain_cache).find(cache_name);
      cached && found != nullptr)
    return *found;
  Value value;
  if (std::shared_ptr<const Variable> variable = s.find_shared(name)) {
    if (auto found = variable->flags.find(flag); found != variable->flags.end()) {
      value = found->second;
    } else if (auto weak_found = variable->weak_flags().find(flag);
               weak_found != variable->weak_flags().end() && weak == Weak::Include) {
      value = weak_found->second;
    }
  }
  Parsed done = TRY(parse(std::move(value), s.text(cache_name), mode));
  if (cached) (mode == kTraced ? s.traced_cache : s.plain_cache)[cache_name] = done;
  return done;
}

Result<Parsed> Store::read(NameId name, Expand expand, Weak weak, int mode) {
  State& s = *state_;
  bool cached = weak == Weak::Include;
  if (const auto* found = (mode == kTraced ? s.traced_cache : s.plain_cache).find(name);
      cached && found != nullptr)
    return *found;
  // Python run while this expands may write to the store: the record stays alive for as long as it
  // is looked at.
  std::shared_ptr<const Variable> variable = s.find_shared(name);
  std::set<std::string> removes;
  Value value = TRY(raw_content(name, weak, variable.get(), removes, mode));
  auto result = TRY(parse(std::move(value), s.text(name), mode));
  TRY_VOID(apply_removes(variable.get(), std::move(removes), *result));
  const std::string* text = text_of(result->value);
  auto filter = s.filters.empty() ? s.filters.end()
                                  : s.filters.find(s.text(s.family.names->facts(name).base));
  bool filtered = filter != s.filters.end();
  if (expand == Expand::Yes && text != nullptr && !text->empty() && filtered)
    result->change(TRY(s.family.python->filter(*text, filter->second)));
  Parsed done = std::move(result);
  // BitBake has one cache for both kinds of reading: a variable that a hash has looked at, before
  // anyone has read it, stays without its filter until the next write. Hashes depend on that.
  if (cached && filtered && mode == kTraced) s.plain_cache.try_emplace(name, done);
  if (cached) (mode == kTraced ? s.traced_cache : s.plain_cache)[name] = done;
  return done;
}

Result<Value> Store::get(std::string_view name, Expand expand, Weak weak) {
  return get(state_->id(name), expand, weak);
}

Result<Value> Store::get(NameId name, Expand expand, Weak weak) {
  if (expand == Expand::Yes) return TRY(read(name, expand, weak, kPlain))->value;
  if (weak == Weak::Include) {
    if (const auto* found = state_->plain_cache.find(name)) return (*found)->unexpanded();
  }
  std::set<std::string> removes;
  std::shared_ptr<const Variable> variable = state_->find_shared(name);
  return raw_content(name, weak, variable.get(), removes, kPlain);
}

Result<bool> Store::expands_fully(NameId name) {
  auto expanded = TRY(read(name, Expand::Yes, Weak::Include, kPlain));
  const std::string* text = text_of(expanded->value);
  return text == nullptr || (text->find("${") == std::string::npos && !text->ends_with('$'));
}

Result<std::string> Store::text(std::string_view name) {
  return text(state_->id(name));
}

Result<std::string> Store::text(NameId name) {
  Value value = TRY(get(name));
  if (auto* text = std::get_if<std::string>(&value)) return std::move(*text);
  if (auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::string();
}

Result<std::string> Store::expand(std::string_view text, std::string_view for_variable) {
  auto result = TRY(parse(std::string(text), for_variable, kPlain));
  const std::string* out = text_of(result->value);
  return out != nullptr ? *out : std::string();
}

Result<Parsed> Store::trace(NameId name) {
  return read(name, Expand::No, Weak::Include, kTraced);
}

Result<Parsed> Store::trace(std::string_view name, std::string_view flag) {
  NameId id = state_->id(name);
  return flag.empty() ? trace(id) : read_flag(id, flag, Weak::Include, kTraced);
}

Result<Parsed> Store::trace_text(std::string_view text, std::string_view for_variable) {
  return TRY(parse(std::string(text), for_variable, kTraced));
}

}  // namespace hitz::data
