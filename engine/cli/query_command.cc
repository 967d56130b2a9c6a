// SPDX-License-Identifier: Apache-2.0
// hitz query: an expression over the recipes of a build directory, or over their tasks.

#include <cstdio>

#include "engine/cli/command.h"
#include "engine/cli/house.h"
#include "engine/query/query.h"

namespace hitz::cli {

Command query_command() {
  Command out;
  out.usage = {"query",
               "EXPRESSION",
               "asks about recipes or tasks: deps, rdeps, allpaths, somepath, kind, attr",
               "  hitz query 'deps(core-image)'                what core-image needs\n"
               "  hitz query 'deps(core-image, 1)'             what it needs directly\n"
               "  hitz query 'rdeps(*, zlib)'                  what needs zlib\n"
               "  hitz query 'somepath(core-image, musl)'      one shortest way\n"
               "  hitz query 'kind(image, *)'                  all images\n"
               "  hitz query 'attr(LICENSE, GPL, deps(core-image)) - kind(native, *)'\n"
               "  hitz query 'let x = deps(core-image) in filter(\"^lib\", $x)'\n"
               "  hitz query --tasks 'rdeps(core-image, busybox:do_compile)'\n"
               "  hitz query --tasks 'deps(busybox:compile) ^ busybox:*'\n"
               "\n"
               "Sets join with + (union), - (except) and ^ (intersect). Also: filter(regex, e),\n"
               "some(e, count), set(a b c). An operator needs a blank before it.",
               {{"tasks", 't', "", "ask about tasks, recipe:do_task, instead of recipes"},
                {"output", 'o', "FORM", "label (default), label_kind, json, dot or graph"}}};
  out.run = [](const Given& given, Screen& screen) -> Result<int> {
    if (given.arguments.size() != 1)
      return input_error("hitz query needs one expression; put it in quotes");
    query::Options options;
    options.format = TRY(query::parse_format(given.last("output", "label")));
    if (given.has("tasks")) options.level = query::Level::Tasks;
    auto house = TRY(House::open(screen, House::Recipes::Yes));
    TRY_VOID(house->configure({}, false));
    TRY_VOID(house->read_recipes());
    auto answer = TRY(query::query(*house->world, *house->providers, given.arguments[0], options));
    for (const auto& text : answer.warnings) event::log(screen, event::Level::Warning, text);
    std::fwrite(answer.text.data(), 1, answer.text.size(), stdout);
    return 0;
  };
  return out;
}

}  // namespace hitz::cli
