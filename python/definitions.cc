// SPDX-License-Identifier: Apache-2.0
#include "python/definitions.h"

#include "python/fence.h"

namespace hitz::python {

void Definitions::note(std::string_view name, std::string_view text, Object code) {
  Name& known = names_[std::string(name)];
  const std::size_t before = known.codes.size();
  known.codes.insert_or_assign(std::string(text), std::move(code));
  known.present = text;
  if (before == 1 && known.codes.size() == 2) contested_.emplace_back(name);
  last_.reset();
}

Result<void> Definitions::prefer(data::Store& d, const Object& globals) {
  if (contested_.empty() || last_.lock().get() == &d) return {};
  for (const auto& name : contested_) {
    const data::Value value = d.own_content(name, data::Weak::Include);
    const std::string* text = data::text_of(value);
    Name& known = names_.at(name);
    if (text == nullptr || *text == known.present) continue;
    auto code = known.codes.find(*text);
    if (code == known.codes.end()) continue;
    Object done = Object::steal(PyEval_EvalCode(code->second.get(), globals.get(), globals.get()));
    if (!done) return fail(take_exception());
    known.present = *text;
  }
  last_ = d.weak_from_this();
  return {};
}

}  // namespace hitz::python
