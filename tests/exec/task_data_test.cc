// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/task_data.h"

#include "tests/exec/task_house.h"
#include "tests/support/catch.h"

using namespace hitz;

namespace {

std::unique_ptr<testing::TaskHouse> exporting(const std::string& variables) {
  return need(testing::TaskHouse::open(testing::kLayer + R"(--> core/classes/base.bbclass
--> core/app.bb
)" + variables));
}

exec::ExportedAhead ahead(const testing::TaskHouse& house) {
  return exec::exported_ahead(need(house.app().store.get()));
}

}  // namespace

TEST_CASE("exec: what is exported is found once for all tasks where it rests on variables",
          "[exec]") {
  auto house = exporting(R"(export A = "${B} ${@d.getVar('C')}"
B = "b"
C = "c"
export D
E = "not exported"
)");
  auto found = ahead(*house);
  CHECK(found.known);
  CHECK(found.values.at("A") == "b c");
  CHECK_FALSE(found.values.contains("D"));
  CHECK_FALSE(found.values.contains("E"));
  CHECK(found.open.empty());
}

TEST_CASE("exec: what is exported is found anew where a run sets what it rests on", "[exec]") {
  auto holds = [](const std::string& variables, const exec::Job& job) {
    auto house = exporting(variables);
    return exec::holds(ahead(*house), job, *need(house->app().store.get()));
  };
  exec::Job job;
  CHECK(holds("export A = \"a\"\n", job));
  CHECK_FALSE(holds("export A = \"${BB_TASKHASH}\"\n", job));
  CHECK_FALSE(holds("export A = \"${@d.getVar('B')}\"\nB = \"${BB_CURRENTTASK}\"\n", job));
  job.settings = {{"BUILDNAME", "tonight"}};
  CHECK(holds("export A = \"a\"\n", job));
  CHECK_FALSE(holds("export A = \"${BUILDNAME}\"\n", job));
  job.settings = {{"A:append", "more"}};
  CHECK_FALSE(holds("export A = \"a\"\n", job));
}

TEST_CASE("exec: what is exported is left to each task where it rests on more than variables",
          "[exec]") {
  auto open = [](const std::string& text) {
    auto found =
        ahead(*exporting("A = \"" + text + "\"\nexport B = \"${A}\"\nexport C = \"${A}\"\n"));
    return found.open;
  };
  const std::vector<std::string> both = {"B", "C"};
  CHECK(open("${@open('/dev/null').read()}") == both);
  CHECK(open("${@len(d.keys())}") == both);
  CHECK(open("${@1 / 0}") == both);
  CHECK(open("${@1 / 1}").empty());
}
