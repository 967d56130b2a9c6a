// SPDX-License-Identifier: Apache-2.0
// What the cache of recipes keeps, and what makes it evaluate one again.

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "engine/base/file.h"
#include "tests/recipe/kept_world.h"
#include "tests/support/catch.h"

using namespace hitz;
using testing::Cache;
using testing::KeptWorld;
using testing::Parsed;

namespace {

constexpr const char* kSeven = R"(--> core/recipes/a_1.bb
inherit shared
SUMMARY = "${COLOUR}"
--> core/recipes/b_1.bb
require shared.inc
SUMMARY = "${@'big' if bb.utils.contains('FEATURES', 'big', True, False, d) else 'small'}"
do_build[vardeps] += "SUMMARY"
--> core/recipes/c_1.bb
require shared.inc
python () {
    if d.getVarFlag("COLOUR", "shade"):
        d.setVar("SUMMARY", "shaded")
}
--> core/recipes/d_1.bb
require shared.inc
include maybe.inc
--> core/recipes/e_1.bb
require shared.inc
SRC_URI = "file://e.txt"
--> core/recipes/f_1.bb
require shared.inc
import_it = "${@__import__('colours').NAME}"
SUMMARY = "${import_it}"
do_build[vardeps] += "SUMMARY"
--> core/recipes/g_1.bb
PV = "2"
BBCLASSEXTEND = "native"
--> core/recipes/shared.inc
LICENSE = "MIT"
--> core/recipes/files/e.txt
e
--> core/classes/shared.bbclass
SECTION = "base"
--> core/lib/colours/__init__.py
NAME = "colours"
)";

constexpr const char* kAll = "a_1.bb b_1.bb c_1.bb d_1.bb e_1.bb f_1.bb g_1.bb";

/// A world of seven recipes that has been parsed once.
KeptWorld parsed_world() {
  KeptWorld world(kSeven);
  Parsed first = world.parse();
  REQUIRE(first.error.empty());
  REQUIRE(first.parsed == kAll);
  return world;
}

/// What another parse evaluates; it must give what a parse without a cache gives.
std::string parsed_again(const KeptWorld& world) {
  Parsed kept = world.parse();
  Parsed anew = world.parse(Cache::Off);
  CHECK(kept.error == anew.error);
  CHECK(kept.records == anew.records);
  return kept.parsed;
}

}  // namespace

TEST_CASE("recipe: with nothing changed no recipe is evaluated again", "[recipe]") {
  auto world = parsed_world();
  Parsed again = world.parse();
  CHECK(again.parsed.empty());
  CHECK(again.cached == 7);
  CHECK(again.records == world.parse(Cache::Off).records);
}

TEST_CASE("recipe: what a build does not need of the hashes is worked out when it is needed",
          "[recipe]") {
  KeptWorld world(kSeven);
  Parsed whole = world.parse(Cache::Off);
  SECTION("a build works out those that it needs, and they are those of a whole parse") {
    Parsed built = world.parse_for({"b_1.bb", "g_1.bb"});
    CHECK(built.error.empty());
    CHECK(built.parsed == kAll);
    for (const char* file : {"b_1.bb", "g_1.bb"}) CHECK(built.records[file] == whole.records[file]);
    for (const char* file : {"a_1.bb", "c_1.bb"}) CHECK(built.records[file] != whole.records[file]);
  }
  SECTION("the next build has them, and what the others said was told") {
    world.parse_for({"b_1.bb"});
    Parsed next = world.parse_for({"b_1.bb", "g_1.bb"});
    CHECK(next.cached == 7);
    CHECK(next.parsed.empty());
    CHECK(next.records["b_1.bb"] == whole.records["b_1.bb"]);
    CHECK(next.records["g_1.bb"] == whole.records["g_1.bb"]);
  }
  SECTION("a parse of all works out the rest") {
    world.parse_for({"b_1.bb"});
    Parsed all = world.parse();
    CHECK(all.cached == 1);
    CHECK(all.parsed.empty());  // they say nothing, as they have said it
    CHECK(all.records == whole.records);
    CHECK(world.parse().cached == 7);
    CHECK(world.parse_for({"a_1.bb"}).records == whole.records);
  }
  SECTION("an edit between reaches recipes either way") {
    world.parse_for({"b_1.bb"});
    world.add("core/recipes/shared.inc", "COLOUR = \"blue\"\n");
    Parsed built = world.parse_for({"b_1.bb", "c_1.bb"});
    whole = world.parse(Cache::Off);
    CHECK(built.records["b_1.bb"] == whole.records["b_1.bb"]);
    CHECK(built.records["c_1.bb"] == whole.records["c_1.bb"]);
  }
}

