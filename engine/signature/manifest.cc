// SPDX-License-Identifier: Apache-2.0
// What a base hash covers, as those who explain it read it.

#include <algorithm>

#include "engine/signature/signature.h"

namespace hitz::signature {

const Node* Nodes::find(std::string_view name) const {
  for (std::size_t at = places_.size(); at < all.size(); ++at)
    places_[all[at].name] = static_cast<std::uint32_t>(at);
  const auto* place = places_.find(names->id(name));
  return place != nullptr ? &all[*place] : nullptr;
}

std::optional<std::string> Manifest::value(std::string_view name) const {
  const Node* node = nodes->find(name);
  return node != nullptr && node->value ? std::optional(*node->value) : std::nullopt;
}

std::vector<std::string> Nodes::dependencies(const Node& node) const {
  std::vector<std::string> out;
  if (node.needs) {
    for (data::NameId name : *node.needs) out.push_back(names->text(name));
  }
  if (node.exports) {
    for (data::NameId name : exported) out.push_back(names->text(name));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string> Manifest::dependencies(std::string_view name) const {
  const Node* node = nodes->find(name);
  return node != nullptr ? nodes->dependencies(*node) : std::vector<std::string>();
}

}  // namespace hitz::signature
