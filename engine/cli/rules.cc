// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/rules.h"

#include <algorithm>

#include "engine/cli/dry_run.h"
#include "engine/cli/fakeroot_agent.h"
#include "engine/cli/processes.h"
#include "engine/cli/run_queue.h"
#include "engine/cli/worker.h"

namespace hitz::cli {

Result<Rules> rules_of(House& house, const graph::TaskGraph& graph) {
  if (std::any_of(graph.tasks.begin(), graph.tasks.end(),
                  [](const graph::TaskNode& node) { return node.setscene; }))
    return Rules::BitBake;
  for (const char* name : {"BB_HASHCHECK_FUNCTION", "FAKEROOTCMD"}) {
    if (!TRY(house.world->config->text(name)).empty()) return Rules::BitBake;
  }
  return Rules::Outputs;
}

Result<int> run_by_its_rules(House& house, BuildOptions options, graph::TaskGraph graph) {
  if (TRY(rules_of(house, graph)) == Rules::Outputs) {
    house.worker.reset();
    return build(house, options, std::move(graph));
  }
  // As BitBake gives it to event handlers (buildhistory writes it down).
  TRY_VOID(house.world->config->set("BB_CMDLINE", started_with(Started::CommandLine),
                                    data::Writer::Code));
  options.taints = true;
  if (options.no_cache) options.setscene = Setscene::No;
  if (is_fakeroot_agent()) return serve_fakeroot(house, options, std::move(graph));
  if (options.dry_run) return dry_run(house, options, std::move(graph));
  return run_queue(house, options, std::move(graph));
}

Result<void> start_worker(House& house) {
  if (!is_fakeroot_agent()) house.worker = TRY(Worker::start(house));
  return {};
}

Result<graph::TaskGraph> plan_to_run(House& house, const BuildOptions& options) {
  return plan_targets(house, options, options.keep_going ? OnMissing::Continue : OnMissing::Stop);
}

Result<int> run_targets(House& house, const BuildOptions& options) {
  return run_by_its_rules(house, options, TRY(plan_to_run(house, options)));
}

}  // namespace hitz::cli
