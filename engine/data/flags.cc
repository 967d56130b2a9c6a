// SPDX-License-Identifier: Apache-2.0
// Flags of variables: plain texts and lists beside the value; overrides and pending operations
// never apply to them.

#include <algorithm>

#include "engine/data/store.h"
#include "engine/data/variable.h"

namespace hitz::data {

namespace {

// What BitBake calls a weak flag in the table of all flags.
constexpr std::string_view kWeakFlag = "_defaultval_flag_";

Value pending_list(const std::vector<Pending>& list) {
  std::vector<std::string> out;
  for (const auto& pending : list) out.push_back(pending.value);
  return out;
}

}  // namespace

Result<Value> Store::get_flag(std::string_view name, std::string_view flag, Expand expand,
                              Weak weak) {
  if (flag.empty()) return Value{};
  if (flag == "_content") return get(name, expand, weak);
  const Variable* variable = state_->find(state_->id(name));
  if (variable == nullptr) return Value{};
  if (flag == "_defaultval") return variable->weak().value_or(Value{});
  if (flag.starts_with(kWeakFlag)) {
    auto kept = variable->weak_flags().find(flag.substr(kWeakFlag.size()));
    return kept != variable->weak_flags().end() ? kept->second : Value{};
  }
  auto found = variable->flags.find(flag);
  if (found == variable->flags.end()) {
    if (weak == Weak::Ignore) return Value{};
    found = variable->weak_flags().find(flag);
    if (found == variable->weak_flags().end()) return Value{};
  }
  const std::string* text = text_of(found->second);
  if (expand == Expand::No || text == nullptr || text->find("${") == std::string::npos)
    return found->second;
  return TRY(read_flag(state_->id(name), flag, weak, 0))->value;
}

Result<void> Store::set_flag(std::string_view name, std::string_view flag, Value value,
                             const Origin& origin) {
  if (flag.starts_with(kWeakFlag)) {
    set_weak_flag(name, flag.substr(kWeakFlag.size()), std::move(value), origin);
    return {};
  }
  State& s = *state_;
  s.forget_expansions();
  if (name == "BB_RENAMED_VARIABLES") {
    if (s.renamed.use_count() > 1)
      s.renamed = std::make_shared<std::map<std::string, std::string, std::less<>>>(*s.renamed);
    const std::string* text = text_of(value);
    (*s.renamed)[std::string(flag)] = text != nullptr ? *text : "";
  }
  s.record(name, "set", flag, value, origin);
  if (flag == "_content") return set(name, std::move(value), Writer::Parser, origin);
  if (flag == "_defaultval") return set_weak_default(name, std::move(value), origin);
  s.writable(s.id(name)).flags.insert_or_assign(flag, std::move(value));
  if (flag == "export" || flag == "unexport") {
    auto exported = list("__exportlist");
    if (std::find(exported.begin(), exported.end(), name) == exported.end()) {
      exported.emplace_back(name);
      s.writable(s.id("__exportlist")).content = std::move(exported);
    }
  }
  return {};
}

Result<void> Store::append_flag(std::string_view name, std::string_view flag,
                                std::string_view value, const Origin& origin) {
  Value old = TRY(get_flag(name, flag, Expand::No));
  const std::string* text = text_of(old);
  return set_flag(name, flag, (text != nullptr ? *text : "") + std::string(value),
                  Origin{origin.span, "append", value});
}

Result<void> Store::prepend_flag(std::string_view name, std::string_view flag,
                                 std::string_view value, const Origin& origin) {
  Value old = TRY(get_flag(name, flag, Expand::No));
  const std::string* text = text_of(old);
  return set_flag(name, flag, std::string(value) + (text != nullptr ? *text : ""),
                  Origin{origin.span, "prepend", value});
}

void Store::set_weak_flag(std::string_view name, std::string_view flag, Value value,
                          const Origin& origin) {
  state_->forget_expansions();
  state_->record(name, "set?", std::string(kWeakFlag) + std::string(flag), value, origin);
  state_->writable(state_->id(name))
      .own_seldom()
      .weak_flags.insert_or_assign(flag, std::move(value));
}

void Store::erase_flag(std::string_view name, std::string_view flag, const Origin& origin) {
  State& s = *state_;
  s.forget_expansions();
  const Variable* variable = s.find(s.id(name));
  if (variable == nullptr || !variable->flags.contains(flag)) return;
  s.record(name, "delFlag", flag, {}, origin);
  Variable& record = s.writable(s.id(name));
  record.flags.erase(record.flags.find(flag));
  if (auto weak = record.weak_flags().find(flag); weak != record.weak_flags().end())
    record.own_seldom().weak_flags.erase(weak);
}

namespace {

// What BitBake keeps as flags of its own.
void add_internal(const Variable& variable, Store::Flags& out) {
  if (variable.content) out.emplace_back("_content", *variable.content);
  if (variable.weak()) out.emplace_back("_defaultval", *variable.weak());
  if (!variable.appends().empty()) out.emplace_back(":append", pending_list(variable.appends()));
  if (!variable.prepends().empty()) out.emplace_back(":prepend", pending_list(variable.prepends()));
  if (!variable.removes().empty()) out.emplace_back(":remove", pending_list(variable.removes()));
}

}  // namespace

Result<std::optional<Store::Flags>> Store::flags(std::string_view name,
                                                 const std::set<std::string>& expanded,
                                                 Internal internal) {
  std::shared_ptr<const Variable> variable = state_->find_shared(state_->id(name));
  if (!variable) return std::nullopt;
  const bool all = internal == Internal::Show;
  Flags out;
  for (const auto& [flag, value] : variable->flags) {
    if (all || (flag[0] != '_' && flag[0] != ':')) out.emplace_back(flag, value);
  }
  for (const auto& [flag, value] : variable->weak_flags()) {
    if (all) {
      out.emplace_back(std::string(kWeakFlag) + std::string(flag), value);
    } else if (!variable->flags.contains(flag)) {
      out.emplace_back(flag, value);
    }
  }
  if (all) add_internal(*variable, out);
  for (auto& [flag, value] : out) {
    const std::string* text = text_of(value);
    if (text != nullptr && expanded.contains(flag))
      value = TRY(expand(*text, std::string(name) + "[" + flag + "]"));
  }
  if (out.empty()) return std::nullopt;
  return out;
}

bool Store::has_flag(std::string_view name, std::string_view flag) {
  auto value = get_flag(name, flag, Expand::No);
  return value && is_true(*value);
}

}  // namespace hitz::data
