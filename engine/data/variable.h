// SPDX-License-Identifier: Apache-2.0
#pragma once
// Variable: everything that is recorded of one name. Shared between stores; whoever writes makes a
// copy first.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/data/store.h"

namespace hitz::data {

/// The few flags of a variable, in the order in which they were first set.
class FlagTable {
 public:
  using Entry = std::pair<std::string, Value>;
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  auto find(std::string_view name) const {
    return std::find_if(begin(), end(), [&](const Entry& entry) { return entry.first == name; });
  }
  bool contains(std::string_view name) const { return find(name) != end(); }
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  void insert_or_assign(std::string_view name, Value value) {
    auto found = find(name);
    if (found == end()) {
      entries_.emplace_back(std::string(name), std::move(value));
    } else {
      entries_[static_cast<std::size_t>(found - begin())].second = std::move(value);
    }
  }
  void erase(std::vector<Entry>::const_iterator at) { entries_.erase(at); }

 private:
  std::vector<Entry> entries_;
};

struct Variable {
  std::optional<Value> content;  // engaged with monostate: set to None, which masks a weak default
  std::optional<Value> weak;
  FlagTable flags, weak_flags;
  std::vector<Pending> appends, prepends, removes;

  /// Nothing recorded: the name was deleted.
  bool empty() const {
    return !content && !weak && flags.empty() && weak_flags.empty() && appends.empty() &&
           prepends.empty() && removes.empty();
  }
};

template <class T>
using Table = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// A frozen set of variables over an older one.
struct Layer {
  Table<std::shared_ptr<Variable>> variables;
  std::shared_ptr<const Layer> below;
};

/// An override variant of a variable: its full name and the part after the variable's own.
struct Override {
  std::string full;
  std::string key;
  friend bool operator==(const Override&, const Override&) = default;
};

/// The result of one expansion: BitBake's VariableParse.
struct Parse {
  Value value;
  Value unexpanded;
  CodeRefs refs;
  std::set<std::string> removes;
};

struct Store::State {
  Family family;
  Table<std::shared_ptr<Variable>> top;
  std::shared_ptr<const Layer> below;
  std::shared_ptr<std::map<std::string, std::vector<Override>, std::less<>>> overridden;
  std::shared_ptr<std::set<std::string, std::less<>>>
      override_sources;  // writes to these invalidate the overrides
  std::optional<std::vector<std::string>> overrides;
  std::set<std::string, std::less<>> override_set;
  bool in_override = false;
  Table<std::shared_ptr<const Parse>> plain_cache, traced_cache;
  int depth = 0;
  std::map<std::string, std::string, std::less<>> filters;
  std::shared_ptr<std::map<std::string, std::string, std::less<>>> renamed;
  const Layer* watched = nullptr;  // reading it or below is noted
  std::shared_ptr<Reads> reads;    // null: nobody watches
  std::shared_ptr<std::set<std::string, std::less<>>>
      templates;  // names with "${" that were ever written to
  Tracking tracking = Tracking::Off;
  std::shared_ptr<std::map<std::string, std::vector<HistoryEntry>, std::less<>>> history;

  const std::shared_ptr<Variable>* look_up(std::string_view name) const;
  const Variable* find(std::string_view name) const;
  /// The same, kept alive while Python that an expansion runs may write to the store.
  std::shared_ptr<const Variable> find_shared(std::string_view name) const;
  Variable& writable(std::string_view name);
  /// Puts a new record of a name on top.
  Variable& put(std::string_view name, std::shared_ptr<Variable> variable);
  void note(std::string_view name) const;
  void forget_expansions();
  void record(std::string_view name, std::string_view op, std::string_view flag,
              const Value& detail, const Origin& origin);
};

/// "A:append:b" is base A, keyword append, overrides b; nullopt for an ordinary name.
struct Keyword {
  std::string_view base;
  std::string_view word;  // "append", "prepend", "remove"
  std::string_view overrides;
};
std::optional<Keyword> keyword_of(std::string_view name);
/// Whether a text can be an override: it starts with a lower-case letter or a digit.
bool is_override(std::string_view text);

}  // namespace hitz::data
