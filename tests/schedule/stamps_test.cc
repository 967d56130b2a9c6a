// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/stamps.h"

#include <filesystem>

#include "engine/base/file.h"
#include "engine/graph/plan.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/toy_world.h"

using namespace hitz;
using namespace hitz::schedule;

namespace {

/// A recipe whose do_c waits for do_b and that for do_a; stamps of an age in seconds.
class Place {
 public:
  Place()
      : toy_(testing::toy_world("recipe r\n task do_a\n task do_b after do_a\n"
                                " task do_c after do_b\n task do_build after do_c\n")),
        providers_(toy_->providers()),
        graph_(need(graph::plan(toy_->world, providers_, {{"r", ""}}))) {}

  void stamp(const std::string& name, int age) {
    std::string path = folder_.path() + "/" + name;
    need(write_file(path, ""));
    auto now = std::filesystem::file_time_type::clock::now();
    std::filesystem::last_write_time(path, now - std::chrono::seconds(age));
  }

  TaskId task(const std::string& name) const {
    for (TaskId id : graph_.order) {
      if (graph_.tasks[id].task->name == name) return id;
    }
    FAIL("no task " + name);
    return {};
  }

  Stamps stamps() const {
    return Stamps(graph_, [this](TaskId id, Stamps::Variant variant) {
      return folder_.path() + "/" + graph_.tasks[id].task->name +
             (variant == Stamps::Variant::Setscene ? "_setscene" : "");
    });
  }

 private:
  testing::TemporaryFolder folder_;
  std::unique_ptr<testing::ToyWorld> toy_;
  graph::Providers providers_;
  graph::TaskGraph graph_;
};

}  // namespace

TEST_CASE("schedule: a stamp counts when it is no older than that of what the task needs",
          "[schedule]") {
  Place place;
  place.stamp("do_b", 10);
  place.stamp("do_a", 20);
  CHECK(place.stamps().current(place.task("do_b")));
  CHECK_FALSE(place.stamps().current(place.task("do_c")));
  place.stamp("do_a", 5);
  CHECK_FALSE(place.stamps().current(place.task("do_b")));
}

TEST_CASE("schedule: a restored result stands for the stamp of its task", "[schedule]") {
  Place place;
  place.stamp("do_b", 10);
  place.stamp("do_a_setscene", 5);
  CHECK(place.stamps().current(place.task("do_b")));
  CHECK(place.stamps().setscene_current(place.task("do_a")));
  CHECK_FALSE(place.stamps().current(place.task("do_a")));
}

TEST_CASE("schedule: below a stamp all of the recipe is looked at when asked", "[schedule]") {
  Place place;
  place.stamp("do_c", 1);
  place.stamp("do_b", 2);
  CHECK(place.stamps().current(place.task("do_c")));
  CHECK_FALSE(place.stamps().current_below(place.task("do_c")));
  place.stamp("do_a", 3);
  CHECK(place.stamps().current_below(place.task("do_c")));
}
