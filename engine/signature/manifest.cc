// SPDX-License-Identifier: Apache-2.0
// What a base hash covers, as those who explain it read it.

#include <algorithm>

#include "engine/signature/signature.h"

namespace hitz::signature {

const Node* Nodes::find(std::string_view name) const {
  std::uint32_t id = names->id(name).value;
  return id < places.size() && places[id] != kNone ? &all[places[id]] : nullptr;
}

std::optional<std::string> Manifest::value(std::string_view name) const {
  const Node* node = nodes->find(name);
  return node != nullptr && node->value ? std::optional(*node->value) : std::nullopt;
}

std::vector<std::string> Manifest::dependencies(std::string_view name) const {
  std::vector<std::string> out;
  if (const Node* node = nodes->find(name)) {
    for (std::uint32_t at : node->dependencies) out.push_back(nodes->text(nodes->all[at]));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace hitz::signature
