// SPDX-License-Identifier: Apache-2.0
#pragma once
// The datastore: variables with values, flags, pending appends and overrides, as BitBake's
// DataSmart has them. A copy costs nothing until it is written to. One thread at a time.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/source.h"
#include "engine/base/timing.h"
#include "engine/data/names.h"
#include "engine/data/python_host.h"
#include "engine/data/value.h"

namespace hitz::data {

enum class Expand { No, Yes };
/// Whether a weak default (??=) counts as a value.
enum class Weak { Include, Ignore };
/// Who writes: the parser keeps pending appends and overrides; code (d.setVar) wipes them.
enum class Writer { Parser, Code };

/// Where a change came from, for the history. Spans are kept as they are; text is made only for who
/// asks.
struct Origin {
  Span span;
  std::string_view
      op;  // "set", "append", ":append[o]" … as bitbake -e prints; "" for the setter's own
  std::string_view detail;  // shown instead of the value, unless it is null
};

/// One change to a variable or a flag.
struct HistoryEntry {
  std::string op;
  std::string flag;  // "" for the value
  std::string detail;
  Span span;
  std::string path;  // for changes from Python: file and line of the code
  std::uint32_t line = 0;
  std::string function;  // of that code
};

/// The result of one expansion, with what was met on the way when somebody asks (BitBake's
/// VariableParse).
struct Parse {
  Value value;  // expanded
  // When it was traced: the names met as ${NAME}, some more than once, and what code in ${@…}
  // refers to, in no order.
  std::vector<NameId> references;
  std::vector<const CodeRefs*> code;  // the PythonHost's

  /// The value before.
  const Value& unexpanded() const { return changed_ != nullptr ? changed_->unexpanded : value; }
  /// Of :remove, those that took a word out; unexpanded.
  const std::set<std::string>& removes() const {
    static const std::set<std::string> none;
    return changed_ != nullptr ? changed_->removes : none;
  }
  /// Gives it another value, and keeps what it was before the first of them.
  void change(Value to) {
    if (changed_ == nullptr) changed_ = std::make_unique<Changed>(Changed{std::move(value), {}});
    value = std::move(to);
  }
  void removed(std::set<std::string> used) {
    if (!used.empty()) changed_->removes = std::move(used);
  }

 private:
  // Most texts hold nothing that is expanded.
  struct Changed {
    Value unexpanded;
    std::set<std::string> removes;
  };
  std::unique_ptr<Changed> changed_;
};
using Parsed = std::shared_ptr<const Parse>;

/// Pending :append, :prepend, :remove of a variable, in order of definition.
struct Pending {
  std::string value;
  std::string overrides;  // "a:b", "" for always
};

/// What all stores of one process share: the Python hatch, the source files and the release whose
/// rules count.
struct Family {
  PythonHost* python = nullptr;
  Sources* sources = nullptr;
  enum class Release { Scarthgap, Wrynose } release = Release::Wrynose;
  std::function<void(const std::string&)> warn{};
  std::shared_ptr<Names> names = std::make_shared<Names>();
  Timing* timing = nullptr;  // where CPU time is counted; null: it is not
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>()(text);
  }
};

/// What a store has looked at of the one that it is a watched copy of, and Python code of the rest
/// of the world (PythonHost::watch).
struct Reads {
  NameSet names;                                // of variables, whether they were there or not
  bool all_names = false;                       // it asked for the names of all variables
  std::set<std::string> files;                  // whose content was read; folders that were listed
  std::map<std::string, std::string> answers;   // what else the system was asked and has told
  std::map<std::string, std::string> programs;  // that were run and what they said
                                                // (python/hitz/witness.py says how)
  std::set<std::string> made;  // folders that were made, or would have been had they not been there
  bool changed = false;        // something else outside was written, moved or removed
  bool unknown = false;        // it was asked something that cannot be asked again: a host
};

struct Keyword;
struct Override;
struct Variable;
using Overridden = NameTable<std::shared_ptr<const std::vector<Override>>>;