TEST_CASE("recipe: what cannot be hashed is told by who needs its hash", "[recipe]") {
  KeptWorld world(kSeven);
  world.write("core/recipes/h_1.bb", "do_build () {\n    echo ${@nobody()}\n}\n");
  CHECK(world.parse_for({"a_1.bb"}).error.empty());
  Parsed needed = world.parse_for({"a_1.bb", "h_1.bb"});
  CHECK(needed.status == 1);
  CHECK(needed.error.find("nobody") != std::string::npos);
  Parsed all = world.parse();
  CHECK(all.status == 1);
  CHECK(all.error == world.parse(Cache::Off).error);
  CHECK(world.parse_for({"a_1.bb"}).error.empty());
}

TEST_CASE("recipe: many hashes are worked out by several processes", "[recipe]") {
  std::string text = kSeven;
  std::set<std::string> files;
  for (int i = 10; i < 50; ++i) {
    files.insert("r" + std::to_string(i) + "_1.bb");
    text += "--> core/recipes/r" + std::to_string(i) + "_1.bb\nSUMMARY = \"${PN} ${COLOUR}\"\n";
  }
  KeptWorld world(text);
  world.processes = 3;
  Parsed built = world.parse_for(files);
  CHECK(built.error.empty());
  Parsed whole = world.parse(Cache::Off);
  for (const auto& file : files) CHECK(built.records[file] == whole.records[file]);
  CHECK(world.parse().cached == 40);
}

TEST_CASE("recipe: a recipe may be the first one to call a module's function", "[recipe]") {
  KeptWorld world(std::string(kSeven) + R"(--> core/lib/colours/__init__.py
NAME = "colours"
BBIMPORTS = ["brushes"]
--> core/lib/colours/brushes.py
def brush():
    return "broad"
)");
  REQUIRE(world.parse().error.empty());
  world.write("core/recipes/h_1.bb", "do_build () {\n    echo ${@colours.brushes.brush()}\n}\n");
  CHECK(parsed_again(world) == "h_1.bb");
}

TEST_CASE("recipe: a value of local.conf that nobody looks at evaluates none", "[recipe]") {
  auto world = parsed_world();
  world.add("build/conf/local.conf", "NOBODY = \"looks\"\n");
  CHECK(parsed_again(world).empty());
  world.add("build/conf/local.conf", "NOBODY:append = \" here\"\nNOBODY[flag] = \"1\"\n");
  CHECK(parsed_again(world).empty());
}

TEST_CASE("recipe: a value of local.conf evaluates the recipes that look at it", "[recipe]") {
  auto world = parsed_world();
  SECTION("a feature that one asks for") {
    world.add("build/conf/local.conf", "FEATURES = \"big\"\n");
    CHECK(parsed_again(world) == "b_1.bb");
    world.add("build/conf/local.conf", "FEATURES = \"big\"\n# a comment\n");
    CHECK(parsed_again(world).empty());
    world.add("build/conf/local.conf", "FEATURES:append = \" small\"\n");
    CHECK(parsed_again(world) == "b_1.bb");
    world.add("build/conf/local.conf", "FEATURES:remove = \"big\"\n");
    CHECK(parsed_again(world) == "b_1.bb");
    world.add("build/conf/local.conf", "FEATURES:red = \"green\"\n");
    CHECK(parsed_again(world) == "b_1.bb");
    world.add("build/conf/local.conf", "FEATURES:blue = \"never counts\"\n");
    CHECK(parsed_again(world) == "b_1.bb");  // which overrides count is the recipe's to say
  }
  SECTION("a task's body refers to it in all") {
    world.add("build/conf/local.conf", "COLOUR = \"green\"\n");
    CHECK(parsed_again(world) == kAll);
  }
  SECTION("a flag alone") {
    world.add("build/conf/local.conf", "COLOUR[shade] = \"dark\"\n");
    CHECK(parsed_again(world) == kAll);
  }
  SECTION("a weak default, then a value that says the same") {
    world.add("build/conf/local.conf",
              "FEATURES ?"
              "?= \"big\"\n");
    CHECK(parsed_again(world) == "b_1.bb");
    world.add("build/conf/local.conf", "FEATURES = \"big\"\n");
    CHECK(parsed_again(world) == "b_1.bb");
  }
}

