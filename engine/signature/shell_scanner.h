// SPDX-License-Identifier: Apache-2.0
#pragma once
// The commands that a shell text runs, found without running it; results are kept by text.

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/findings.h"
#include "engine/base/result.h"
#include "engine/data/store.h"

namespace hitz::signature {

/// The names that scanned code holds, as numbers: worked out once for each text.
class CodeNames {
 public:
  struct Numbers {
    std::vector<data::NameId> references, execs;
  };
  /// The argument stays where it is for as long as this lives.
  const Numbers& of(const data::CodeRefs& refs, const data::Family& family);
  const std::vector<data::NameId>& of(const std::set<std::string>& commands,
                                      const data::Family& family);
  /// A name that is "NAME[FLAG]" taken apart.
  const std::pair<data::NameId, std::string>& flag(data::NameId whole, const data::Family& family);

 private:
  void use(const data::Family& family);
  std::shared_ptr<data::Names> names_;  // whose numbers these are
  std::unordered_map<const void*, Numbers> known_;
  std::unordered_map<std::uint32_t, std::pair<data::NameId, std::string>> flags_;
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
  /// Found there first, and kept there, from now on; null for nowhere.
  void remember(Findings* findings) { findings_ = findings; }

 private:
  using Known =
      std::unordered_map<std::string, std::set<std::string>, data::TextHash, std::equal_to<>>;
  Known known_[2];  // by release
  Findings* findings_ = nullptr;
  CodeNames names_;
};

}  // namespace hitz::signature
