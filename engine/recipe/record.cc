// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/record.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/compression.h"

namespace hitz::recipe {

namespace {

// Another layout of the record is another number.
constexpr std::uint64_t kVersion = 9;
constexpr std::uint64_t kLikely = 64;  // no record makes room for more before it has been read

// One list of members for both directions: Direction is a Writing or a Reading.
template <class Direction, class TaskType>
void members_of_task(Direction& way, TaskType& task) {
  way.text(task.name);
  way.texts(task.predecessors);
  way.texts(task.depends);
  way.texts(task.rdepends);
  way.texts(task.deptask);
  way.texts(task.rdeptask);
  way.texts(task.recrdeptask);
  way.texts(task.recideptask);
  way.texts(task.mcdepends);
  way.truth(task.nostamp);
  way.truth(task.noexec);
  way.truth(task.fakeroot);
  way.text(task.network);
  way.text(task.file_checksums);
  way.text(task.stamp_extra_info);
  way.text(task.outputs);
  way.text(task.base_hash);
}

template <class Direction, class PackageType>
void members_of_package(Direction& way, PackageType& package) {
  way.texts(package.rdepends);
  way.texts(package.rrecommends);
  way.texts(package.rprovides);
}

template <class Direction, class RecipeType>
void members_of_recipe(Direction& way, RecipeType& recipe) {
  way.text(recipe.variant);
  way.text(recipe.pn);
  way.text(recipe.pe);
  way.text(recipe.pv);
  way.text(recipe.pr);
  way.text(recipe.pf);
  way.integer(recipe.default_preference);
  way.maybe(recipe.skipped);
  way.texts(recipe.provides);
  way.texts(recipe.rprovides);
  way.texts(recipe.packages_dynamic);
  way.packages(recipe.packages);
  way.texts(recipe.depends);
  way.texts(recipe.rdepends);
  way.texts(recipe.rrecommends);
  way.texts(recipe.inherits);
  way.truth(recipe.exclude_from_world);
  way.text(recipe.extra_depends);
  way.text(recipe.stamp);
  way.text(recipe.hash_filename);
  way.truth(recipe.complete);
}

class Writing {
 public:
  void text(const std::string& value) { bytes_.text(value); }
  void texts(const std::vector<std::string>& value) { bytes_.texts(value); }
  void truth(bool value) { bytes_.number(value ? 1 : 0); }
  // Small numbers of both signs: 0, -1, 1, -2 are 0, 1, 2, 3.
  void integer(int value) {
    auto wide = static_cast<std::int64_t>(value);
    bytes_.number(static_cast<std::uint64_t>(wide < 0 ? -2 * wide - 1 : 2 * wide));
  }
  void maybe(const std::optional<std::string>& value) {
    truth(value.has_value());
    if (value) text(*value);
  }
  void packages(const std::map<std::string, Package>& value) {
    bytes_.number(value.size());
    for (const auto& [name, package] : value) {
      text(name);
      members_of_package(*this, package);
    }
  }
  void count(std::size_t value) { bytes_.number(value); }
  std::string take() { return bytes_.take(); }

 private:
  ByteWriter bytes_;
};

class Reading {
 public:
  explicit Reading(std::string_view bytes) : bytes_(bytes) {}
  void text(std::string& value) { value = bytes_.text(); }
  void texts(std::vector<std::string>& value) { value = bytes_.texts(); }
  void truth(bool& value) { value = bytes_.number() != 0; }
  void integer(int& value) {
    std::uint64_t coded = bytes_.number();
    auto half = static_cast<std::int64_t>(coded / 2);
    value = static_cast<int>(coded % 2 == 0 ? half : -half - 1);
  }
  void maybe(std::optional<std::string>& value) {
    if (bytes_.number() != 0) value = std::string(bytes_.text());
  }
  void packages(std::map<std::string, Package>& value) {
    for (std::uint64_t left = bytes_.number(); left > 0 && bytes_.ok(); --left) {
      std::string name(bytes_.text());
      members_of_package(*this, value[std::move(name)]);
    }
  }
  std::string_view bytes() { return bytes_.text(); }
  void skip_texts() { bytes_.skip_texts(); }
  std::uint64_t count() { return bytes_.number(); }
  bool complete() const { return ok() && bytes_.at_end(); }
  bool ok() const { return bytes_.ok(); }

 private:
  ByteReader bytes_;
};

// What tasks say of files in file-checksums; variants mostly say the same.
std::vector<std::string> file_checksums_of(const std::vector<Recipe>& recipes) {
  std::vector<std::string> out;
  for (const auto& recipe : recipes) {
    for (const auto& task : recipe.tasks) {
      if (!task.file_checksums.empty() &&
          std::find(out.begin(), out.end(), task.file_checksums) == out.end())
        out.push_back(task.file_checksums);
    }
  }
  return out;
}

// Tells damage, not malice: packed tasks are unpacked long after the record has been accepted.
std::uint64_t mark_of(std::string_view packed) {
  return std::hash<std::string_view>()(packed);
}

}  // namespace

std::string Tasks::all_packed(const std::vector<Recipe>& variants) {
  Writing out;
  for (const auto& recipe : variants) {
    Writing one;
    one.count(recipe.tasks.size());
    for (const auto& task : recipe.tasks) members_of_task(one, task);
    out.text(one.take());
  }
  return zstd_compress(out.take());
}

std::vector<Task>& Tasks::read() const {
  auto packed = std::exchange(packed_, nullptr);
  if (!packed) return tasks_;
  const std::string bytes = zstd_decompress(*packed).value_or("");
  Reading all(bytes);
  for (std::size_t before = 0; before < variant_; ++before) all.bytes();
  Reading in(all.bytes());
  std::uint64_t left = in.count();
  tasks_.reserve(std::min(left, kLikely));
  for (; left > 0 && in.ok(); --left) members_of_task(in, tasks_.emplace_back());
  return tasks_;
}

std::string encode(const std::vector<Recipe>& recipes) {
  Writing out;
  out.count(kVersion);
  out.texts(file_checksums_of(recipes));
  out.count(recipes.size());
  for (const auto& recipe : recipes) members_of_recipe(out, recipe);
  const std::string tasks = Tasks::all_packed(recipes);
  out.count(mark_of(tasks));
  out.text(tasks);
  return out.take();
}

std::vector<std::string> file_checksums(std::string_view record) {
  Reading in(record);
  std::vector<std::string> out;
  if (in.count() == kVersion) in.texts(out);
  return out;
}

std::optional<std::vector<Recipe>> decode(std::string_view record, const RecipeFile& file) {
  Reading in(record);
  if (in.count() != kVersion) return std::nullopt;
  in.skip_texts();  // file_checksums()
  std::vector<Recipe> out;
  std::uint64_t left = in.count();
  out.reserve(std::min(left, kLikely));
  for (; left > 0 && in.ok(); --left) {
    Recipe& recipe = out.emplace_back();
    members_of_recipe(in, recipe);
    recipe.file = file.path;
    recipe.virtual_file = virtual_file(file, recipe.variant);
    recipe.appends = file.appends;
    recipe.layer = file.layer;
    recipe.priority = file.priority;
  }
  const std::uint64_t mark = in.count();
  auto tasks = std::make_shared<const std::string>(in.bytes());
  if (!in.complete() || mark_of(*tasks) != mark) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) out[i].tasks = Tasks(tasks, i);
  return out;
}

}  // namespace hitz::recipe
