// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/shell_scanner.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/text.h"
#include "engine/signature/shell_parser.h"
#include "engine/signature/shell_word.h"

namespace hitz::signature {

namespace {

using Role = ShellWord::Role;
using Release = ShellScanner::Release;

constexpr std::uint32_t kNew = UINT32_MAX, kMet = kNew - 1;  // of names without a rank
constexpr std::size_t kMoreNames = 1024;                     // tables by name grow by so many
constexpr char kFunctions[] = {'s', 'S'};                    // of Findings, by release

bool is_substitution(const WordPart& part) {
  return part.open == "`" || part.open == "$(";
}

// One text and the texts within it.
class Scan {
 public:
  explicit Scan(Release release) : release_(release) {}

  Result<void> text(std::string_view code) {
    auto program = parse_shell(code);
    if (!program) {
      auto lines = split(code, '\n');
      if (lines.size() > 5) lines.erase(lines.begin(), lines.end() - 5);
      return fail(std::move(
          program.error().while_doing("in shell code that ends with:\n" + join(lines, "\n"))));
    }
    functions_.insert(program->functions.begin(), program->functions.end());
    for (auto& words : program->commands) TRY_VOID(command(std::move(words)));
    return {};
  }

  std::set<std::string> result() && {
    for (const auto& name : functions_) commands_.erase(name);
    return std::move(commands_);
  }

 private:
  Result<void> command(std::vector<ShellWord> words) {
    TRY_VOID(substitutions(words));
    bool assigned = false;
    for (const auto& word : words) {
      bool counts = word.role == Role::Command || (assigned && word.role == Role::Argument);
      if (!counts) continue;
      if (word.text.find('=') != std::string::npos) {
        assigned = true;
      } else if (word.text == "eval") {
        return evaluated(words);
      } else {
        if (!word.text.starts_with('$')) commands_.insert(word.text);
        return {};
      }
    }
    return {};
  }

  Result<void> evaluated(const std::vector<ShellWord>& words) {
    std::string joined;
    for (std::size_t i = 1; i < words.size(); ++i) joined += (i > 1 ? " " : "") + words[i].text;
    return text(joined);
  }

  // Scans what the words substitute. A command word that holds a substitution is not known and is
  // dropped; Wrynose then also leaves out the word behind it (its list shrinks under the walk).
  Result<void> substitutions(std::vector<ShellWord>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].text.find_first_of("$`") == std::string::npos) continue;
      bool found = false;
      WordPart tree = TRY(read_word(words[i].text));
      for (const auto& part : tree.parts) found = TRY(substitution(part)) || found;
      if (!found || words[i].role != Role::Command) continue;
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
      if (release_ == Release::Scarthgap) --i;
    }
    return {};
  }

  Result<bool> substitution(const WordPart& part) {
    bool found = is_substitution(part);
    if (found) TRY_VOID(text(inner_text(part)));
    if (part.open != "\"" || release_ == Release::Scarthgap) return found;
    for (const auto& inner : part.parts) {
      if (!is_substitution(inner)) continue;
      found = true;
      TRY_VOID(text(inner_text(inner)));
    }
    return found;
  }

  Release release_;
  std::set<std::string> functions_;
  std::set<std::string> commands_;
};

}  // namespace

Result<const std::set<std::string>*> ShellScanner::commands(std::string_view text,
                                                            Release release) {
  const std::size_t which = release == Release::Scarthgap ? 1 : 0;
  auto& known = known_[which];
  if (auto found = known.find(text); found != known.end()) return &found->second;
  const char function = kFunctions[which];
  if (auto found = findings_ != nullptr ? findings_->find(function, text) : std::nullopt) {
    auto names = ByteReader(*found).texts();
    std::set<std::string> commands(names.begin(), names.end());
    return &known.emplace(std::string(text), std::move(commands)).first->second;
  }
  Scan scan(release);
  TRY_VOID(scan.text(text));
  const std::set<std::string>& out =
      known.emplace(std::string(text), std::move(scan).result()).first->second;
  if (findings_ != nullptr) {
    ByteWriter bytes;
    bytes.texts({out.begin(), out.end()});
    findings_->add(function, text, bytes.take());
  }
  return &out;
}

void CodeNames::use(const data::Family& family) {
  if (names_ == family.names) return;
  known_.clear();
  noted_.clear();
  flags_.clear();
  kinds_.clear();
  ranked_.clear();
  met_.clear();
  ranks_.clear();
  names_ = family.names;
}