TEST_CASE("recipe: overrides that only one recipe has reach all, for all have looked", "[recipe]") {
  auto world = parsed_world();
  world.add("build/conf/local.conf", "COLOUR:g = \"green\"\n");
  CHECK(parsed_again(world) == kAll);
  world.add("build/conf/local.conf", "MACHINE = \"blue\"\n");
  CHECK(parsed_again(world) == kAll);
}

TEST_CASE("recipe: a change of what all share evaluates all, once", "[recipe]") {
  KeptWorld world = parsed_world();
  world.write("core/lib/colours/__init__.py", "NAME = 'hues'\n");
  CHECK(parsed_again(world) == kAll);
  CHECK(parsed_again(world).empty());
}

TEST_CASE("recipe: a file that a handler of the configuration writes evaluates those who read it",
          "[recipe]") {
  KeptWorld world(R"(--> core/conf/bitbake.conf
include conf/local.conf
require conf/names.inc
STAMP = "${TOPDIR}/stamps/${PN}"
INHERIT = "writer"
--> core/classes/writer.bbclass
addhandler write_it
write_it[eventmask] = "bb.event.ConfigParsed"
python write_it () {
    import shutil
    shutil.copy("@ROOT@/core/source.txt", "@ROOT@/core/recipes/written.inc")
}
--> core/source.txt
SUMMARY = "one"
--> core/recipes/a_1.bb
require written.inc
--> core/recipes/b_1.bb
LICENSE = "MIT"
)");
  REQUIRE(world.parse().parsed == "a_1.bb b_1.bb");
  for (int round = 0; round < 5; ++round) {
    CHECK(parsed_again(world).empty());
    world.write("core/source.txt", "SUMMARY = \"" + std::to_string(round) + "\"\n");
    CHECK(parsed_again(world) == "a_1.bb");
  }
}

TEST_CASE("recipe: a file touched without a change evaluates none", "[recipe]") {
  auto world = parsed_world();
  for (const char* name :
       {"core/recipes/shared.inc", "core/recipes/a_1.bb", "core/classes/shared.bbclass",
        "core/lib/colours/__init__.py", "build/conf/local.conf", "core/conf/bitbake.conf"})
    world.add(name, "");
  CHECK(parsed_again(world).empty());
}

TEST_CASE("recipe: a changed file evaluates those who read it", "[recipe]") {
  auto world = parsed_world();
  SECTION("an include of five") {
    world.add("core/recipes/shared.inc", "HOMEPAGE = \"http://example.org\"\n");
    CHECK(parsed_again(world) == "b_1.bb c_1.bb d_1.bb e_1.bb f_1.bb");
  }
  SECTION("a recipe") {
    world.add("core/recipes/a_1.bb", "# a comment\n");
    CHECK(parsed_again(world) == "a_1.bb");
  }
  SECTION("a class of one") {
    world.add("core/classes/shared.bbclass", "PR = \"r1\"\n");
    CHECK(parsed_again(world) == "a_1.bb");
  }
  SECTION("the class of all") {
    world.add("core/classes/base.bbclass", "PE = \"1\"\n");
    CHECK(parsed_again(world) == kAll);
  }
  SECTION("one of the same size") {
    world.write("core/recipes/shared.inc", "LICENSE = \"BSD\"\n");
    CHECK(parsed_again(world) == "b_1.bb c_1.bb d_1.bb e_1.bb f_1.bb");
  }
  SECTION("a link that leads elsewhere") {
    world.write("core/recipes/other.inc", "LICENSE = \"BSD\"\n");
    world.remove("core/recipes/shared.inc");
    REQUIRE(::symlink("other.inc", world.at("core/recipes/shared.inc").c_str()) == 0);
    CHECK(parsed_again(world) == "b_1.bb c_1.bb d_1.bb e_1.bb f_1.bb");
  }
  SECTION("a Python module of a layer reaches all") {
    world.write("core/lib/colours/__init__.py", "NAME = \"paints\"\n");
    CHECK(parsed_again(world) == kAll);
  }
}

