// SPDX-License-Identifier: Apache-2.0
// What os.path and bb answer in C beside what Python's own functions answer.
#include "engine/data/store.h"
#include "tests/support/catch.h"
#include "tests/support/python_house.h"
#include "tests/support/temporary_folder.h"

namespace hitz::python {

TEST_CASE("python: os.path answers as Python's own functions, whatever lies on the way",
          "[python]") {
  House house;
  testing::TemporaryFolder folder;
  folder.write("a/b/deep", "x");
  folder.write("a/file", "x");
  folder.link("link", "a/b");
  folder.link("broken", "nowhere");
  folder.link("round", "round");
  auto d = house.store({{"ROOT", folder.path().c_str()}});
  const char* differing =
      "(lambda r: [(name, p) for p in ('', '/', '//', '//a//b/', r, r + '/a/../a/./b/', "
      "r + '/link', r + '/link/../file', r + '/broken', r + '/broken/x', r + '/round/x', "
      "r + '/none/../a', r + '/none/x', r + '/none/x/../../link/deep', r + '/none/x/../y', r + "
      "'/nonesuch', "
      "r + '/a/file', r + '/a/file/x', '../..', '\\udcff', b'/', "
      "0)"
      " for name in ('exists', 'isfile', 'isdir', 'realpath') if not (p == 0 and name == "
      "'realpath')"
      " and getattr(os.path, name).__wrapped__(p) != getattr(os.path, name)(p)])(ROOT)";
  CHECK(house.evaluate(differing, *d).value() == "[]");
  CHECK(house.evaluate("os.path.realpath(ROOT + '/link/deep') == ROOT + '/a/b/deep'", *d).value() ==
        "True");
  CHECK(house.evaluate("os.path.exists('x\\0y')", *d).value() == "False");
  auto refused = house.evaluate("os.path.realpath('x\\0y')", *d);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("ValueError") != std::string::npos);
}

TEST_CASE("python: bb.utils.which tells all places up to the first that has the file", "[python]") {
  House house;
  testing::TemporaryFolder folder;
  folder.write("b/file", "x");
  auto d = house.store({{"ROOT", folder.path().c_str()}});
  CHECK(house
            .evaluate("str(bb.utils.which('%s/a:%s/b/:%s/c' % (ROOT, ROOT, ROOT), 'file', "
                      "history=True)).replace(ROOT, '')",
                      *d)
            .value() == "('/b/file', ['/a/file', '/b/file'])");
  CHECK(house.evaluate("bb.utils.which('/none:', 'no-such-file', history=True)", *d).value() ==
        "('', ['/none/no-such-file', 'no-such-file'])");
  CHECK(house.evaluate("bb.utils.which(None, '/')", *d).value() == "/");
}

TEST_CASE("python: a debug line that nobody hears is not made", "[python]") {
  House house;
  auto d = house.store({});
  const char* told = "bb.debug(1, 'said ', 'so')";
  house.python->hooks.hears = [](int) { return false; };
  REQUIRE(house.evaluate(told, *d));
  CHECK(house.log.empty());
  house.python->hooks.hears = [](int level) { return level >= 10; };
  REQUIRE(house.evaluate(told, *d));
  CHECK(house.log == std::vector<std::string>{"10 said so"});
}

}  // namespace hitz::python
