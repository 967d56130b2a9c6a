// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/watched_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "engine/base/file.h"
#include "engine/recipe/local_files.h"
#include "engine/recipe/record.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;
using recipe::WatchedFiles;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// After everything that the test has written.
std::int64_t later() {
  return recipe::file_clock_ns() + kSecond;
}

WatchedFiles known_from(const WatchedFiles& earlier) {
  WatchedFiles out(later());
  for (const auto& record : earlier.all()) out.add_known(record);
  return out;
}

/// Whether a later run finds the path as it was.
bool is_same(const WatchedFiles& earlier) {
  WatchedFiles now = known_from(earlier);
  return now.same(0);
}

/// A record of one recipe for each flag, which its second task has.
std::string record_with(const std::vector<std::string>& flags) {
  std::vector<recipe::Recipe> out;
  for (const auto& flag : flags) {
    recipe::Task task;
    task.file_checksums = flag;
    recipe::Recipe& recipe = out.emplace_back();
    recipe.tasks.push_back({});
    recipe.tasks.push_back(std::move(task));
  }
  return recipe::encode(out);
}

}  // namespace

TEST_CASE("recipe: a watched file is the same until its content changes", "[recipe]") {
  testing::TemporaryFolder folder;
  std::string path = folder.write("a", "text");
  WatchedFiles first(later());
  CHECK(first.number(path) == 0);
  CHECK(first.number(folder.at("nothing")) == 1);
  CHECK(first.number(path) == 0);
  CHECK(first.changed());
  CHECK(is_same(first));
  folder.write("a", "text");
  CHECK(is_same(first));
  folder.write("a", "next");
  CHECK_FALSE(is_same(first));
  REQUIRE(::unlink(path.c_str()) == 0);
  CHECK_FALSE(is_same(first));
  folder.write("a", "text");
  CHECK(is_same(first));
}

TEST_CASE("recipe: a path where nothing was is the same until something is", "[recipe]") {
  testing::TemporaryFolder folder;
  WatchedFiles first(later());
  first.number(folder.at("a"));
  CHECK(is_same(first));
  SECTION("a file") {
    folder.write("a", "");
  }
  SECTION("a folder") {
    need(make_folders(folder.at("a")));
  }
  SECTION("a link to one") {
    folder.link("a", ".");
  }
  CHECK_FALSE(is_same(first));
}

TEST_CASE("recipe: a watched folder changes with what it holds", "[recipe]") {
  testing::TemporaryFolder folder;
  need(make_folders(folder.at("a")));
  WatchedFiles first(later());
  first.number(folder.at("a"));
  CHECK(is_same(first));
  ::utimensat(AT_FDCWD, folder.at("a").c_str(), nullptr, 0);
  folder.write("a/b", "");
  CHECK_FALSE(is_same(first));
}

TEST_CASE("recipe: a file that may have changed while it was read is never the same", "[recipe]") {
  testing::TemporaryFolder folder;
  std::string path = folder.write("a", "text");
  WatchedFiles first(0);
  first.number(path);
  CHECK_FALSE(is_same(first));
  CHECK(recipe::may_have_changed(path, 0));
  CHECK_FALSE(recipe::may_have_changed(path, later()));
  CHECK_FALSE(recipe::may_have_changed(folder.at("nothing"), 0));
}

TEST_CASE("recipe: another file of the same size and time in its place is seen", "[recipe]") {
  testing::TemporaryFolder folder;
  std::string path = folder.write("a", "text");
  WatchedFiles first(later());
  first.number(path);
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  std::string other = folder.write("b", "next");
  const timespec times[2] = {info.st_atim, info.st_mtim};
  REQUIRE(::utimensat(AT_FDCWD, other.c_str(), times, 0) == 0);
  REQUIRE(::rename(other.c_str(), path.c_str()) == 0);
  CHECK_FALSE(is_same(first));
}

TEST_CASE("recipe: what is found different is known anew", "[recipe]") {
  testing::TemporaryFolder folder;
  std::string path = folder.write("a", "text");
  WatchedFiles first(later());
  first.number(path);
  folder.write("a", "next");
  WatchedFiles second = known_from(first);
  CHECK(second.number(path) == 0);
  CHECK_FALSE(second.same(0));
  CHECK(second.changed());
  WatchedFiles third = known_from(second);
  CHECK(third.same(0));
  CHECK_FALSE(third.changed());
}

TEST_CASE("recipe: local sources are the same while they are, and are not, where they were",
          "[recipe]") {
  testing::TemporaryFolder folder;
  std::string here = folder.write("here", ""), gone = folder.at("gone");
  std::string spaced = folder.write("with blanks in it", "");
  auto all_same = [](const std::vector<std::string>& flags) {
    return recipe::LocalFiles().same(recipe::file_checksums(record_with(flags)));
  };
  auto same = [&](const std::string& flag) { return all_same({flag}); };
  CHECK(same(""));
  CHECK(same(here + ":True " + gone + ":False"));
  CHECK_FALSE(same(here + ":False"));
  CHECK_FALSE(same(gone + ":True"));
  CHECK(same("\n " + spaced + ":True  \t" + here + ":True"));
  CHECK_FALSE(same(spaced + ":False"));
  CHECK(same(folder.at("no/such/folder/x") + ":False"));
  CHECK_FALSE(same(folder.at("no/such/folder/x") + ":True"));
  CHECK(same(folder.path() + ":True"));
  CHECK(same(folder.at("*.patch") + ":False"));
  CHECK_FALSE(all_same({"", gone + ":True"}));
}
