// SPDX-License-Identifier: Apache-2.0
// The commands that look at or build recipes.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/cli/build.h"
#include "engine/cli/command.h"
#include "engine/cli/configured.h"
#include "engine/cli/rules.h"

namespace hitz::cli {

Command build_command() {
  Command out;
  out.usage = {
      "build", "TARGET...", "builds recipes or images and everything they need",
      "  TARGET is a recipe or what it provides, with a task if wanted: core-image, "
      "busybox:do_compile, world.\n"
      "  Without a build directory here, ./hitz-build is made from the core layer's templates.\n"
      "  What has been built before, here or in another directory with the same cache, is "
      "restored, not built.\n\n"
      "  hitz build core-image\n"
      "  hitz build -c compile -f hello",
      with_read_options({
          {"task", 'c', "TASK", "this task instead of the default (do_build)"},
          {"force", 'f', "", "run the targets' own tasks even if they are up to date"},
          {"clear-stamp", 'C', "TASK", "run this task of the targets anew, then the default one"},
          {"dry-run", 'n', "", "tell what would run or be restored"},
          {"keep-going", 'k', "", "after a failure go on with what does not depend on it"},
          {"no-cache", 0, "", "neither restore results nor record them"},
          {"jobs", 'j', "N", "run at most N tasks at once (BB_NUMBER_THREADS)"},
      })};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty())
      return input_error("hitz build needs a target, for example 'hitz build core-image'");
    auto house =
        TRY(configured(screen, TRY(house_options(given)), Create::Yes, House::Recipes::Yes));
    if (!given.has("dry-run")) TRY_VOID(start_worker(*house));
    TRY_VOID(house->read_recipes());
    BuildOptions options;
    options.targets = given.arguments;
    options.task = given.last("task");
    options.force = given.has("force");
    options.clear_stamp = given.last("clear-stamp");
    options.dry_run = given.has("dry-run");
    options.keep_going = given.has("keep-going");
    options.no_cache = given.has("no-cache");
    if (given.has("jobs")) {
      options.parallel = std::atoi(given.last("jobs").c_str());
      if (options.parallel <= 0)
        return input_error("--jobs must be a number above 0, not '" + given.last("jobs") + "'");
    }
    return run_targets(*house, options);
  };
  return out;
}

Command clean_command() {
  Command out;
  out.usage = {"clean", "RECIPE...",
               "removes what building recipes left: work folders, stamps and declared outputs",
               "  Runs the recipes' do_clean task; what the cache holds stays and is restored by "
               "the next build.",
               with_read_options({{"all", 'a', "", "do_cleanall: downloads too"}})};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.empty()) return input_error("hitz clean needs a recipe");
    auto house = TRY(with_recipes(given, screen));
    BuildOptions options;
    options.targets = given.arguments;
    options.task = given.has("all") ? "cleanall" : "clean";
    options.force = true;
    return run_targets(*house, options);
  };
  return out;
}

}  // namespace hitz::cli
