// SPDX-License-Identifier: Apache-2.0
#include "engine/data/names.h"

#include <functional>

#include "engine/data/clock.h"
#include "engine/data/variable.h"

namespace hitz::data {

namespace {

constexpr std::size_t kFirstSlots = 1 << 14;

bool has_old_syntax(std::string_view name) {
  if (name.starts_with("__anon_")) return false;
  for (std::string_view word : {"_append", "_prepend", "_remove"}) {
    if (name.find(word) != std::string_view::npos) return true;
  }
  return false;
}

std::uint32_t hash_of(std::string_view text) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>()(text));
}

}  // namespace

Names::Names() : slots_(kFirstSlots) {
  for (std::string_view name : kClockNames) id(name);  // the first numbers
}

NameId Names::id(std::string_view text) {
  std::uint32_t hash = hash_of(text);
  std::size_t mask = slots_.size() - 1, at = hash & mask;
  for (; slots_[at].id.valid(); at = (at + 1) & mask) {
    if (slots_[at].hash == hash && this->text(slots_[at].id) == text) return slots_[at].id;
  }
  NameId id{static_cast<std::uint32_t>(size())};
  slots_[at] = {hash, id};
  // NOLINTNEXTLINE(modernize-avoid-c-arrays)
  if (size() % kChunk == 0) chunks_.push_back(std::make_unique<std::string[]>(kChunk));
  std::string& kept = chunks_.back()[size() % kChunk];
  kept = text;
  facts_.emplace_back();
  starts_.push_back(0);
  if (size() * 2 > slots_.size()) grow();
  Facts facts;
  std::size_t colon = text.find(':');
  facts.has_colon = colon != std::string_view::npos;
  facts.base = facts.has_colon ? this->id(std::string_view(kept).substr(0, colon)) : id;
  facts.old_syntax = has_old_syntax(kept);
  facts.pending = facts.has_colon && keyword_of(kept).has_value();
  std::uint64_t& start = starts_[id.value];
  for (std::size_t i = 0; i < sizeof start; ++i)
    start = start << 8 | (i < kept.size() ? static_cast<unsigned char>(kept[i]) : 0);
  facts.has_key = kept.find("${") != std::string::npos;
  facts_[id.value] = facts;
  return id;
}

NameId Names::flag(NameId name, std::string_view flag) {
  std::string whole;
  whole.reserve(text(name).size() + flag.size() + 2);
  whole.append(text(name)).append("[").append(flag).append("]");
  return id(whole);
}

void Names::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (!slot.id.valid()) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].id.valid()) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace hitz::data