TEST_CASE("recipe: a file that comes or goes evaluates those who looked for it", "[recipe]") {
  auto world = parsed_world();
  SECTION("an include that need not be there") {
    world.write("core/recipes/maybe.inc", "PR = \"r7\"\n");
    CHECK(parsed_again(world) == "d_1.bb");
    world.remove("core/recipes/maybe.inc");
    CHECK(parsed_again(world) == "d_1.bb");
  }
  SECTION("the same, earlier on the way") {
    world.write("core/maybe.inc", "PR = \"r7\"\n");
    CHECK(parsed_again(world) == "d_1.bb");
    world.write("core/recipes/maybe.inc", "PR = \"r8\"\n");
    CHECK(parsed_again(world) == "d_1.bb");
  }
  SECTION("a class earlier on BBPATH") {
    world.write("build/classes/shared.bbclass", "SECTION = \"other\"\n");
    CHECK(parsed_again(world) == "a_1.bb");
  }
  SECTION("a source in an earlier folder") {
    world.write("core/recipes/e/e.txt", "e\n");
    CHECK(parsed_again(world) == "e_1.bb");
    world.remove("core/recipes/e/e.txt");
    CHECK(parsed_again(world) == "e_1.bb");
  }
  SECTION("a new recipe") {
    world.write("core/recipes/h_1.bb", "PR = \"r1\"\n");
    CHECK(parsed_again(world) == "h_1.bb");
    world.remove("core/recipes/h_1.bb");
    CHECK(parsed_again(world).empty());
  }
  SECTION("an append") {
    world.write("core/recipes/g_%.bbappend", "PR = \"r1\"\n");
    CHECK(parsed_again(world) == "g_1.bb");
    world.write("core/recipes/g_%.bbappend", "PR = \"r2\"\n");
    CHECK(parsed_again(world) == "g_1.bb");
    world.remove("core/recipes/g_%.bbappend");
    CHECK(parsed_again(world) == "g_1.bb");
  }
}

TEST_CASE("recipe: a variable of the environment evaluates those who look at it", "[recipe]") {
  auto world = parsed_world();
  world.environment["FEATURES"] = "big";
  CHECK(parsed_again(world).empty());  // nobody has let it through
  world.environment["BB_ENV_PASSTHROUGH_ADDITIONS"] = "FEATURES";
  CHECK(parsed_again(world) == "b_1.bb");
  world.environment["FEATURES"] = "small";
  CHECK(parsed_again(world) == "b_1.bb");
}

TEST_CASE("recipe: another priority or pattern of its layer evaluates a recipe", "[recipe]") {
  auto world = parsed_world();
  world.add("core/conf/layer.conf", "BBFILE_PRIORITY_core = \"6\"\n");
  CHECK(parsed_again(world) == kAll);
}

TEST_CASE("recipe: BB_DONT_CACHE evaluates a recipe each time", "[recipe]") {
  auto world = parsed_world();
  world.add("core/recipes/c_1.bb", "BB_DONT_CACHE = \"1\"\n");
  CHECK(parsed_again(world) == "c_1.bb");
  CHECK(parsed_again(world) == "c_1.bb");
}

TEST_CASE("recipe: a recipe that cannot be parsed is told each time", "[recipe]") {
  auto world = parsed_world();
  world.add("core/recipes/c_1.bb", "this is no line\n");
  Parsed once = world.parse(), twice = world.parse();
  CHECK(once.status == 1);
  CHECK(once.error ==
        "ParseError at @ROOT@/core/recipes/c_1.bb:6: unparsed line: 'this is no line'\n"
        "  while parsing @ROOT@/core/recipes/c_1.bb");
  CHECK(twice.error == once.error);
  CHECK(twice.cached == 6);
}

