// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/fixed_draft.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/data/expansion.h"
#include "engine/data/variable.h"
#include "engine/signature/truth.h"

namespace hitz::signature {

using data::NameId;

struct FixedDrafts::OfRecord {
  NameId name;
  std::shared_ptr<const std::string> rules;  // the same text is the same object
  bool asked_for_flags = false;
  std::unique_ptr<CountingFlags> counting;  // null when they are to be expanded
  std::unique_ptr<FixedDraft> own;
  std::vector<std::pair<NameId, std::unique_ptr<FixedDraft>>> flags;
};

namespace {

bool always(const std::vector<data::Pending>& pending) {
  return std::all_of(pending.begin(), pending.end(),
                     [](const data::Pending& one) { return one.overrides.empty(); });
}

void add_words(std::string_view text, data::Names& names, std::vector<NameId>& out) {
  for (const auto& word : words(text)) out.push_back(names.id(word));
}

// The references of a text whose expansion is over after one round when what they stand for holds
// no reference itself; false: it may take more.
bool find_references(const std::string& text, data::Names& names, std::vector<NameId>& out) {
  std::size_t marks = 0;
  for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 2))
    ++marks;
  if (marks == 0) return true;
  std::size_t done = 0;
  while (auto found = data::next_variable(text, done)) {
    bool glued = (found->begin > 0 && text[found->begin - 1] == '$') ||
                 (found->end < text.size() && text[found->end] == '{');
    if (glued) return false;
    out.push_back(names.id(found->inner));
    done = found->end;
    --marks;
  }
  return marks == 0;
}

}  // namespace

NameList in_order(std::vector<NameId> names) {
  if (names.empty()) return nullptr;
  std::sort(names.begin(), names.end(), [](NameId a, NameId b) { return a.value < b.value; });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return std::make_shared<const std::vector<NameId>>(std::move(names));
}

Result<CountingFlags> counting_flags(const data::Variable& record, data::Names& names,
                                     const ExpandFlag& expand) {
  CountingFlags out;
  std::optional<Error> trouble;
  auto add = [&](const std::string& flag, const data::Value& value) {
    if (std::string_view("efpv").find(flag[0]) == std::string_view::npos) return;
    if (flag == "filename") return;  // every function has it
    if (flag == "func") out.function = data::is_true(value);
    if (flag == "python") out.python = data::is_true(value);
    if (flag == "vardepvalueexclude") out.value_excluded = text_or_none(value).value_or("");
    const bool whole = flag == "vardepvalue";
    auto* listed = flag == "vardeps"                                                ? &out.needs
                   : flag == "vardepsexclude"                                       ? &out.excluded
                   : flag == "prefuncs" || flag == "postfuncs" || flag == "exports" ? &out.functions
                                                                                    : nullptr;
    if (!whole && listed == nullptr) return;
    std::string text = text_or_none(value).value_or("");
    if (text.find("${") != std::string::npos) {
      auto expanded = expand(flag, text);
      if (!expanded) {
        trouble = std::move(expanded.error());
        return;
      }
      text = std::move(*expanded);
    }
    if (whole) {
      out.value = std::move(text);
    } else {
      add_words(text, names, *listed);
    }
  };
  record.each_flag(add);
  if (trouble) return fail(std::move(*trouble));
  return out;
}

std::string CountingFlags::without_excluded(std::string text) const {
  if (!value_excluded) return text;
  for (const auto& piece : split(*value_excluded, '|')) text = replace_all(text, piece, "");
  return text;
}

FixedDrafts::FixedDrafts(ShellScanner& scanner, const std::string& excluded_flags,
                         const data::NameSet& ignored)
    : scanner_(scanner), ignored_(ignored) {
  for (auto& name : words(excluded_flags)) excluded_flags_.insert(std::move(name));
  std::string rules = excluded_flags + "\n";
  for (NameId name : ignored) rules += std::to_string(name.value) + " ";
  rules_ = scanner.names().same(rules);
}

// What counts for nobody, or not here, is left out.
void FixedDrafts::sort_out(FixedDraft& draft, std::vector<NameId>&& needs) const {
  auto left_out = [&](NameId name) {
    return ignored_.contains(name) ||
           std::find(draft.excluded.begin(), draft.excluded.end(), name) != draft.excluded.end();
  };
  std::erase_if(needs, left_out);
  std::erase_if(draft.execs, left_out);
  draft.needs = in_order(std::move(needs));
}

FixedDrafts::OfRecord& FixedDrafts::of(NameId name, const data::Variable& record) const {
  auto* known = static_cast<OfRecord*>(record.noted.get());
  if (known == nullptr || known->name != name || known->rules != rules_) {
    auto fresh = std::make_shared<OfRecord>();
    fresh->name = name;
    fresh->rules = rules_;
    known = fresh.get();
    record.noted = std::move(fresh);
  }
  return *known;
}

Result<const FixedDraft*> FixedDrafts::variable(NameId name, const data::Variable& record,
                                                data::Store& d) {
  OfRecord& known = of(name, record);
  if (known.own == nullptr) {
    known.own = std::make_unique<FixedDraft>(TRY(made(name, record, d)));
  }
  return known.own.get();
}

