// SPDX-License-Identifier: Apache-2.0
#include "engine/base/result.h"

namespace hitz {

namespace {

constexpr std::size_t kLongChain =
    16;  // one of this length that meets a name again goes in circles

// "A -> B", or "A -> B -> A -> ... (97 more)" for one that goes in circles.
std::string chain_text(const std::vector<std::string>& chain) {
  std::string out;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    out += (i == 0 ? "" : " -> ") + chain[i];
    if (i > 0 && chain.size() > kLongChain && chain[i] == chain[0])
      return out + " -> ... (" + std::to_string(chain.size() - i - 1) + " more)";
  }
  return out;
}

}  // namespace

std::string Error::text() const {
  if (kind == Kind::Handled && message.empty()) return "";
  std::string out = message + hint;
  if (!chain.empty())
    out += "\nThe variable dependency chain for the failure is: " + chain_text(chain);
  for (std::size_t i = 0; i < trail.size();) {
    std::size_t next = i + 1;
    while (next < trail.size() && trail[next] == trail[i]) ++next;
    out += "\n  " + trail[i];
    if (next - i > 1) out += " (" + std::to_string(next - i) + " times)";
    i = next;
  }
  return out;
}

Error& Error::with_hint(std::string what) {
  hint = std::move(what);
  return *this;
}

Error& Error::while_doing(std::string what) {
  trail.push_back(std::move(what));
  return *this;
}

}  // namespace hitz
