// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts of the language, cut, joined and spoilt. The same seed gives the same texts everywhere.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hitz::fuzz {

/// splitmix64.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : next() % bound; }
  bool one_in(std::size_t many) { return below(many) == 0; }

 private:
  std::uint64_t state_;
};

class Mutator {
 public:
  /// The texts that are cut and joined.
  Mutator(std::vector<std::string> seeds, std::uint64_t seed);

  /// A text of a few seeds, spoilt.
  std::string text();
  /// A value as it stands between quotes: references, Python, nesting.
  std::string value(std::size_t depth = 0);
  /// A line of the language that means something more often than not.
  std::string statement();
  std::string name();
  Chance& chance() { return chance_; }

 private:
  void spoil(std::string& text);
  const std::string& seed();

  Chance chance_;
  std::vector<std::string> seeds_;
};

}  // namespace hitz::fuzz
