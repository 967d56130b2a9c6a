// SPDX-License-Identifier: Apache-2.0
#include "sysroot/compose.h"

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;
using hitz::testing::files_of;
using hitz::testing::picture_of;
using hitz::testing::TemporaryFolder;

namespace {

struct stat status(const std::string& path) {
  struct stat out{};
  INFO(path);
  REQUIRE(::lstat(path.c_str(), &out) == 0);
  return out;
}

std::string message(const Result<void>& result) {
  return result ? "composed" : result.error().text();
}

}  // namespace

TEST_CASE("sysroot: files are hard links into their components, links are the same links",
          "[sysroot]") {
  TemporaryFolder tmp;
  tmp.write("zlib/usr/include/zlib.h", "z");
  tmp.write("zlib/usr/lib/libz.so.1", "so", 0755);
  tmp.link("zlib/usr/lib/libz.so", "libz.so.1");
  tmp.link("zlib/usr/gone", "/no/where");
  need(make_folders(tmp.at("zlib/usr/share/empty")));
  tmp.write("musl/usr/include/stdio.h", "s");
  need(sysroot::compose(tmp.at("root"), {tmp.at("musl"), tmp.at("zlib")}));

  CHECK(files_of(tmp.at("root")) ==
        "usr/gone\nusr/include/stdio.h\nusr/include/zlib.h\nusr/lib/libz.so\nusr/lib/libz.so.1\n");
  CHECK(status(tmp.at("root/usr/include/zlib.h")).st_ino ==
        status(tmp.at("zlib/usr/include/zlib.h")).st_ino);
  CHECK(status(tmp.at("root/usr/include/stdio.h")).st_nlink == 2);
  CHECK(need(read_file(tmp.at("root/usr/lib/libz.so"))) == "so");
  CHECK(S_ISLNK(status(tmp.at("root/usr/gone")).st_mode));
  CHECK(is_folder(tmp.at("root/usr/share/empty")));
}

TEST_CASE("sysroot: two components may bring the same folder, link or content", "[sysroot]") {
  TemporaryFolder tmp;
  for (const char* name : {"a", "b"}) {
    tmp.write(std::string(name) + "/etc/same", "content");
    tmp.link(std::string(name) + "/etc/link", "same");
  }
  CHECK(message(sysroot::compose(tmp.at("root"), {tmp.at("a"), tmp.at("b")})) == "composed");
  CHECK(status(tmp.at("root/etc/same")).st_ino == status(tmp.at("a/etc/same")).st_ino);
}

TEST_CASE("sysroot: a conflict names the path and both components, and changes nothing",
          "[sysroot]") {
  TemporaryFolder tmp;
  tmp.write("a/etc/file", "one");
  tmp.write("b/etc/file", "two");
  tmp.link("c/etc", "usr/etc");
  tmp.link("d/etc", "elsewhere");
  need(sysroot::compose(tmp.at("root"), {tmp.at("a")}));
  auto conflict = sysroot::compose(tmp.at("root"), {tmp.at("a"), tmp.at("b")});
  REQUIRE_FALSE(conflict.has_value());
  CHECK(conflict.error().blame == Blame::Input);
  CHECK(conflict.error().text() == "sysroot conflict: etc/file is brought by both " + tmp.at("a") +
                                       " and " + tmp.at("b") + ", with different contents");
  CHECK(message(sysroot::compose(tmp.at("root"), {tmp.at("a"), tmp.at("c")})) ==
        "sysroot conflict: etc is brought by both " + tmp.at("a") + " and " + tmp.at("c") +
            ", with different contents");
  CHECK(message(sysroot::compose(tmp.at("root"), {tmp.at("c"), tmp.at("d")})) ==
        "sysroot conflict: etc is brought by both " + tmp.at("c") + " and " + tmp.at("d") +
            ", with different contents");
  CHECK(need(read_file(tmp.at("root/etc/file"))) == "one");
}

