// SPDX-License-Identifier: Apache-2.0
// A small layer is edited at random, and after each edit the recipes that come from the cache must
// be those that a parse without it gives, and what a parse that finds nothing changed keeps for the
// next one must be told again only where it gives that too. HITZ_STALE_STEPS asks for more steps.

#include <unistd.h>

#include <cstdlib>
#include <random>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "tests/recipe/kept_world.h"
#include "tests/support/catch.h"

using namespace hitz;
using testing::Cache;
using testing::KeptWorld;
using testing::Parsed;

namespace {

constexpr const char* kWorld = R"(--> core/lib/colours/__init__.py
def name(d):
    return 'paint'
--> core/classes/base.bbclass
addhandler note_it
note_it[eventmask] = "bb.event.RecipeParsed"
python note_it () {
    d.setVar("NOTED", "noted " + (d.getVar("V1") or ""))
}
addtask fetch
do_fetch[file-checksums] = "${@bb.fetch.get_checksum_file_list(d)}"
do_fetch () {
    :
}
addtask build after do_fetch
do_build () {
    echo ${SUMMARY} ${NOTED}
}
--> core/classes/cls0.bbclass
SUMMARY .= " cls0 ${V0}"
--> core/classes/cls1.bbclass
inherit cls0
V2 ?= "of cls1"
--> core/recipes/inc0.inc
SUMMARY .= " inc0 ${V3}"
--> core/recipes/inc1.inc
require inc0.inc
--> second/conf/layer.conf
BBPATH .= ":${LAYERDIR}"
BBFILES += "${LAYERDIR}/recipes/*.bb ${LAYERDIR}/recipes/*.bbappend"
BBFILE_COLLECTIONS += "second"
BBFILE_PATTERN_second = "^${LAYERDIR}/"
BBFILE_PRIORITY_second = "4"
LAYERSERIES_COMPAT_second = "wrynose"
BBFILE_PATTERN_IGNORE_EMPTY_second = "1"
BB_DANGLINGAPPENDS_WARNONLY = "1"
)";

/// Lines that a recipe may have; # is a digit from 0 to 7, ? one from 0 to 1.
constexpr const char* kLines[] = {
    "SUMMARY .= \" ${V#}\"",
    "V# ?= \"weak\"",
    "V# ?\?= \"weakest\"",
    "V# += \"more\"",
    "V#:append = \" appended\"",
    "V#:prepend:red = \"red \"",
    "V#:remove = \"x\"",
    "V#:blue = \"of blue\"",
    "V#:forcevariable = \"${V#}\"",
    "OVERRIDES .= \":${V#}\"",
    "unset V#",
    "V#[doc] = \"${V#}\"",
    "V${V#} = \"key\"",
    "SUMMARY .= \"${@bb.utils.contains('V#', 'x', ' yes', ' no', d)}\"",
    "SUMMARY .= \"${@bb.utils.filter('V#', 'x y', d)}\"",
    "SUMMARY .= \"${@d.getVarFlag('V#', 'doc') or ' none'}\"",
    "SUMMARY .= \" ${@d.expand('${V' + (d.getVar('V#') or '#') + '}')}\"",
    "SUMMARY .= \" ${@' '.join(sorted(k for k in d.keys() if k.startswith('V')))}\"",
    "SUMMARY .= \" ${@'V#' in d} ${@d.overridedata.get('V#') if False else ''}\"",
    "SUMMARY .= \" ${@colours.name(d)}\"",
    "SUMMARY .= \" ${@os.path.exists(d.getVar('THISDIR') + '/maybe?.inc')}\"",
    "SUMMARY .= \" ${@os.path.isdir('@ROOT@/core/recipes/${V#}')}\"",
    "SUMMARY .= \" ${@' '.join(sorted(os.listdir('@ROOT@/core/recipes/files')))}\"",
    "SUMMARY .= \" ${@open('@ROOT@/core/recipes/inc?.inc').read().strip()}\"",
    "SUMMARY .= \" ${@os.environ.get('V#')}\"",
    "SUMMARY .= \" ${LAYERSERIES_COMPAT_second}\"",
    "PROVIDES += \"virtual/${V#}\"",
    "DEPENDS += \"${V#}\"",
    "PV = \"${V#}\"",
    "do_build[depends] = \"${V#}:do_build\"",
    "do_build[nostamp] = \"${V#}\"",
    "require inc?.inc",
    "include maybe?.inc",
    "include ${V#}.inc",
    "inherit cls?",
    "inherit ${@'cls0' if d.getVar('V#') == 'x' else 'cls1'}",
    "inherit_defer ${@'cls1' if d.getVar('V#') == 'y' else ''}",
    "SRC_URI += \"file://f?.txt\"",
    "SRC_URI += \"file://${V#}.txt\"",
    "FILESEXTRAPATHS:prepend := \"${THISDIR}/${V#}:\"",
    "BBCLASSEXTEND = \"native\"",
    "python () {\n    if d.getVar('V#') == 'x':\n        raise bb.parse.SkipRecipe('V# is x')\n}",
    "python () {\n    d.appendVar('SUMMARY', d.getVar('V#') or '')\n    d.delVar('V#')\n}",
    "python () {\n    d.renameVar('V#', 'W')\n    d.setVarFlag('do_build', 'vardeps', 'W')\n}",
    "python () {\n    for k in bb.data.keys(d):\n        if k == 'V#': d.setVar('SUMMARY', k)\n}",
};