class Store : public std::enable_shared_from_this<Store> {
 public:
  static std::shared_ptr<Store> create(Family family);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// d.createCopy(): a child that sees the present state; neither sees the other's later writes.
  std::shared_ptr<Store> copy();
  /// Every copy has what is in it now, as recipes have the configuration.
  void settle();
  /// A copy that notes what it, and every copy of it, looks at of this store's present state.
  std::shared_ptr<Store> watched_copy(std::shared_ptr<Reads> reads);
  /// 16 bytes that differ when anything that a watched copy can learn of a name differs: its value,
  /// its flags, pending operations, overrides. nullopt when there is a value that cannot be
  /// compared.
  std::optional<std::string> fingerprint(std::string_view name) const;
  /// The same of all names together, without their values.
  std::string fingerprint_of_names();
  /// Every name with a fingerprint other than that of a name nobody has ever used; in no order.
  std::vector<std::string_view> recorded_names() const;
  /// The same of what every copy depends on: the release, names to be expanded, filters, renamed
  /// variables.
  std::string fingerprint_of_rules() const;
  const Family& family() const;
  /// Whose rules count for this store and its later copies.
  void use_release(Family::Release release);

  // ---- variables
  Result<Value> get(std::string_view name, Expand expand = Expand::Yes, Weak weak = Weak::Include);
  Result<Value> get(NameId name, Expand expand = Expand::Yes, Weak weak = Weak::Include);
  /// The expanded text; "" when unset or not a text.
  Result<std::string> text(std::string_view name);
  Result<std::string> text(NameId name);
  /// The parser's view for ?=, += and kin: own content only, no overrides, no pending operations,
  /// unexpanded (getVar(…, parsing=True)).
  Value own_content(std::string_view name, Weak weak);
  /// NAME:append and kin record a pending operation. Errors: Kind::Handled on the old override
  /// syntax.
  Result<void> set(std::string_view name, Value value, Writer writer, const Origin& origin = {});
  Result<void> append(std::string_view name, std::string_view value,
                      const Origin& origin = {});  // d.appendVar
  Result<void> prepend(std::string_view name, std::string_view value,
                       const Origin& origin = {});  // d.prependVar
  Result<void> set_weak_default(std::string_view name, const Value& value,
                                const Origin& origin = {});      // ??=
  void erase(std::string_view name, const Origin& origin = {});  // delVar, unset
  Result<void> rename(std::string_view from, std::string_view to, const Origin& origin = {});
  bool has_overrides(std::string_view name);
  Result<void> set_filter(std::string_view name, std::string_view expression);
  /// Names with a value or a flag, and bases of active overrides, sorted.
  std::vector<std::string> names();
  /// What is recorded of a name itself; null when nothing ever was.
  std::shared_ptr<const Variable> record(NameId name) const;
  bool has_name(std::string_view name);  // whether names() has it
  bool has_name(NameId name);
  bool contains(std::string_view name);  // "name in d"
  /// Its own record alone decides what is read of it: no override variant wins, nothing filters it.
  Result<bool> stands_alone(NameId name);
  /// The expanded value is no text, or one after which nothing is left to expand.
  Result<bool> expands_fully(NameId name);
  /// Renames variables whose names hold ${…}; in sorted order of the literal names.
  Result<void> expand_keys();

  // ---- flags
  Result<Value> get_flag(std::string_view name, std::string_view flag, Expand expand = Expand::Yes,
                         Weak weak = Weak::Include);
  Result<void> set_flag(std::string_view name, std::string_view flag, Value value,
                        const Origin& origin = {});
  Result<void> append_flag(std::string_view name, std::string_view flag, std::string_view value,
                           const Origin& origin = {});
  Result<void> prepend_flag(std::string_view name, std::string_view flag, std::string_view value,
                            const Origin& origin = {});
  void set_weak_flag(std::string_view name, std::string_view flag, Value value,
                     const Origin& origin = {});
  void erase_flag(std::string_view name, std::string_view flag, const Origin& origin = {});
  enum class Internal { Hide, Show };
  using Flags = std::vector<std::pair<std::string, Value>>;
  /// Flags in the order in which they were first set, unexpanded except those listed; nullopt when
  /// there are none. Show adds _content, :append … as BitBake's internalflags.
  Result<std::optional<Flags>> flags(std::string_view name,
                                     const std::set<std::string>& expanded = {},
                                     Internal internal = Internal::Hide);
  /// The truth of a flag: set and not "" (numbers: not 0).
  bool has_flag(std::string_view name, std::string_view flag);

