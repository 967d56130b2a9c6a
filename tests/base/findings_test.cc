// SPDX-License-Identifier: Apache-2.0
#include "engine/base/findings.h"

#include <unistd.h>

#include <functional>

#include "engine/base/file.h"
#include "engine/base/process.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;
using testing::TemporaryFolder;

namespace {

std::optional<std::string> found(Findings& findings, char function, std::string_view text) {
  auto out = findings.find(function, text);
  return out ? std::optional(std::string(*out)) : std::nullopt;
}

}  // namespace

TEST_CASE("base: what was found is found again in the next run", "[base]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/findings";
  {
    Findings first(path, "one");
    CHECK_FALSE(found(first, 'a', "text"));
    first.add('a', "text", "finding");
    first.add('b', "text", std::string("\0\xff", 2));
    CHECK(found(first, 'a', "text") == "finding");
    need(first.save());
  }
  Findings second(path, "one");
  CHECK(found(second, 'a', "text") == "finding");
  CHECK(found(second, 'b', "text") == std::string("\0\xff", 2));
  CHECK_FALSE(found(second, 'c', "text"));
  CHECK_FALSE(found(second, 'a', "another"));
  second.add('a', "another", "more");
  need(second.save());
  Findings third(path, "one");
  CHECK(found(third, 'a', "text") == "finding");
  CHECK(found(third, 'a', "another") == "more");
}

TEST_CASE("base: findings of another identity count for nothing, and make room", "[base]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/findings";
  Findings first(path, "one");
  first.add('a', "text", "finding");
  need(first.save());
  Findings second(path, "two");
  CHECK_FALSE(found(second, 'a', "text"));
  second.add('a', "text", "another");
  need(second.save());
  Findings third(path, "two"), fourth(path, "one");
  CHECK(found(third, 'a', "text") == "another");
  CHECK_FALSE(found(fourth, 'a', "text"));
}

TEST_CASE("base: what another process has found is taken in once", "[base]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/findings";
  Findings child(path, "one"), parent(path, "one");
  child.add('a', "text", "finding");
  parent.take_in(child.new_ones());
  CHECK(found(parent, 'a', "text") == "finding");
  CHECK(child.new_ones().empty());
  child.add('a', "more", "");
  parent.take_in(child.new_ones());
  CHECK(found(parent, 'a', "more") == "");
  parent.take_in("no such bytes");
  need(parent.save());
  Findings next(path, "one");
  CHECK(found(next, 'a', "text") == "finding");
}

TEST_CASE("base: forks know what others have found before them, and their parent too", "[base]") {
  TemporaryFolder folder;
  Findings parent(folder.path() + "/findings", "one");
  parent.add('a', "known", "before");
  parent.share();
  auto in_fork = [&](const std::function<bool()>& life) {
    int pid = ::fork();
    if (pid == 0) ::_exit(life() ? 0 : 1);
    return wait_for(pid) == 0;
  };
  const std::string large(100'000, 'x');
  CHECK(in_fork([&] {
    parent.add('a', "text", "finding");
    parent.add('a', "", large);
    return found(parent, 'a', "known") == "before";
  }));
  CHECK(in_fork(
      [&] { return found(parent, 'a', "text") == "finding" && found(parent, 'a', "") == large; }));
  parent.share();
  CHECK(found(parent, 'a', "text") == "finding");
  CHECK_FALSE(found(parent, 'b', "text"));
  // One that finds more than there is room for harms nobody.
  CHECK(in_fork([&] {
    for (int i = 0; i < 300; ++i) parent.add('c', std::to_string(i), large);
    return found(parent, 'c', "299") == large;
  }));
  CHECK(found(parent, 'c', "0") == large);
  CHECK_FALSE(found(parent, 'c', "299"));
}

TEST_CASE("base: a damaged file of findings finds nothing wrong", "[base]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/findings";
  Findings first(path, "one");
  for (int i = 0; i < 20; ++i) first.add('a', std::to_string(i), "finding " + std::to_string(i));
  need(first.save());
  const std::string whole = need(read_file(path));
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    for (bool cut : {false, true}) {
      std::string damaged = cut ? whole.substr(0, at) : whole;
      if (!cut) damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      need(write_file(path, damaged));
      Findings read(path, "one");
      for (int i = 0; i < 20; ++i) {
        auto finding = found(read, 'a', std::to_string(i));
        CHECK((!finding || *finding == "finding " + std::to_string(i)));
      }
    }
  }
}
