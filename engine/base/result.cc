// SPDX-License-Identifier: Apache-2.0
#include "engine/base/result.h"

namespace hitz {

std::string Error::text() const {
  if (kind == Kind::Handled && message.empty()) return "";
  std::string out = message;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    out += i == 0 ? "\nThe variable dependency chain for the failure is: " : " -> ";
    out += chain[i];
  }
  for (const auto& step : trail) out += "\n  " + step;
  return out;
}

Error& Error::while_doing(std::string what) {
  trail.push_back(std::move(what));
  return *this;
}

}  // namespace hitz
