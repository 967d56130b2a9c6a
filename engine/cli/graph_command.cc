// SPDX-License-Identifier: Apache-2.0
// hitz graph: the graph of tasks or recipes that targets need, and why one thing needs another.

#include "engine/cli/build.h"
#include "engine/cli/command.h"
#include "engine/cli/configured.h"
#include "engine/graph/drawing.h"

namespace hitz::cli {

namespace {

Result<std::string> drawn(const House& house, const graph::TaskGraph& graph,
                          const std::string& form, graph::Level level) {
  if (form == "dot" && level == graph::Level::Task) return graph::task_depends(*house.world, graph);
  auto drawing = graph::draw(*house.world, graph, level);
  if (form == "dot") return graph::as_dot(drawing);
  return form == "json" ? graph::as_json(drawing) : graph::as_text(drawing);
}

Result<int> graph_of(const Given& given, Screen& screen) {
  if (given.arguments.empty()) return input_error("hitz graph needs a target");
  std::string form = given.last("output", "text");
  if (form != "text" && form != "dot" && form != "json")
    return input_error("--output is text, dot or json, not '" + form + "'");
  BuildOptions options;
  options.targets = given.arguments;
  options.task = given.last("task");
  std::string from;
  if (given.has("why")) {  // hitz graph --why A B [TARGET...]
    if (given.arguments.size() < 1)
      return input_error("hitz graph --why A B needs both ends of the way");
    from = given.last("why");
    options.targets.erase(options.targets.begin());
    if (options.targets.empty()) options.targets = {from};
  }
  auto level = given.has("recipes") ? graph::Level::Recipe : graph::Level::Task;
  auto house = TRY(with_recipes(given, screen));
  auto graph = TRY(plan_targets(*house, options));
  if (from.empty()) {
    print(TRY(drawn(*house, graph, form, level)));
  } else {
    print(TRY(graph::way(graph::draw(*house->world, graph, level), from, given.arguments[0])));
  }
  return 0;
}

}  // namespace

Command graph_command() {
  return {{"graph", "TARGET...", "prints which task waits for which, as text, dot or JSON",
           "  hitz graph -o dot core-image > task-depends.dot    what 'bitbake -g' writes\n"
           "  hitz graph --recipes -o json core-image            recipes instead of tasks\n"
           "  hitz graph --why core-image musl                   a shortest way from one to the "
           "other\n"
           "  hitz graph --why busybox:do_compile musl:do_install core-image",
           with_read_options({
               {"task", 'c', "TASK", "this task instead of the default"},
               {"output", 'o', "FORM", "text (default), dot or json"},
               {"recipes", 'p', "", "recipes instead of tasks"},
               {"why", 'w', "A", "why A waits for the first argument; others are targets (A)"},
           })},
          graph_of,
          {}};
}

}  // namespace hitz::cli