TEST_CASE("recipe: a recipe that skips itself is kept with its reason", "[recipe]") {
  auto world = parsed_world();
  world.add("core/recipes/c_1.bb",
            "python () {\n    if d.getVar('MOOD') != 'good':\n"
            "        raise bb.parse.SkipRecipe('not in the mood')\n}\n");
  CHECK(parsed_again(world) == "c_1.bb");
  CHECK(parsed_again(world).empty());
  world.add("build/conf/local.conf", "MOOD = \"good\"\n");
  CHECK(parsed_again(world) == "c_1.bb");
}

TEST_CASE("recipe: a recipe that looks at all names is evaluated when one comes or goes",
          "[recipe]") {
  auto world = parsed_world();
  world.add("core/recipes/c_1.bb",
            "SUMMARY = \"${@' '.join(k for k in d.keys() if k.startswith('KEY'))}\"\n"
            "do_build[vardeps] += \"SUMMARY\"\n");
  CHECK(parsed_again(world) == "c_1.bb");
  world.add("build/conf/local.conf", "KEY_ONE = \"1\"\n");
  CHECK(parsed_again(world) == "c_1.bb");
  world.add("build/conf/local.conf", "KEY_ONE = \"2\"\n");
  CHECK(parsed_again(world).empty());
}

TEST_CASE("recipe: a damaged or foreign database is begun anew", "[recipe]") {
  auto world = parsed_world();
  SECTION("no database at all") {
    need(write_file(world.database(), "this is no database, and it is longer than a header is"));
    CHECK(parsed_again(world) == kAll);
  }
  SECTION("an empty file") {
    need(write_file(world.database(), ""));
    CHECK(parsed_again(world) == kAll);
  }
  SECTION("half of one") {
    std::string bytes = need(read_file(world.database()));
    need(write_file(world.database(), bytes.substr(0, bytes.size() / 2)));
    CHECK(parsed_again(world) == kAll);
  }
  SECTION("bytes that have changed") {
    // Whatever page they are in, the answer must not change, and the next run finds all again.
    std::string bytes = need(read_file(world.database()));
    for (std::size_t at = 4096; at < bytes.size(); at += 4096) {
      std::string damaged = bytes;
      for (std::size_t i = at; i < std::min(at + 64, damaged.size()); ++i) damaged[i] ^= 0x5a;
      need(write_file(world.database(), damaged));
      parsed_again(world);
      CHECK(parsed_again(world).empty());
    }
  }
  CHECK(parsed_again(world).empty());
}

TEST_CASE("recipe: two processes at once both tell the truth", "[recipe]") {
  auto world = parsed_world();
  world.add("core/recipes/shared.inc", "PR = \"r1\"\n");
  std::vector<pid_t> others;
  for (int i = 0; i < 3; ++i) others.push_back(world.start_parse());
  CHECK(world.parse().records == world.parse(Cache::Off).records);
  for (pid_t other : others) KeptWorld::wait_for(other);
  CHECK(parsed_again(world).empty());
}

TEST_CASE("recipe: a cache that cannot be written is told, and the answer is right", "[recipe]") {
  KeptWorld world(kSeven);
  SECTION("where a file stands in the way") {
    world.write("build/cache", "a file");
  }
  SECTION("where nothing can be written") {
    REQUIRE(::symlink("/dev/full", (world.at("build/cache-full")).c_str()) == 0);
    need(make_folders(world.at("build/cache")));
    REQUIRE(::symlink("/dev/full", world.database().c_str()) == 0);
  }
  Parsed parsed = world.parse();
  CHECK(parsed.status == 0);
  CHECK(parsed.parsed == kAll);
  REQUIRE(parsed.lines.size() == 1);
  CHECK(parsed.lines[0].starts_with("warning: recipes are not kept for the next run: "));
  CHECK(parsed.records == world.parse(Cache::Off).records);
}

TEST_CASE("recipe: a parse that is interrupted leaves a cache that can be used", "[recipe]") {
  auto world = parsed_world();
  for (useconds_t after = 1000; after < 80'000; after = after * 3 / 2) {
    world.add("core/recipes/shared.inc", "PR = \"r" + std::to_string(after) + "\"\n");
    pid_t process = world.start_parse();
    ::usleep(after);
    ::kill(process, SIGINT);
    KeptWorld::wait_for(process);
    Parsed kept = world.parse();
    CHECK(kept.error.empty());
    CHECK(kept.records == world.parse(Cache::Off).records);
  }
}
