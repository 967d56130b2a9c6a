// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names: the text of every name that the stores of a process have met, once, and tables by their
// numbers.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/id.h"

namespace hitz::data {

/// The name of a variable, or of a flag as "NAME[FLAG]".
using NameId = Id<struct NameTag>;

class Names {
 public:
  /// What a name's text alone says.
  struct Facts {
    NameId base;              // before the first ':'; the name itself when it has none
    bool old_syntax = false;  // holds _append, _prepend or _remove
    bool pending = false;     // NAME:append and kin
    bool has_key = false;     // holds ${
    bool has_colon = false;
  };

  Names();
  /// The number of a text, the same one for as long as the process lives.
  NameId id(std::string_view text);
  const std::string& text(NameId id) const { return chunks_[id.value / kChunk][id.value % kChunk]; }
  const Facts& facts(NameId id) const { return facts_[id.value]; }
  /// Whether one name stands before another when both are compared byte by byte.
  bool before(NameId a, NameId b) const {
    std::uint64_t one = starts_[a.value], other = starts_[b.value];
    return one != other ? one < other : text(a) < text(b);
  }
  /// The number of "NAME[FLAG]".
  NameId flag(NameId name, std::string_view flag);
  std::size_t size() const { return facts_.size(); }

 private:
  static constexpr std::size_t kChunk = 1024;
  struct Slot {
    std::uint32_t hash = 0;
    NameId id;
  };
  void grow();
  // Texts stay where they are, and a chunk of them is near the next.
  std::vector<std::unique_ptr<std::string[]>> chunks_;  // NOLINT(modernize-avoid-c-arrays)
  std::vector<Facts> facts_;
  std::vector<std::uint64_t> starts_;  // of names their first bytes as a number: orders most
  std::vector<Slot> slots_;            // open addressing; a power of two
};

/// A set of names.
class NameSet {
 public:
  bool contains(NameId id) const { return id.value < bits_.size() && bits_[id.value]; }
  /// false: it was there already.
  bool insert(NameId id) {
    if (contains(id)) return false;
    if (bits_.size() <= id.value) bits_.resize(id.value + 1 + id.value / 2);
    bits_[id.value] = true;
    items_.push_back(id);
    return true;
  }
  void clear() {
    for (NameId id : items_) bits_[id.value] = false;
    items_.clear();
  }
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  auto begin() const { return items_.begin(); }  // in the order in which they came
  auto end() const { return items_.end(); }

 private:
  std::vector<bool> bits_;
  std::vector<NameId> items_;
};

/// A hash table by name. Entries keep the order in which they came; none is ever taken out alone.
template <class T>
class NameTable {
 public:
  using Entry = std::pair<NameId, T>;

  const T* find(NameId id) const {
    if (index_.empty()) return nullptr;
    for (std::size_t at = home(id);; at = (at + 1) & mask()) {
      if (index_[at] == 0) return nullptr;
      const Entry& entry = entries_[index_[at] - 1];
      if (entry.first == id) return &entry.second;
    }
  }
  T* find(NameId id) { return const_cast<T*>(std::as_const(*this).find(id)); }

  /// The value of a name; a new one when it has none.
  T& operator[](NameId id) {
    if (T* found = find(id)) return *found;
    return add(id, T());
  }
  /// false: the name had a value, which stays.
  bool try_emplace(NameId id, T value) {
    if (find(id) != nullptr) return false;
    add(id, std::move(value));
    return true;
  }
  /// Costs what is in it, not what was ever in it.
  void clear() {
    if (entries_.size() * 8 > index_.size()) {
      index_.assign(index_.size(), 0);
    } else {
      for (const Entry& entry : entries_) {
        std::size_t at = home(entry.first);
        while (entries_[index_[at] - 1].first != entry.first) at = (at + 1) & mask();
        taken_.push_back(at);
      }
      for (std::size_t at : taken_) index_[at] = 0;
      taken_.clear();
    }
    entries_.clear();
  }
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::size_t mask() const { return index_.size() - 1; }
  std::size_t home(NameId id) const { return (id.value * 0x9E3779B1U >> 7) & mask(); }
  void place(std::uint32_t number) {
    std::size_t at = home(entries_[number - 1].first);
    while (index_[at] != 0) at = (at + 1) & mask();
    index_[at] = number;
  }
  T& add(NameId id, T value) {
    entries_.emplace_back(id, std::move(value));
    if (entries_.size() * 2 > index_.size()) {
      index_.assign(index_.empty() ? 16 : index_.size() * 2, 0);
      for (std::uint32_t number = 1; number <= entries_.size(); ++number) place(number);
    } else {
      place(static_cast<std::uint32_t>(entries_.size()));
    }
    return entries_.back().second;
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> index_;  // places of entries, from 1; 0 is free
  std::vector<std::size_t> taken_;    // while clear() runs
};

}  // namespace hitz::data