  // ---- expansion
  Result<std::string> expand(std::string_view text, std::string_view for_variable = {});
  /// expand() that also tells what it met; for signatures.
  Result<Parsed> trace(std::string_view name, std::string_view flag = {});
  Result<Parsed> trace(NameId name);
  /// Expands nothing of the value, yet tells references as if it did (getVar(expand=False,
  /// retparser=True)'s removes).
  Result<Parsed> trace_text(std::string_view text, std::string_view for_variable = {});
  /// The active overrides, lowest priority first. Errors: not stable after five rounds.
  Result<std::vector<std::string>> overrides();

  // ---- lists that the parser keeps in variables: __BBTASKS, __BBHANDLERS, __inherit_cache,
  // __exportlist …
  std::vector<std::string> list(std::string_view name);
  void set_list(std::string_view name, std::vector<std::string> items);
  bool list_has(std::string_view name, std::string_view item) const;
  /// At the end; false when it is there already, which changes nothing.
  bool add_to_list(std::string_view name, std::string_view item);

  // ---- history
  enum class Tracking { Off, On };
  void track(Tracking tracking);
  Tracking tracking() const;
  std::vector<HistoryEntry> history(std::string_view name);
  /// The override variants of a variable, in the order in which they were first set: the full name
  /// and the part after the variable's own.
  std::vector<std::pair<std::string, std::string>> variants(std::string_view name) const;
  /// Adds to the history what changed nothing: a ?= that came too late.
  void note(std::string_view name, std::string_view flag, const Origin& origin);

  struct State;

 private:
  friend class Step;
  // store.cc
  Result<void> set_unrecorded(std::string_view name, Value value, const Origin& origin);
  Result<void> add_pending(const Keyword& keyword, Value value, const Origin& origin);
  // store_overrides.cc
  Result<void> need_overrides();
  void set_overrides(std::vector<std::string> names);
  bool is_active(NameId key) const;
  Overridden& writable_overridden();
  void note_override(NameId name);
  void forget_override_list(NameId name);
  void forget_override(NameId name);
  Result<void> drop_overrides(NameId name);
  Result<void> overrides_changed(std::string_view name, const Value& value);
  Result<NameId> winning_override(NameId name);
  // reading.cc
  Result<std::string> substitute(std::string_view text, std::string_view for_variable,
                                 Parse* traced);
  Result<std::string> evaluate(std::string_view text, std::string_view for_variable, Parse* traced);
  bool applies(const Pending& pending) const;
  Result<void> apply_removes(const Variable* variable, std::set<std::string> removes,
                             Parse& result);
  Result<Value> raw_content(NameId name, Weak weak, const Variable* variable,
                            std::set<std::string>& removes, int mode);
  Result<void> apply_pending(const Variable& variable, Value& value);
  Result<Parsed> read(NameId name, Expand expand, Weak weak, int mode);
  Result<Parsed> read_flag(NameId name, std::string_view flag, Weak weak, int mode);
  Result<std::shared_ptr<Parse>> parse(Value value, std::string_view for_variable, int mode);
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A store kept as the value of a variable: BB_ORIGENV.
class StoreValue final : public Opaque {
 public:
  explicit StoreValue(std::shared_ptr<Store> store) : store_(std::move(store)) {}
  const std::shared_ptr<Store>& store() const { return store_; }

 private:
  std::shared_ptr<Store> store_;
};

}  // namespace hitz::data