CodeNames::Kind CodeNames::kind(data::NameId name, const std::unordered_set<std::string>& functions,
                                const data::Family& family) {
  use(family);
  if (functions.size() != functions_) kinds_.clear();
  functions_ = functions.size();
  if (kinds_.size() <= name.value) kinds_.resize(names_->size() + kMoreNames, Kind::Open);
  Kind& out = kinds_[name.value];
  if (out == Kind::Open) {
    const std::string& text = names_->text(name);
    const bool is_flag = text.ends_with(']') && text.find('[') != std::string::npos;
    out = functions.contains(text) ? Kind::ModuleFunction : is_flag ? Kind::Flag : Kind::Variable;
  }
  return out;
}

// The names that have come since the last time are ranked too as soon as there are many.
void CodeNames::rank() {
  auto before = [&](data::NameId a, data::NameId b) { return names_->before(a, b); };
  const auto known = static_cast<std::ptrdiff_t>(ranked_.size());
  ranked_.insert(ranked_.end(), met_.begin(), met_.end());
  met_.clear();
  std::sort(ranked_.begin() + known, ranked_.end(), before);
  std::inplace_merge(ranked_.begin(), ranked_.begin() + known, ranked_.end(), before);
  for (std::uint32_t rank = 0; rank < ranked_.size(); ++rank) ranks_[ranked_[rank].value] = rank;
}

// Recipes have mostly the same names, whose order is known; those of its own are put in between.
std::vector<std::uint32_t> CodeNames::order(const std::vector<data::NameId>& list,
                                            const data::Family& family) {
  use(family);
  if (ranks_.size() < names_->size()) ranks_.resize(names_->size() + kMoreNames, kNew);
  for (data::NameId name : list) {
    if (ranks_[name.value] != kNew) continue;
    ranks_[name.value] = kMet;
    met_.push_back(name);
  }
  if (met_.size() > ranked_.size() / 2 + kMoreNames) rank();
  constexpr std::size_t kBits = 64;
  std::vector<std::uint64_t> taken(ranked_.size() / kBits + 1);  // ranks, a bit for each
  std::vector<std::uint32_t> at_rank(ranked_.size()), known, own, out(list.size());
  for (std::uint32_t at = 0; at < list.size(); ++at) {
    const std::uint32_t rank = ranks_[list[at].value];
    if (rank >= kMet) {
      own.push_back(at);
      continue;
    }
    taken[rank / kBits] |= std::uint64_t{1} << rank % kBits;
    at_rank[rank] = at;
  }
  for (std::size_t word = 0; word < taken.size(); ++word) {
    for (std::uint64_t left = taken[word]; left != 0; left &= left - 1)
      known.push_back(at_rank[word * kBits + static_cast<std::size_t>(std::countr_zero(left))]);
  }
  auto before = [&](std::uint32_t a, std::uint32_t b) { return names_->before(list[a], list[b]); };
  std::sort(own.begin(), own.end(), before);
  std::merge(known.begin(), known.end(), own.begin(), own.end(), out.begin(), before);
  return out;
}

const CodeNames::Numbers& CodeNames::of(const data::CodeRefs& refs, const data::Family& family) {
  use(family);
  auto [known, fresh] = known_.try_emplace(&refs);
  Numbers& out = known->second;
  if (!fresh) return out;
  for (const auto& name : refs.references) out.references.push_back(names_->id(name));
  for (const auto& name : refs.execs) out.execs.push_back(names_->id(name));
  return out;
}

const std::vector<data::NameId>& CodeNames::of(const std::set<std::string>& commands,
                                               const data::Family& family) {
  use(family);
  auto [known, fresh] = known_.try_emplace(&commands);
  if (fresh) {
    for (const auto& name : commands) known->second.execs.push_back(names_->id(name));
  }
  return known->second.execs;
}

const CodeNames::Flag& CodeNames::flag(data::NameId whole, const data::Family& family) {
  use(family);
  if (flags_.size() <= whole.value) flags_.resize(names_->size() + kMoreNames);
  auto& known = flags_[whole.value];
  if (!known) {
    const std::string& text = names_->text(whole);
    std::size_t open = text.find('[');
    std::string flag = text.substr(open + 1, text.size() - open - 2);
    const data::NameId name = names_->id(text.substr(0, open));
    known = std::make_unique<const Flag>(name, std::move(flag));
  }
  return *known;
}

}  // namespace hitz::signature
