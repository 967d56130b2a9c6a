// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/cache/local_cache.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;
using hitz::testing::files_of;
using hitz::testing::picture_of;
using hitz::testing::TemporaryFolder;

namespace {

void set_time(const std::string& path, long seconds, long nanoseconds) {
  timespec times[2] = {{0, UTIME_OMIT}, {seconds, nanoseconds}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

/// Everything that an output may hold, with times that no clock gives by itself.
void make_tree(const TemporaryFolder& tmp, const std::string& name) {
  tmp.write(name + "/bin/tool", "#!/bin/sh\n", 0755);
  tmp.write(name + "/bin/su", "setuid", 04755);
  tmp.write(name + "/etc/secret", "for the owner", 0400);
  tmp.write(name + "/etc/empty", "");
  tmp.write(name + "/etc/a name\twith\nblanks and a \\", "odd");
  std::string zeros(3 << 20, '\0');
  tmp.write(name + "/zeros", zeros.append("end"));
  tmp.link(name + "/bin/sh", "tool");
  tmp.link(name + "/gone", "/no/where\n");
  need(make_folders(tmp.at(name + "/var/empty")));
  need(make_folders(tmp.at(name + "/var/closed")));
  tmp.write(name + "/var/closed/inside", "x");
  long nanoseconds = 1;
  for (const auto& path : need(tree_below(tmp.at(name)))) set_time(path, 1000000000, ++nanoseconds);
  set_time(tmp.at(name + "/gone"), -5, 7);
  REQUIRE(::chmod(tmp.at(name + "/var/closed").c_str(), 0555) == 0);
  set_time(tmp.at(name), 1234567890, 987654321);
}

}  // namespace

TEST_CASE("cache: an output comes back to the bit: contents, modes, links, times, empty folders",
          "[cache]") {
  TemporaryFolder made, again, store;
  make_tree(made, "work/image");
  auto cache = need(cache::LocalCache::open(store.path()));
  auto result = need(cache::capture(*cache, {made.at("work/image")}, made.path()));
  need(cache->record({"key"}, result));

  auto found = need(cache->find({"key"}));
  REQUIRE(found.has_value());
  need(cache::restore(*cache, *found, again.path()));
  CHECK(picture_of(again.at("work/image")) == picture_of(made.at("work/image")));
  CHECK(files_of(again.path()).find(".restoring") == std::string::npos);
}

TEST_CASE("cache: an output may be one file or one link", "[cache]") {
  TemporaryFolder made, again, store;
  set_time(made.write("deploy/bzImage", "kernel", 0600), 99, 5);
  set_time(made.link("deploy/latest", "bzImage"), 98, 4);
  auto cache = need(cache::LocalCache::open(store.path()));
  auto result = need(
      cache::capture(*cache, {made.at("deploy/bzImage"), made.at("deploy/latest")}, made.path()));
  need(cache::restore(*cache, result, again.path()));
  set_time(made.at("deploy"), 1, 1);
  set_time(again.at("deploy"), 1, 1);
  CHECK(picture_of(again.at("deploy")) == picture_of(made.at("deploy")));
}

TEST_CASE("cache: what a restored output held before is gone", "[cache]") {
  TemporaryFolder made, again, store;
  made.write("image/new", "1");
  again.write("image/old/file", "2");
  REQUIRE(::chmod(again.at("image/old").c_str(), 0555) == 0);
  auto cache = need(cache::LocalCache::open(store.path()));
  auto result = need(cache::capture(*cache, {made.at("image")}, made.path()));
  need(cache::restore(*cache, result, again.path()));
  CHECK(files_of(again.path()) == "image/new\n");
}

TEST_CASE("cache: an output that is not there, or that no cache can hold, is told by its path",
          "[cache]") {
  TemporaryFolder made, store;
  auto cache = need(cache::LocalCache::open(store.path()));
  auto missing = cache::capture(*cache, {made.at("nothing")}, made.path());
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().text() ==
        "cannot look at '" + made.at("nothing") + "': No such file or directory");

  made.write("image/file", "");
  REQUIRE(::mkfifo(made.at("image/pipe").c_str(), 0600) == 0);
  auto pipe = cache::capture(*cache, {made.at("image")}, made.path());
  REQUIRE_FALSE(pipe.has_value());
  CHECK(pipe.error().blame == Blame::Input);
  CHECK(pipe.error().text() == "the output " + made.at("image/pipe") +
                                   " is neither a file, a folder nor a link; it cannot be kept in "
                                   "the cache");
}

TEST_CASE("cache: the text of a result says all of it, whatever its names hold", "[cache]") {
  action::OutputNode node;
  node.type = action::OutputNode::Type::Link;
  node.path = "tab\tnewline\nbackslash\\t";
  node.target = "\\n\t\n";
  node.mode = 0777;
  node.mtime_ns = -1;
  action::ActionResult result{{{"a\nb", {node}}, {"empty", {}}}, "busybox\tdo_x", 42};
  auto again = need(cache::decode(cache::encode(result)));
  REQUIRE(again.outputs.size() == 2);
  CHECK(again.task == result.task);
  CHECK(again.took_ms == 42);
  CHECK(again.outputs[0].path == "a\nb");
  CHECK(again.outputs[1].nodes.empty());
  REQUIRE(again.outputs[0].nodes.size() == 1);
  const auto& read = again.outputs[0].nodes[0];
  CHECK(read.type == node.type);
  CHECK(read.path == node.path);
  CHECK(read.target == node.target);
  CHECK(read.mode == 0777);
  CHECK(read.mtime_ns == -1);
}

TEST_CASE("cache: the text of a result in another format is refused", "[cache]") {
  auto old = cache::decode("result 1\tx\t0\nO\tdeploy\nF\t\t420\tabc\t1\t\n");
  REQUIRE_FALSE(old.has_value());
  CHECK(old.error().text() == "a result of the action cache cannot be read: result 1\tx\t0");
}