const CountingFlags* FixedDrafts::flags(NameId name, const data::Variable& record,
                                        data::Names& names) {
  OfRecord& known = of(name, record);
  if (!known.asked_for_flags) {
    bool fixed = true;
    auto found = counting_flags(record, names, [&](const std::string&, const std::string& text) {
      fixed = false;
      return Result<std::string>(text);
    });
    if (found && fixed) known.counting = std::make_unique<CountingFlags>(std::move(*found));
    known.asked_for_flags = true;
  }
  return known.counting.get();
}

// Shell code is looked at as it expands: only what does not is the same everywhere.
Result<bool> FixedDrafts::function(const data::Variable& record, bool python,
                                   const std::string& text, data::Store& d, FixedDraft& out,
                                   std::vector<NameId>& needs) {
  if (python) {
    out.code = TRY(d.family().python->scan(text));
    const CodeNames::Numbers& numbers = scanner_.names().of(*out.code, d.family());
    needs = numbers.references;
    out.execs = numbers.execs;
    return true;
  }
  if (text.find("${") != std::string::npos || !record.removes().empty()) return false;
  const auto* commands = TRY(scanner_.commands(text, d.family().release));
  out.execs = scanner_.names().of(*commands, d.family());
  out.exports = true;
  return true;
}

Result<FixedDraft> FixedDrafts::made(NameId name, const data::Variable& record, data::Store& d) {
  FixedDraft out;
  data::Names& names = *d.family().names;
  if (!always(record.appends()) || !always(record.prepends())) return out;
  const CountingFlags* counting = flags(name, record, names);
  if (counting == nullptr) return out;
  out.excluded = counting->excluded;
  std::vector<NameId> needs;
  auto add = [&](const std::vector<NameId>& more) {
    needs.insert(needs.end(), more.begin(), more.end());
  };
  if (counting->value) {
    out.value = shared(*counting->value);
  } else {
    data::Value raw = TRY(d.get(name, data::Expand::No));
    if (std::holds_alternative<std::shared_ptr<const data::Opaque>>(raw)) return FixedDraft();
    bool expands = data::text_of(raw) != nullptr;
    std::string text = text_or_none(std::move(raw)).value_or("");
    if (counting->function) {
      if (!TRY(function(record, counting->python, text, d, out, needs))) return FixedDraft();
      add(counting->functions);
    } else if (expands && !text.empty()) {
      bool once = record.removes().empty() && find_references(text, names, out.references);
      if (!once || text.find("${@") != std::string::npos) return FixedDraft();
      if (std::find(out.references.begin(), out.references.end(), name) != out.references.end())
        return FixedDraft();
      needs = out.references;
    }
    out.value = shared(std::move(text));
  }
  if (counting->value_excluded) {
    if (out.code != nullptr && !out.code->contains.empty()) return FixedDraft();
    out.value = shared(counting->without_excluded(*out.value));
  }
  add(counting->needs);
  add_flags(name, record, names, needs);
  sort_out(out, std::move(needs));
  out.fixed = true;
  return out;
}

void FixedDrafts::add_flags(NameId name, const data::Variable& record, data::Names& names,
                            std::vector<NameId>& out) const {
  if (excluded_flags_.empty()) return;
  record.each_flag([&](const std::string& flag, const data::Value&) {
    if (!excluded_flags_.contains(flag)) out.push_back(names.flag(name, flag));
  });
}

const FixedDraft& FixedDrafts::module_function(const data::PythonHost::ModuleFunction& function,
                                               const data::Family& family) {
  struct Kept {
    std::shared_ptr<const std::string> rules;
    FixedDraft draft;
  };
  auto& noted = scanner_.names().noted(&function, family);
  auto* known = static_cast<Kept*>(noted.get());
  if (known != nullptr && known->rules == rules_) return known->draft;
  auto fresh = std::make_shared<Kept>();
  fresh->rules = rules_;
  FixedDraft& out = fresh->draft;
  const CodeNames::Numbers& numbers = scanner_.names().of(function.refs, family);
  out.value = shared(function.value);
  out.code = &function.refs;
  out.execs = numbers.execs;
  sort_out(out, std::vector<NameId>(numbers.references));
  out.fixed = true;
  noted = std::move(fresh);
  return out;
}

const FixedDraft& FixedDrafts::flag(NameId name, const data::Variable& record, NameId whole,
                                    const std::string& flag, data::Store& d) {
  OfRecord& known = of(name, record);
  for (const auto& [id, draft] : known.flags) {
    if (id == whole) return *draft;
  }
  auto out = std::make_unique<FixedDraft>();
  if (flag == "vardepvalueexclude") {
    out->value = shared("");
    out->fixed = true;
  } else if (!flag.empty() && flag[0] != '_') {
    const data::Value* value = record.flag(flag);
    auto text = value != nullptr ? text_or_none(*value) : std::nullopt;
    bool expands = value != nullptr && data::text_of(*value) != nullptr;
    out->fixed = !expands || (text->find("${@") == std::string::npos &&
                              find_references(*text, *d.family().names, out->references));
    if (text) out->value = shared(std::move(*text));
    sort_out(*out, std::vector<NameId>(out->references));
  }
  known.flags.emplace_back(whole, std::move(out));
  return *known.flags.back().second;
}

}  // namespace hitz::signature
