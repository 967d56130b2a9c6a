// SPDX-License-Identifier: Apache-2.0
// Fingerprints: what a copy of a store can learn from it, as bytes to compare.

#include "engine/base/hash.h"
#include "engine/data/store.h"
#include "engine/data/variable.h"

namespace hitz::data {

namespace {

constexpr std::size_t kLength = 16;

// Every part with its length, so that no two different records make the same bytes.
class Record {
 public:
  Record& add(std::string_view text) {
    bytes_ += std::to_string(text.size());
    bytes_ += ':';
    bytes_ += text;
    return *this;
  }

  Record& add_value(const Value& value) {
    if (const auto* text = text_of(value)) return add("t").add(*text);
    if (const auto* number = std::get_if<std::int64_t>(&value))
      return add("n").add(std::to_string(*number));
    if (const auto* truth = std::get_if<bool>(&value)) return add(*truth ? "true" : "false");
    if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
      add("l").add(std::to_string(items->size()));
      for (const auto& item : *items) add(item);
      return *this;
    }
    comparable_ = comparable_ && !is_set(value);
    return add("-");
  }

  template <class Flags>
  Record& add_flags(const Flags& flags) {
    for (const auto& [name, value] : flags) add("flag").add(name).add_value(value);
    return add("end");
  }

  Record& add_pending(const std::vector<Pending>& list) {
    add(std::to_string(list.size()));
    for (const auto& pending : list) add(pending.value).add(pending.overrides);
    return *this;
  }

  bool comparable() const { return comparable_; }
  std::string digest() const { return sha256_hex(bytes_).substr(0, kLength); }

 private:
  std::string bytes_;
  bool comparable_ = true;
};

}  // namespace

std::optional<std::string> Store::fingerprint(std::string_view name) const {
  Record record;
  if (const Variable* variable = state_->find(state_->id(name))) {
    record.add("variable");
    record.add(variable->content ? "set" : "unset").add_value(variable->content.value_or(Value()));
    record.add(variable->weak() ? "set" : "unset").add_value(variable->weak().value_or(Value()));
    record.add_flags(variable->flags).add_flags(variable->weak_flags());
    record.add_pending(variable->appends()).add_pending(variable->prepends());
    record.add_pending(variable->removes());
  }
  if (const auto* variants = state_->variants(state_->id(name))) {
    record.add("overridden");
    for (const auto& variant : *variants)
      record.add(state_->text(variant.full)).add(state_->text(variant.key));
  }
  if (!record.comparable()) return std::nullopt;
  return record.digest();
}

std::string Store::fingerprint_of_names() {
  Record record;
  for (const auto& name : names()) record.add(name);
  return record.digest();
}

std::vector<std::string_view> Store::recorded_names() const {
  NameSet met;
  for (const auto& [name, variable] : state_->top) met.insert(name);
  for (const Layer* layer = state_->below.get(); layer != nullptr; layer = layer->below.get()) {
    for (const auto& [name, variable] : layer->variables) met.insert(name);
  }
  for (const auto& [name, variants] : *state_->overridden) met.insert(name);
  std::vector<std::string_view> out;
  out.reserve(met.size());
  for (NameId name : met) out.emplace_back(state_->text(name));
  return out;
}

std::string Store::fingerprint_of_rules() const {
  Record record;
  record.add(state_->family.release == Family::Release::Scarthgap ? "scarthgap" : "wrynose");
  for (const auto& name : *state_->templates) record.add(name);
  record.add("override sources");
  std::set<std::string_view> sources;
  for (NameId name : *state_->override_sources) sources.insert(state_->text(name));
  for (std::string_view name : sources) record.add(name);
  record.add("filters");
  for (const auto& [name, filter] : state_->filters) record.add(name).add(filter);
  record.add("renamed");
  for (const auto& [from, to] : *state_->renamed) record.add(from).add(to);
  return record.digest();
}

}  // namespace hitz::data