TEST_CASE("sysroot: a component that is not there is named", "[sysroot]") {
  TemporaryFolder tmp;
  auto missing = sysroot::compose(tmp.at("root"), {tmp.at("lost")});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().blame == Blame::Environment);
  CHECK(missing.error().text() ==
        "the component " + tmp.at("lost") +
            " of a sysroot is not there; was its recipe's do_populate_sysroot lost?");
}

TEST_CASE("sysroot: composed again it holds what the components bring now, and only that",
          "[sysroot]") {
  TemporaryFolder tmp;
  tmp.write("a/usr/lib/liba.so", "1");
  tmp.write("a/was-file", "");
  tmp.write("a/was-folder/file", "");
  tmp.write("b/usr/share/b", "b");
  need(sysroot::compose(tmp.at("root"), {tmp.at("a"), tmp.at("b")}));

  need(remove_tree(tmp.at("a")));
  tmp.write("a/usr/lib/liba.so", "2");
  tmp.write("a/was-file/now-folder", "");
  tmp.link("a/was-folder", "usr");
  need(sysroot::compose(tmp.at("root"), {tmp.at("a")}));
  CHECK(files_of(tmp.at("root")) == "usr/lib/liba.so\nwas-file/now-folder\nwas-folder\n");
  CHECK(need(read_file(tmp.at("root/usr/lib/liba.so"))) == "2");
  CHECK_FALSE(exists(tmp.at("root/usr/share")));
  CHECK(exists(tmp.at("b/usr/share/b")));
}

TEST_CASE("sysroot: what is right already is left alone", "[sysroot]") {
  TemporaryFolder tmp;
  tmp.write("a/usr/lib/file", "1");
  tmp.link("a/usr/lib/link", "file");
  need(sysroot::compose(tmp.at("root"), {tmp.at("a")}));
  std::string before = picture_of(tmp.at("root"));
  auto link = status(tmp.at("root/usr/lib/link"));
  need(sysroot::compose(tmp.at("root"), {tmp.at("a")}));
  CHECK(picture_of(tmp.at("root")) == before);
  CHECK(status(tmp.at("root/usr/lib/link")).st_ino == link.st_ino);
}

TEST_CASE("sysroot: what an interrupted composition or a task left does not stay", "[sysroot]") {
  TemporaryFolder tmp;
  tmp.write("a/usr/lib/file", "right");
  tmp.write("a/usr/lib/removed", "x");
  tmp.write("root/left/over", "x");
  need(sysroot::compose(tmp.at("root"), {tmp.at("a")}));
  tmp.write("root/usr/lib/file", "changed by a task");
  tmp.write("root/usr/lib/file.tmp", "x");
  REQUIRE(::unlink(tmp.at("root/usr/lib/removed").c_str()) == 0);
  need(sysroot::compose(tmp.at("root"), {tmp.at("a")}));
  CHECK(files_of(tmp.at("root")) == "usr/lib/file\nusr/lib/removed\n");
  CHECK(need(read_file(tmp.at("root/usr/lib/file"))) == "right");
  CHECK(need(read_file(tmp.at("a/usr/lib/file"))) == "right");
}

TEST_CASE("sysroot: a slash at the end of a folder's name means nothing", "[sysroot]") {
  TemporaryFolder tmp;
  tmp.write("a/usr/file", "x");
  need(sysroot::compose(tmp.at("root/"), {tmp.at("a/")}));
  need(sysroot::compose(tmp.at("root"), {tmp.at("a//")}));
  CHECK(files_of(tmp.at("root")) == "usr/file\n");
}

TEST_CASE("sysroot: of no components it is an empty folder", "[sysroot]") {
  TemporaryFolder tmp;
  tmp.write("root/x", "");
  need(sysroot::compose(tmp.at("root"), {}));
  CHECK(is_folder(tmp.at("root")));
  CHECK(files_of(tmp.at("root")).empty());
}
