// SPDX-License-Identifier: Apache-2.0
#include "engine/data/steps.h"

#include <utility>

#include "engine/data/clock.h"
#include "engine/data/variable.h"

namespace hitz::data {

Step::Step(Store& d, Steps* steps, std::uint32_t number, std::string_view name, Writes writes,
           std::string_view read)
    : d_(d), steps_(steps) {
  if (steps_ == nullptr) return;
  Store::State& s = *d.state_;
  name_ = s.id(name);
  Names::Facts facts = s.family.names->facts(name_);
  if (facts.pending && writes == Writes::Value) {
    name_ = s.id(keyword_of(name)->base);
    facts = s.family.names->facts(name_);
  }
  // Where the history is kept, where more depends on the value, or somebody is to be told of it.
  const bool plain = s.tracking == Store::Tracking::Off && !facts.old_syntax && !facts.pending &&
                     !is_clock(name_) && !s.override_sources->contains(name_) &&
                     !s.renamed->contains(s.text(facts.base));
  auto before = plain ? s.common(name_) : std::nullopt;
  auto also_read = read.empty() ? nullptr : s.common(s.id(read));
  if (!before || !also_read) {
    steps_ = nullptr;
    return;
  }
  before_ = std::move(*before);
  read_ = std::move(*also_read);
  key_ = {number, before_.get(), read_.get()};
  auto known = steps_->known_.find(key_);
  if (known == steps_->known_.end()) return;
  s.forget_expansions();
  if (facts.has_colon && writes == Writes::Value) d.note_override(name_);
  if (known->second.after != before_) s.put(name_, known->second.after);
  done_ = true;
}

void Step::learn() {
  if (steps_ == nullptr || done_) return;
  Store::State& s = *d_.state_;
  const auto* after = s.look_up(name_);
  if (after == nullptr) return;
  if (*after != before_) (*after)->common = true;
  steps_->known_.emplace(key_, Steps::Known{std::move(before_), std::move(read_), *after});
}

}  // namespace hitz::data
