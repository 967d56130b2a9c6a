// SPDX-License-Identifier: Apache-2.0
// What a parse that found nothing changed has told is told again while all that it rested on
// stands.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "engine/base/file.h"
#include "tests/recipe/kept_world.h"
#include "tests/support/catch.h"

using namespace hitz;
using testing::Cache;
using testing::KeptWorld;
using testing::Parsed;

namespace {

constexpr const char* kWorld = R"(--> core/recipes/one_1.bb
SUMMARY = "${ASKED} ${MACHINE}"
do_build[vardeps] += "SUMMARY"
--> data/text
one
--> data/folder/a
)";

/// A world whose configuration sets ASKED to a Python expression; DATA is the folder that it asks
/// about.
class Resting {
 public:
  explicit Resting(const std::string& expression) : world_(kWorld) {
    world_.retells = true;
    world_.add("core/conf/bitbake.conf",
               "DATA = \"@ROOT@/data\"\nASKED := \"${@" + expression + "}\"\n");
    (void)world_.parse();
    (void)world_.parse();
  }

  KeptWorld& world() { return world_; }

  /// Whether the next parse tells again what an earlier one did; it must be what a parse without
  /// all that gives.
  bool stands() const {
    Parsed kept = world_.parse(), anew = world_.parse(Cache::Off);
    CHECK(kept.error == anew.error);
    CHECK(kept.lines == anew.lines);
    CHECK(kept.records == anew.records);
    (void)world_.parse();  // one that finds nothing changed
    return kept.retold;
  }

 private:
  KeptWorld world_;
};

}  // namespace

TEST_CASE("recipe: what was told is told again while nothing has changed", "[recipe]") {
  Resting resting("'x'");
  CHECK(resting.stands());
  CHECK(resting.stands());
  resting.world().write("data/unasked", "");
  CHECK(resting.stands());
}

TEST_CASE("recipe: an edit of any file of the configuration is seen", "[recipe]") {
  for (const char* file :
       {"build/conf/local.conf", "core/conf/bitbake.conf", "core/conf/layer.conf",
        "core/classes/base.bbclass", "core/recipes/one_1.bb", "core/lib/colours/__init__.py"}) {
    INFO(file);
    Resting resting("'x'");
    CHECK(resting.stands());
    resting.world().add(file, "\n");
    CHECK_FALSE(resting.stands());
    CHECK(resting.stands());
  }
}

TEST_CASE("recipe: a recipe, an append or a configuration file that appears or goes is seen",
          "[recipe]") {
  for (const char* file : {"core/recipes/two_1.bb", "core/recipes/one_1.bbappend"}) {
    INFO(file);
    Resting resting("'x'");
    const std::string text = "SUMMARY = \"another\"\n";
    resting.world().write(file, text);
    CHECK_FALSE(resting.stands());
    CHECK(resting.stands());
    resting.world().remove(file);
    CHECK_FALSE(resting.stands());
  }
  Resting resting("'x'");
  resting.world().add("core/conf/bitbake.conf", "include conf/site.conf\n");
  CHECK_FALSE(resting.stands());
  CHECK(resting.stands());
  resting.world().write("build/conf/site.conf", "MACHINE = \"blue\"\n");
  CHECK_FALSE(resting.stands());
  resting.world().remove("build/conf/site.conf");
  CHECK_FALSE(resting.stands());
}

TEST_CASE("recipe: a folder that BBFILES names counts before it is there", "[recipe]") {
  KeptWorld world(kWorld);
  world.retells = true;
  world.add("core/conf/layer.conf",
            "BBFILES += \"${LAYERDIR}/more/*.bb ${LAYERDIR}/deep-*/*/*.bb ${LAYERDIR}/tree\"\n");
  for (const char* file :
       {"core/more/two_1.bb", "core/deep-a/b/three_1.bb", "core/tree/of/four_1.bb"}) {
    INFO(file);
    (void)world.parse();
    (void)world.parse();
    REQUIRE(world.parse().retold);
    world.write(file, "SUMMARY = \"new\"\n");
    Parsed kept = world.parse();
    CHECK_FALSE(kept.retold);
    CHECK(kept.records == world.parse(Cache::Off).records);
  }
}

TEST_CASE("recipe: what Python code of the configuration has asked is asked again", "[recipe]") {
  SECTION("whether something is there") {
    Resting resting("os.path.exists(d.getVar('DATA') + '/new')");
    CHECK(resting.stands());
    resting.world().write("data/new", "");
    CHECK_FALSE(resting.stands());
    resting.world().remove("data/new");
    CHECK_FALSE(resting.stands());
  }
  SECTION("what a file says") {
    Resting resting("open(d.getVar('DATA') + '/text').read().strip()");
    CHECK(resting.stands());
    resting.world().write("data/text", "two\n");
    CHECK_FALSE(resting.stands());
  }
  SECTION("what a folder holds") {
    Resting resting("' '.join(sorted(os.listdir(d.getVar('DATA') + '/folder')))");
    CHECK(resting.stands());
    resting.world().write("data/folder/b", "");
    CHECK_FALSE(resting.stands());
  }
  SECTION("where a link leads to") {
    Resting resting("os.path.realpath(d.getVar('DATA') + '/link')");
    CHECK(resting.stands());
    REQUIRE(::symlink("folder", resting.world().at("data/link").c_str()) == 0);
    CHECK_FALSE(resting.stands());
    CHECK(resting.stands());
  }
}

