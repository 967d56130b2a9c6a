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

/// What few records have, so that the others need no space for it.
struct Seldom {
  std::optional<Value> weak;
  FlagTable weak_flags;
  std::vector<Pending> appends, prepends, removes;
  bool empty() const {
    return !weak && weak_flags.empty() && appends.empty() && prepends.empty() && removes.empty();
  }
  void add_pending(const Seldom& more) {
    appends.insert(appends.end(), more.appends.begin(), more.appends.end());
    prepends.insert(prepends.end(), more.prepends.begin(), more.prepends.end());
    removes.insert(removes.end(), more.removes.begin(), more.removes.end());
  }
};

struct Variable {
  std::optional<Value> content;  // engaged with monostate: set to None, which masks a weak default
  FlagTable flags;
  /// What a room above has worked out from this record; gone as soon as somebody writes to it.
  mutable std::shared_ptr<void> noted;
  /// Of a step (steps.h): more stores than this one have it, or will.
  bool common = false;

  Variable() = default;
  Variable(const Variable& other)
      : content(other.content), flags(other.flags), noted(other.noted), seldom_(other.copied()) {}
  /// Of a record whose value will be another.
  static std::shared_ptr<Variable> without_content(const Variable& other) {
    auto out = std::make_shared<Variable>();
    out->flags = other.flags;
    out->seldom_ = other.copied();
    return out;
  }
  Variable& operator=(const Variable&) = delete;
  ~Variable() = default;

  const Seldom& seldom() const {
    static const Seldom none;
    return seldom_ != nullptr ? *seldom_ : none;
  }
  /// To be written to.
  Seldom& own_seldom() {
    if (seldom_ == nullptr) seldom_ = std::make_unique<Seldom>();
    return *seldom_;
  }
  const std::optional<Value>& weak() const { return seldom().weak; }
  const FlagTable& weak_flags() const { return seldom().weak_flags; }
  const std::vector<Pending>& appends() const { return seldom().appends; }
  const std::vector<Pending>& prepends() const { return seldom().prepends; }
  const std::vector<Pending>& removes() const { return seldom().removes; }

  bool has_pending() const {
    return !appends().empty() || !prepends().empty() || !removes().empty();
  }
  void forget_pending() {
    Seldom& own = own_seldom();
    own.appends.clear();
    own.prepends.clear();
    own.removes.clear();
  }

  /// A flag, or its weak default; null when it has neither.
  const Value* flag(std::string_view name) const {
    if (auto found = flags.find(name); found != flags.end()) return &found->second;
    auto weak_found = weak_flags().find(name);
    return weak_found != weak_flags().end() ? &weak_found->second : nullptr;
  }
  /// Calls each(name, value) for the flags that recipes may see, in the order in which they came.
  template <class Each>
  void each_flag(Each each) const {
    for (const auto& [name, value] : flags) {
      if (name[0] != '_' && name[0] != ':') each(name, value);
    }
    for (const auto& [name, value] : weak_flags()) {
      if (!flags.contains(name)) each(name, value);
    }
  }
  /// Nothing recorded: the name was deleted.
  bool empty() const { return !content && flags.empty() && seldom().empty(); }

 private:
  std::unique_ptr<Seldom> copied() const {
    return seldom_ != nullptr && !seldom_->empty() ? std::make_unique<Seldom>(*seldom_) : nullptr;
  }

  std::unique_ptr<Seldom> seldom_;
};

/// A frozen set of variables over an older one.
struct Layer {
  NameTable<std::shared_ptr<Variable>> variables;
  std::shared_ptr<const Layer> below;
  mutable bool settled = false;  // all recipes have what is in it
};

/// An override variant of a variable: its full name and the part after the variable's own.
struct Override {
  NameId full;
  NameId key;
  friend bool operator==(const Override&, const Override&) = default;
};

using Histories = std::map<std::string, std::vector<HistoryEntry>, std::less<>>;

struct Store::State {
  explicit State(Family of) : family(std::move(of)) {}
  Family family;
  NameTable<std::shared_ptr<Variable>> top;
  std::shared_ptr<const Layer> below;
  std::shared_ptr<Overridden> overridden;     // null: forgotten
  std::shared_ptr<NameSet> override_sources;  // writes to these invalidate the overrides
  std::optional<std::vector<std::string>> overrides;
  NameSet override_set;
  bool in_override = false;
  NameTable<std::shared_ptr<const Parse>> plain_cache, traced_cache;
  int depth = 0;
  std::map<std::string, std::string, std::less<>> filters;
  std::shared_ptr<std::map<std::string, std::string, std::less<>>> renamed;
  const Layer* watched = nullptr;  // reading it or below is noted
  std::shared_ptr<Reads> reads;    // null: nobody watches
  std::shared_ptr<std::set<std::string, std::less<>>>
      templates;  // names with "${" that were ever written to
  Tracking tracking = Tracking::Off;
  std::shared_ptr<Histories> history;

  NameId id(std::string_view name) const { return family.names->id(name); }
  const std::string& text(NameId name) const { return family.names->text(name); }
  const std::shared_ptr<Variable>* look_up(NameId name) const;
  const Variable* find(NameId name) const;
  /// The same, kept alive while Python that an expansion runs may write to the store; by its layer,
  /// as a count in every variable that is read would cost a task's process a page for each.
  std::shared_ptr<const Variable> find_shared(NameId name) const;
  /// The same, null when there is none; nullopt when it is this store's alone.
  std::optional<std::shared_ptr<const Variable>> common(NameId name) const;
  Variable& writable(NameId name);
  /// The same, but for its value, which the caller writes.
  Variable& rewritten(NameId name);
  /// Puts a new record of a name on top.
  Variable& put(NameId name, std::shared_ptr<Variable> variable);
  void note(NameId name) const;
  /// The override variants of a name; null when there are none.
  const std::vector<Override>* variants(NameId name) const;
  void forget_expansions();
  /// What was written becomes a layer.
  void freeze();
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
