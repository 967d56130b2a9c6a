// SPDX-License-Identifier: Apache-2.0
#pragma once
// The commands that a shell text runs, found without running it; results are kept by text.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/base/findings.h"
#include "engine/base/result.h"
#include "engine/data/store.h"

namespace hitz::signature {

/// What the hashes of one recipe at a time note of names: as many as a process has met, so one
/// table serves all recipes in turn.
class NameMarks {
 public:
  enum class Answer : char { Open, Yes, No };
  struct Mark {
    std::uint32_t owner = 0;
    std::uint32_t place = UINT32_MAX;  // of the name's node
    Answer counts = Answer::Open;      // whether it does where code calls it
    Answer complete = Answer::Open;    // whether it expands to a text without a reference
  };
  /// The next recipe takes over; what another noted is gone. Never 0.
  std::uint32_t take_over() { return owner_ = ++last_; }
  bool is_of(std::uint32_t owner) const { return owner != 0 && owner_ == owner; }
  Mark& operator[](data::NameId name) {
    if (marks_.size() <= name.value) marks_.resize(name.value + 1 + name.value / 2);
    Mark& out = marks_[name.value];
    if (out.owner != owner_) out = Mark{owner_};
    return out;
  }

 private:
  std::vector<Mark> marks_;
  std::uint32_t owner_ = 0, last_ = 0;
};

/// What names are to hashes, worked out once for all recipes of a process: the names that scanned
/// code holds, as numbers, and what a name is by its text.
class CodeNames {
 public:
  enum class Kind : char { Open, Variable, Flag, ModuleFunction };
  struct Numbers {
    std::vector<data::NameId> references, execs;
  };
  /// The argument stays where it is for as long as this lives.
  const Numbers& of(const data::CodeRefs& refs, const data::Family& family);
  const std::vector<data::NameId>& of(const std::set<std::string>& commands,
                                      const data::Family& family);
  /// A name that is "NAME[FLAG]" taken apart.
  using Flag = std::pair<data::NameId, std::string>;
  const Flag& flag(data::NameId whole, const data::Family& family);
  /// functions: the names of those of modules; the same table each time, to which names may come.
  Kind kind(data::NameId name, const std::unordered_set<std::string>& functions,
            const data::Family& family);
  /// The places of names in a list, sorted by the names, byte by byte; no name is there twice.
  std::vector<std::uint32_t> order(const std::vector<data::NameId>& list,
                                   const data::Family& family);
  /// What a room has worked out of something that stays where it is, for as long as names do.
  std::shared_ptr<void>& noted(const void* thing, const data::Family& family) {
    use(family);
    return noted_[thing];
  }
  /// One text for all that are equal, for as long as this lives.
  std::shared_ptr<const std::string> same(const std::string& text) {
    auto& known = texts_[text];
    if (known == nullptr) known = std::make_shared<const std::string>(text);
    return known;
  }

 private:
  void use(const data::Family& family);
  void rank();
  std::shared_ptr<data::Names> names_;  // whose numbers these are
  std::unordered_map<const void*, Numbers> known_;
  std::unordered_map<const void*, std::shared_ptr<void>> noted_;
  std::vector<std::unique_ptr<const Flag>> flags_;  // by name
  std::vector<Kind> kinds_;                         // by name
  std::size_t functions_ = 0;                       // how many there were when kinds_ was begun
  std::vector<data::NameId> ranked_;                // names that have been ordered, in order
  std::vector<data::NameId> met_;                   // others that have been ordered, as they came
  std::vector<std::uint32_t> ranks_;  // by name: its place among ranked_, if it has one
  std::unordered_map<std::string, std::shared_ptr<const std::string>> texts_;
};

/// One thread at a time.
class ShellScanner {
 public:
  using Release = data::Family::Release;

  /// Raw command words that the text does not define as functions itself. Substitutions inside
  /// words are followed, within double quotes by Wrynose alone; single quotes, here-documents and
  /// ${…} are not. Errors: the text is none that BitBake's grammar knows.
  Result<const std::set<std::string>*> commands(std::string_view text,
                                                Release release = Release::Wrynose);
  CodeNames& names() { return names_; }
  NameMarks& marks() { return marks_; }
  /// Found there first, and kept there, from now on; null for nowhere.
  void remember(Findings* findings) { findings_ = findings; }

 private:
  using Known =
      std::unordered_map<std::string, std::set<std::string>, data::TextHash, std::equal_to<>>;
  Known known_[2];  // by release
  Findings* findings_ = nullptr;
  CodeNames names_;
  NameMarks marks_;
};

}  // namespace hitz::signature
