// SPDX-License-Identifier: Apache-2.0
// hitz signatures: the hashes of tasks, as a list or as bitbake -S writes them.

#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/build.h"
#include "engine/cli/command.h"
#include "engine/cli/configured.h"
#include "engine/cli/signing.h"

namespace hitz::cli {

namespace {

Result<int> list_or_dump(const Given& given, Screen& screen) {
  if (given.arguments.empty()) return input_error("hitz signatures needs a target");
  auto house = TRY(with_recipes(given, screen));
  BuildOptions options;
  options.targets = given.arguments;
  options.task = given.last("task");
  auto graph = TRY(plan_targets(*house, options));
  auto signatures = TRY(sign_tasks(*house, graph));
  if (given.has("dump-signatures")) {
    TRY_VOID(dump_signatures(*house, graph, signatures, given.options.at("dump-signatures")));
    return 0;
  }
  std::vector<std::string> lines;
  for (graph::TaskId id : graph.order) {
    const auto& signature = signatures.tasks[id];
    lines.push_back(graph::label(*house->world, graph, id) + " " + signature.hash.hex + " " +
                    signature.unihash.hex + "\n");
  }
  std::sort(lines.begin(), lines.end());
  print(join(lines, ""));
  return 0;
}

}  // namespace

Command signatures_command() {
  return {
      {"signatures", "TARGET...",
       "prints the hash of every task that targets need, and the hash that stands for its result",
       "  With -S nothing is printed: signature files are written beside the stamps, as "
       "bitbake -S does.",
       with_read_options(
           {{"task", 'c', "TASK", "this task instead of the default"},
            {"dump-signatures", 'S', "KIND",
             "none: signature files; lockedsigs: ./locked-sigs.inc too; printdiff: what is "
             "different from results that are shared"}})},
      list_or_dump,
      {}};
}

}  // namespace hitz::cli