TEST_CASE("recipe: a link of the way to a file counts", "[recipe]") {
  Resting resting(
      "open(d.getVar('DATA') + '/way/text').read().strip() "
      "if os.path.exists(d.getVar('DATA') + '/way/text') else 'none'");
  CHECK(resting.stands());
  resting.world().write("data/other/text", "other\n");
  REQUIRE(::symlink(".", resting.world().at("data/way").c_str()) == 0);
  CHECK_FALSE(resting.stands());
  CHECK(resting.stands());
  resting.world().remove("data/way");
  REQUIRE(::symlink("other", resting.world().at("data/way").c_str()) == 0);
  CHECK_FALSE(resting.stands());
}

TEST_CASE("recipe: a program that bb.process.run() starts is run again, and what it says counts",
          "[recipe]") {
  for (const char* expression :
       {"bb.process.run('cat text', cwd=d.getVar('DATA'))[0].strip()",
        "bb.process.run(['cat', 'text'], cwd=d.getVar('DATA'))[0].strip()",
        "bb.process.run('cat text >&2', cwd=d.getVar('DATA'))[1].strip()"}) {
    INFO(expression);
    Resting resting(expression);
    CHECK(resting.stands());
    resting.world().write("data/text", "two\n");
    CHECK_FALSE(resting.stands());
    CHECK(resting.stands());
  }
}

TEST_CASE("recipe: the status of a program counts", "[recipe]") {
  Resting resting("'x'");
  resting.world().add("core/classes/base.bbclass", R"(
def ended(d):
    try:
        bb.process.run('test -e new', cwd=d.getVar('DATA'))
    except bb.process.ExecutionError as error:
        return error.exitcode
    return 0
ENDED := "${@ended(d)}"
ASKED .= "${ENDED}"
)");
  CHECK_FALSE(resting.stands());
  CHECK(resting.stands());
  resting.world().write("data/new", "");
  CHECK_FALSE(resting.stands());
}

TEST_CASE("recipe: nothing is told again after a program that cannot be asked again", "[recipe]") {
  for (const char* expression :
       {"__import__('subprocess').getoutput('cat ' + d.getVar('DATA') + '/text')",
        "os.popen('cat ' + d.getVar('DATA') + '/text').read().strip()",
        "bb.process.run('cat', input='text')[0]"}) {
    INFO(expression);
    Resting resting(expression);
    CHECK_FALSE(resting.stands());
    CHECK_FALSE(resting.stands());
  }
}

TEST_CASE("recipe: what the configuration does to files is done anew", "[recipe]") {
  SECTION("a folder is made when it is gone") {
    Resting resting("bb.utils.mkdirhier(d.getVar('DATA') + '/made/here') or ''");
    CHECK(resting.stands());
    const std::string made = resting.world().at("data/made");
    std::filesystem::remove_all(made);
    CHECK_FALSE(resting.world().parse().retold);
    CHECK(is_folder(made + "/here"));
  }
  SECTION("a file is written each time") {
    Resting resting("open(d.getVar('DATA') + '/written', 'w').write('x')");
    CHECK_FALSE(resting.stands());
    CHECK_FALSE(resting.stands());
  }
}

TEST_CASE("recipe: of the environment only what is looked at counts", "[recipe]") {
  Resting resting("d.getVar('BB_ORIGENV', False).getVar('SHADE') or os.environ.get('HOME')");
  CHECK(resting.stands());
  resting.world().environment["UNASKED"] = "1";
  CHECK(resting.stands());
  resting.world().environment["SHADE"] =
      "dark";  // that BitBake does not let it through is no matter
  CHECK_FALSE(resting.stands());
  CHECK(resting.stands());
  resting.world().environment["HOME"] = "/elsewhere";
  CHECK_FALSE(resting.stands());
  CHECK(resting.stands());
  resting.world().environment["BB_ENV_PASSTHROUGH_ADDITIONS"] = "UNASKED";
  CHECK_FALSE(resting.stands());
  CHECK(resting.stands());
  resting.world().environment["UNASKED"] = "2";
  CHECK_FALSE(resting.stands());
}

TEST_CASE("recipe: warnings of the configuration are told again", "[recipe]") {
  Resting resting("bb.warn('it is ' + d.getVar('MACHINE')) or ''");
  Parsed told = resting.world().parse();
  CHECK(told.retold);
  CHECK(told.lines == std::vector<std::string>{"warning: it is red"});
  CHECK(resting.stands());
}

TEST_CASE("recipe: what time it is counts for who asks for a value, and for no recipe",
          "[recipe]") {
  constexpr const char* kSame =
      "'x'.join([d.getVar('MACHINE'), time.strftime('%Y', time.gmtime(0))])";
  for (const char* expression : {"time.strftime('%Y%m%d', time.gmtime())", "d.getVar('TIME')",
                                 "d.getVar('DATETIME')", "str(int(time.time()) * 0)"}) {
    INFO(expression);
    KeptWorld world(kWorld);
    world.retells = true;
    const std::string set =
        "TIME := \"${@time.strftime('%H%M%S', time.gmtime())}\"\n"
        "DATETIME = \"2026${TIME}\"\nSEEN := \"${@";
    const std::string conf = need(read_file(world.at("core/conf/bitbake.conf")));
    for (const char* seen : {kSame, expression}) {
      for (cli::TimeOfDay clock : {cli::TimeOfDay::Ignored, cli::TimeOfDay::Counts}) {
        world.clock = clock;
        world.write("core/conf/bitbake.conf", conf + set + seen + "}\"\n");
        (void)world.parse();
        (void)world.parse();
        CHECK(world.parse().retold == (clock == cli::TimeOfDay::Ignored || seen == kSame));
      }
    }
  }
}

TEST_CASE("recipe: a busy folder on the way does not matter", "[recipe]") {
  Resting resting("os.path.realpath(d.getVar('DATA') + '/folder/a')");
  CHECK(resting.stands());
  resting.world().write("passing-by", "");  // in the folder above
  CHECK(resting.stands());
}
