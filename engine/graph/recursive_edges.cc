// SPDX-License-Identifier: Apache-2.0
// recrdeptask. Every task has the set of recipes that lie below it; a recursive task needs the
// tasks it names of all of them, and then of what is below those, until nothing is added. Most
// tasks have exactly the set of the task before them, so sets are shared.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

#include "engine/graph/algorithms.h"
#include "engine/graph/task_edges.h"

namespace hitz::graph {

namespace {

constexpr std::uint32_t kNoSet = UINT32_MAX;

/// The recipes below each task, as a bit per recipe.
class RecipesBelow {
 public:
  RecipesBelow(const TaskEdges& needs, const TaskTable& table, std::size_t recipes)
      : needs_(needs), table_(table), words_((recipes + 63) / 64), set_of_(needs.size(), kNoSet) {
    sets_.assign(words_, 0);  // set 0 is the empty one
    fill();
  }

  std::size_t words() const { return words_; }
  /// The set of a task; of a task above a loop, where no set is ever known, the empty one.
  const std::uint64_t* set(TaskNumber number) const { return at(set_number(number)); }
  std::uint32_t set_number(TaskNumber number) const {
    return set_of_[number] == kNoSet ? 0 : set_of_[number];
  }
  const std::uint64_t* at(std::uint32_t set) const { return sets_.data() + set * words_; }

 private:
  void fill() {
    Edges forward;
    for (const auto& needs : needs_) forward.push(needs);
    Edges backward = reversed(forward);
    std::vector<std::uint32_t> open(needs_.size());
    TaskNumbers ready;
    for (TaskNumber number = 0; number < needs_.size(); ++number) {
      open[number] = static_cast<std::uint32_t>(needs_[number].size());
      if (open[number] == 0) ready.push_back(number);
    }
    for (std::size_t i = 0; i < ready.size(); ++i) {
      set_of_[ready[i]] = gather(ready[i]);
      for (auto user : backward.of(ready[i])) {
        if (--open[user] == 0) ready.push_back(user);
      }
    }
  }

  bool holds(std::uint32_t set, const std::vector<std::uint64_t>& all) const {
    return std::equal(all.begin(), all.end(), at(set));
  }

  std::uint32_t gather(TaskNumber number) {
    const auto& needs = needs_[number];
    if (needs.empty()) return 0;
    union_.assign(words_, 0);
    std::uint32_t merged = kNoSet;
    for (auto need : needs) {
      std::uint32_t set = set_of_[need];
      std::uint32_t recipe = table_.recipe(need).value;
      if (set != merged) {
        const std::uint64_t* from = at(set);
        for (std::size_t word = 0; word < words_; ++word) union_[word] |= from[word];
        merged = set;
      }
      union_[recipe / 64] |= std::uint64_t{1} << (recipe % 64);
    }
    for (auto need : needs) {
      if (holds(set_of_[need], union_)) return set_of_[need];
    }
    sets_.insert(sets_.end(), union_.begin(), union_.end());
    return static_cast<std::uint32_t>(sets_.size() / words_ - 1);
  }

  const TaskEdges& needs_;
  const TaskTable& table_;
  std::size_t words_;
  std::vector<std::uint32_t> set_of_;
  std::vector<std::uint64_t> sets_;
  std::vector<std::uint64_t> union_;
};

class Recursion {
 public:
  Recursion(DirectEdges& edges, const recipe::World& world, const TaskTable& table)
      : edges_(edges),
        table_(table),
        below_(edges.needs, table, world.recipes.size()),
        is_recursive_(table.size(), false) {
    for (const auto& recursive : edges.recursive) is_recursive_[recursive.task] = true;
  }

  void run() {
    for (bool grown = true; grown;) {
      grown = false;
      for (const auto& recursive : edges_.recursive) {
        if (grow(recursive.task)) grown = true;
      }
    }
    for (const auto& recursive : edges_.recursive) {
      if (recursive.names_itself == Recursive::NamesItself::Yes) selfish_.insert(recursive.task);
    }
    for (auto task : selfish_) {
      std::erase_if(edges_.needs[task], [&](auto need) { return selfish_.contains(need); });
    }
  }

 private:
  bool grow(TaskNumber number) {
    TaskNumbers found = named_below(number);
    add_from_recursive(number, found);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::erase(found, number);
    auto& needs = edges_.needs[number];
    TaskNumbers all;
    all.reserve(needs.size() + found.size());
    std::set_union(needs.begin(), needs.end(), found.begin(), found.end(), std::back_inserter(all));
    if (all.size() == needs.size()) return false;
    needs = std::move(all);
    return true;
  }

  /// What the recursion starts from: what the task needs, and what the tasks of recideptask are and
  /// need.
  TaskNumbers seeds(TaskNumber number) const {
    TaskNumbers out = edges_.needs[number];
    for (const auto& name : table_.task(number).recideptask) {
      auto other = table_.find(table_.recipe(number), name);
      if (!other) continue;
      out.push_back(*other);
      const auto& needs = edges_.needs[*other];
      out.insert(out.end(), needs.begin(), needs.end());
    }
    return out;
  }

  TaskNumbers named_below(TaskNumber number) const {
    std::vector<std::uint64_t> recipes(below_.words(), 0);
    std::set<std::uint32_t> merged;
    for (auto seed : seeds(number)) {
      if (!merged.insert(below_.set_number(seed)).second) continue;
      const std::uint64_t* set = below_.set(seed);
      for (std::size_t word = 0; word < recipes.size(); ++word) recipes[word] |= set[word];
    }
    TaskNumbers out;
    for (std::uint32_t word = 0; word < recipes.size(); ++word) {
      for (auto bits = recipes[word]; bits != 0; bits &= bits - 1) {
        recipe::RecipeId id{word * 64 + static_cast<std::uint32_t>(__builtin_ctzll(bits))};
        for (const auto& name : table_.task(number).recrdeptask) {
          if (auto task = table_.find(id, name)) out.push_back(*task);
        }
      }
    }
    return out;
  }

  /// Of what the recursive tasks below need, those that the task names as well.
  void add_from_recursive(TaskNumber number, TaskNumbers& out) const {
    const auto& names = table_.task(number).recrdeptask;
    for (auto need : edges_.needs[number]) {
      if (!is_recursive_[need]) continue;
      for (auto further : edges_.needs[need]) {
        const auto& name = table_.task(further).name;
        if (std::find(names.begin(), names.end(), name) != names.end()) out.push_back(further);
      }
    }
  }

  DirectEdges& edges_;
  const TaskTable& table_;
  RecipesBelow below_;
  std::vector<bool> is_recursive_;
  std::set<TaskNumber> selfish_;
};

}  // namespace

void add_recursive_edges(DirectEdges& edges, const recipe::World& world, const TaskTable& table) {
  if (!edges.recursive.empty()) Recursion(edges, world, table).run();
}

}  // namespace hitz::graph
