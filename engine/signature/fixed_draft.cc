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

void sort_out(FixedDraft& draft) {
  auto excluded = [&](NameId name) {
    return std::find(draft.excluded.begin(), draft.excluded.end(), name) != draft.excluded.end();
  };
  for (auto* list : {&draft.needs, &draft.execs}) {
    std::sort(list->begin(), list->end(), [](NameId a, NameId b) { return a.value < b.value; });
    list->erase(std::unique(list->begin(), list->end()), list->end());
    std::erase_if(*list, excluded);
    list->shrink_to_fit();
  }
}

// The flags that say what counts. Those that are expanded must hold nothing to expand.
struct Flags {
  std::optional<std::string> value, value_excluded;
  std::string words;
  bool function = false, python = false, fixed = true;

  void take(const std::string& name, const data::Value& value_of, FixedDraft& out,
            data::Names& names) {
    if (name == "func") function = data::is_true(value_of);
    if (name == "python") python = data::is_true(value_of);
    if (name == "vardepvalueexclude") value_excluded = text_or_none(value_of).value_or("");
    bool of_functions = name == "prefuncs" || name == "postfuncs" || name == "exports";
    bool counts = name == "vardeps" || name == "vardepsexclude" || name == "vardepvalue";
    if (!of_functions && !counts) return;
    std::string text = text_or_none(value_of).value_or("");
    if (text.find("${") != std::string::npos) fixed = false;
    if (name == "vardepvalue") value = text;
    if (name == "vardepsexclude") add_words(text, names, out.excluded);
    if (name == "vardeps") words += " " + text;
    if (of_functions) functions += " " + text;
  }
  std::string functions;
};

}  // namespace

FixedDrafts::FixedDrafts(ShellScanner& scanner, const std::string& excluded_flags)
    : scanner_(scanner), rules_(scanner.names().same(excluded_flags)) {
  for (auto& name : words(*rules_)) excluded_flags_.insert(std::move(name));
}

FixedDrafts::OfRecord& FixedDrafts::of(NameId name, const data::Variable& record) {
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
    sort_out(*known.own);
  }
  return known.own.get();
}

// Shell code is looked at as it expands: only what does not is the same everywhere.
Result<bool> FixedDrafts::function(const data::Variable& record, const std::string& text,
                                   data::Store& d, FixedDraft& out) {
  const data::Value* python = record.flag("python");
  if (python != nullptr && data::is_true(*python)) {
    out.code = TRY(d.family().python->scan(text));
    const CodeNames::Numbers& numbers = scanner_.names().of(*out.code, d.family());
    out.needs = numbers.references;
    out.execs = numbers.execs;
    return true;
  }
  if (text.find("${") != std::string::npos || !record.removes.empty()) return false;
  const auto* commands = TRY(scanner_.commands(text, d.family().release));
  out.execs = scanner_.names().of(*commands, d.family());
  out.exports = true;
  return true;
}

Result<FixedDraft> FixedDrafts::made(NameId name, const data::Variable& record, data::Store& d) {
  FixedDraft out;
  data::Names& names = *d.family().names;
  if (!always(record.appends) || !always(record.prepends)) return out;
  Flags flags;
  record.each_flag([&](const std::string& flag, const data::Value& value) {
    flags.take(flag, value, out, names);
    if (!excluded_flags_.empty() && !excluded_flags_.contains(flag))
      out.needs.push_back(names.flag(name, flag));
  });
  if (!flags.fixed) return FixedDraft();
  std::vector<NameId> of_flags = std::move(out.needs);
  out.needs.clear();
  if (flags.value) {
    out.value = shared(std::move(*flags.value));
  } else {
    data::Value raw = TRY(d.get(name, data::Expand::No));
    if (std::holds_alternative<std::shared_ptr<const data::Opaque>>(raw)) return FixedDraft();
    bool expands = data::text_of(raw) != nullptr;
    std::string text = text_or_none(std::move(raw)).value_or("");
    if (flags.function) {
      if (!TRY(function(record, text, d, out))) return FixedDraft();
      add_words(flags.functions, names, out.needs);
    } else if (expands && !text.empty()) {
      bool once = record.removes.empty() && find_references(text, names, out.references);
      if (!once || text.find("${@") != std::string::npos) return FixedDraft();
      if (std::find(out.references.begin(), out.references.end(), name) != out.references.end())
        return FixedDraft();
      out.needs = out.references;
    }
    out.value = shared(std::move(text));
  }
  if (flags.value_excluded) {
    if (out.code != nullptr && !out.code->contains.empty()) return FixedDraft();
    std::string text = *out.value;
    for (const auto& piece : split(*flags.value_excluded, '|')) text = replace_all(text, piece, "");
    out.value = shared(std::move(text));
  }
  out.needs.insert(out.needs.end(), of_flags.begin(), of_flags.end());
  add_words(flags.words, names, out.needs);
  out.fixed = true;
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
    out->needs = out->references;
    if (text) out->value = shared(std::move(*text));
    sort_out(*out);
  }
  known.flags.emplace_back(whole, std::move(out));
  return *known.flags.back().second;
}

}  // namespace hitz::signature