constexpr const char* kValues[] = {"x", "y", "x y", "", "red", "inc0", "1", "class-native"};
constexpr const char* kSources[] = {"files/f0.txt", "files/f1.txt", "r0/f0.txt",  "r1/f1.txt",
                                    "x/f0.txt",     "red/f1.txt",   "files/x.txt"};
constexpr int kRecipes = 8;

/// Of such a line only some recipes can be parsed: one that cannot lets nothing be kept.
bool is_risky(const std::string& line) {
  for (const char* part : {"listdir", "open(", "[depends]", "inherit"}) {
    if (line.find(part) != std::string::npos) return true;
  }
  return false;
}

enum class Risk { Taken, Shunned };

class Editor {
 public:
  Editor(unsigned seed, Risk risk) : random_(seed), risk_(risk), world_(kWorld) {
    world_.retells = true;
    for (int i = 0; i < kRecipes; ++i) write_recipe(i);
    write_settings();
  }

  const KeptWorld& world() const { return world_; }

  /// Edits something; what.
  std::string edit() {
    switch (below(14)) {
      case 0:
      case 1:
      case 2:
      case 3: return edit_setting();
      case 4: return write_recipe(below(kRecipes));
      case 5: return toggle("core/recipes/maybe" + digit(2) + ".inc", line());
      case 6:
        return write("core/recipes/inc" + digit(2) + ".inc", "SUMMARY .= \" " + value() + "\"");
      case 7:
        return write("core/classes/cls" + digit(2) + ".bbclass", "V" + digit(8) + " ?= \"c\"");
      case 8:
        return toggle("core/recipes/" + std::string(kSources[below(std::size(kSources))]), "");
      case 9: return toggle("second/recipes/r" + digit(kRecipes) + "_%.bbappend", line());
      case 10: return toggle("second/recipes/r" + digit(kRecipes) + "_1.bb", line());
      case 11:
        return write("core/lib/colours/__init__.py",
                     "def name(d):\n    return d.getVar('V" + digit(8) + "') or '" + value() + "'");
      case 12: return edit_environment();
      default: return toggle("second/classes/cls" + digit(2) + ".bbclass", line());
    }
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::string digit(std::size_t bound) { return std::to_string(below(bound)); }
  std::string value() { return kValues[below(std::size(kValues))]; }

  std::string line() {
    std::string out = kLines[below(std::size(kLines))];
    while (risk_ == Risk::Shunned && is_risky(out)) out = kLines[below(std::size(kLines))];
    const std::string first = digit(8), second = digit(2);
    for (char& c : out) {
      if (c == '#') c = first[0];
    }
    for (std::size_t at = out.find("?."); at != std::string::npos; at = out.find("?."))
      out.replace(at, 1, second);
    if (out.ends_with("cls?")) out.back() = second[0];
    return out;
  }

  std::string write(const std::string& name, const std::string& text) {
    world_.write(name, text + "\n");
    return name + ": " + text;
  }

  std::string toggle(const std::string& name, const std::string& text) {
    if (!exists(world_.at(name))) return write(name, text);
    world_.remove(name);
    return name + " is gone";
  }

  std::string write_recipe(std::size_t i) {
    std::string text = "SUMMARY = \"recipe\"\n";
    for (std::size_t left = 1 + below(6); left > 0; --left) text += line() + "\n";
    return write("core/recipes/r" + std::to_string(i) + "_1.bb", text);
  }

  std::string setting() {
    const std::string name = "V" + digit(8);
    switch (below(12)) {
      case 0: return name + ":append = \" " + value() + "\"";
      case 1: return name + ":remove = \"" + value() + "\"";
      case 2: return name + ":red = \"" + value() + "\"";
      case 3: return name + ":class-native = \"" + value() + "\"";
      case 4: return name + "[doc] = \"" + value() + "\"";
      case 5: return name + " ?\?= \"" + value() + "\"";
      case 6: return "unset " + name;
      case 7: return "MACHINE = \"" + std::string(below(2) == 0 ? "red" : "blue") + "\"";
      case 8: return "BBMASK = \"r" + digit(kRecipes) + "_\"";
      case 9: return "${" + name + "}_x = \"key\"";
      case 10: return "NOBODY" + digit(8) + " = \"" + value() + "\"";
      default: return name + " = \"" + value() + "\"";
    }
  }

  // Settings are added, and now and then one is taken out.
  std::string edit_setting() {
    if (settings_.size() > 12 || (!settings_.empty() && below(4) == 0)) {
      auto at = settings_.begin() + static_cast<std::ptrdiff_t>(below(settings_.size()));
      std::string gone = *at;
      settings_.erase(at);
      write_settings();
      return "local.conf without " + gone;
    }
    settings_.push_back(setting());
    write_settings();
    return "local.conf with " + settings_.back();
  }

  void write_settings() {
    world_.write("build/conf/local.conf", "MACHINE = \"red\"\n" + join(settings_, "\n") + "\n");
    world_.write("build/conf/bblayers.conf",
                 "BBPATH = \"${TOPDIR}\"\nBBLAYERS = \"@ROOT@/core @ROOT@/second\"\n");
  }

  std::string edit_environment() {
    const std::string name = "V" + digit(8);
    world_.environment["BB_ENV_PASSTHROUGH_ADDITIONS"] = name;
    world_.environment[name] = value();
    return "environment " + name + "=" + world_.environment[name];
  }

  std::mt19937 random_;
  Risk risk_;
  KeptWorld world_;
  std::vector<std::string> settings_;
};

// Builds work out hashes for a part of the recipes only; they must be those of a whole parse.
void check_builds(const KeptWorld& world, const Parsed& anew, int step) {
  if (step % 3 != 0 || anew.records.empty()) return;
  auto wanted = std::next(anew.records.begin(), step % static_cast<int>(anew.records.size()));
  Parsed built = world.parse_for({wanted->first});
  INFO("a build of " << wanted->first << " in step " << step);
  REQUIRE(built.status == anew.status);
  REQUIRE(built.records[wanted->first] == wanted->second);
}

void check_edits(unsigned seed, int steps, Risk risk) {
  Editor editor(seed, risk);
  const KeptWorld& world = editor.world();
  std::string edits;
  int retold = 0, sound = 0;  // steps after which nothing is wrong: what is wrong is not kept
  for (int step = 0; step < steps; ++step) {
    if (step > 0) edits += editor.edit() + "\n";
    const Parsed anew = world.parse(Cache::Off);
    sound += anew.error.empty() ? 1 : 0;
    check_builds(world, anew, step);
    for (Parsed kept : {world.parse(), world.parse(), world.parse()}) {
      INFO("seed " << seed << ", after step " << step << "\n" << edits);
      REQUIRE(kept.status == anew.status);
      REQUIRE(kept.error == anew.error);
      for (const auto& [file, record] : anew.records) {
        INFO(file);
        REQUIRE(kept.records[file] == record);
      }
      REQUIRE(kept.records == anew.records);
      retold += kept.retold ? 1 : 0;
    }
  }
  if (risk == Risk::Shunned) CHECK(retold > sound / 2);
}

}  // namespace

TEST_CASE("recipe: whatever is edited, the cache gives what a parse without it gives", "[recipe]") {
  const char* asked = std::getenv("HITZ_STALE_STEPS");
  const int steps = asked != nullptr ? std::atoi(asked) : 25;
  const unsigned seeds = asked != nullptr ? 40 : 4;
  for (unsigned seed = 1; seed <= seeds; ++seed)
    check_edits(seed, steps, seed % 2 == 0 ? Risk::Shunned : Risk::Taken);
}
