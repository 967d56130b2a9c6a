// SPDX-License-Identifier: Apache-2.0
#pragma once
// Id<Tag>: a number that names one thing of one kind; IdVector: a table indexed by such an id.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace hitz {

template <class Tag>
struct Id {
  std::uint32_t value = UINT32_MAX;
  constexpr bool valid() const { return value != UINT32_MAX; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

template <class Key, class T>
class IdVector {
 public:
  IdVector() = default;
  explicit IdVector(std::size_t size, const T& filling = T()) : items_(size, filling) {}
  Key push(T item) {
    items_.push_back(std::move(item));
    return Key{static_cast<std::uint32_t>(items_.size() - 1)};
  }
  decltype(auto) operator[](Key id) { return items_[id.value]; }
  decltype(auto) operator[](Key id) const { return items_[id.value]; }
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<T> items_;
};

}  // namespace hitz

template <class Tag>
struct std::hash<hitz::Id<Tag>> {
  std::size_t operator()(hitz::Id<Tag> id) const noexcept { return id.value; }
};
