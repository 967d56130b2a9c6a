// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/runner.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "tests/exec/task_house.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;

namespace {

/// A recipe whose do_compile says the ids of its processes through a pipe, and then sleeps; the
/// pipe ends when the last of them does.
const std::string kSleeper = testing::kLayer + R"(T = "${TOPDIR}/wd/temp"
export PATH = "/usr/bin:/bin"
--> core/classes/base.bbclass
--> core/app.bb
do_compile () {
    exec 3> @ROOT@/pipe
    sleep 1000 &
    echo "$PPID" >&3
    wait
}
addtask compile
)";

class Sleeper {
 public:
  Sleeper() {
    std::string pipe = house_->files().root() + "/pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    in_ = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(in_ >= 0);
    need(house_->start("do_compile"));
    pid_ = std::stoi(next());
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() { ::close(in_); }

  int pid() const { return pid_; }
  exec::Runner& runner() { return house_->runner(); }
  /// What comes through the pipe next; "" at its end, "nothing" when it stays open.
  std::string next() const {
    pollfd watched{in_, POLLIN, 0};
    if (::poll(&watched, 1, 20000) <= 0) return "nothing";
    char text[64];
    ssize_t n = ::read(in_, text, sizeof text);
    return {text, n > 0 ? static_cast<std::size_t>(n) : 0};
  }

 private:
  std::unique_ptr<testing::TaskHouse> house_ = need(testing::TaskHouse::open(kSleeper));
  int in_ = -1;
  int pid_ = 0;
};

/// The next tasks to end; the runner's own wait may come back with none when there is news.
std::vector<exec::Finished> ends(exec::Runner& runner) {
  auto out = runner.wait(-1);
  while (out.empty()) out = runner.wait(-1);
  return out;
}

}  // namespace

TEST_CASE("exec: a task that is killed takes the processes it started along", "[exec]") {
  Sleeper sleeper;
  REQUIRE(::kill(sleeper.pid(), SIGKILL) == 0);
  auto ended = ends(sleeper.runner());
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].status == 137);
  CHECK(ended[0].why == "ended by signal 9");
  CHECK(sleeper.next().empty());
}

TEST_CASE("exec: a task that is asked to end takes the processes it started along", "[exec]") {
  Sleeper sleeper;
  REQUIRE(::kill(sleeper.pid(), SIGTERM) == 0);
  CHECK(ends(sleeper.runner()).size() == 1);
  CHECK(sleeper.next().empty());
}

TEST_CASE("exec: killing all leaves no process", "[exec]") {
  Sleeper sleeper;
  CHECK(sleeper.runner().running() == 1);
  sleeper.runner().kill_all();
  CHECK(sleeper.runner().running() == 0);
  CHECK(sleeper.next().empty());
}

TEST_CASE("exec: two tasks run at once and both ends are told", "[exec]") {
  auto house = need(testing::TaskHouse::open(kSleeper + R"(
do_first () {
    read -r line < @ROOT@/pipe
    exit 3
}
do_second () {
    echo first > @ROOT@/pipe
}
addtask first
addtask second
)"));
  REQUIRE(::mkfifo((house->files().root() + "/pipe").c_str(), 0600) == 0);
  need(house->start("do_first"));
  need(house->start("do_second"));
  int ended = 0, failed = 0;
  while (ended < 2) {
    for (const auto& task : ends(house->runner())) {
      ++ended;
      if (task.status != 0) ++failed;
    }
  }
  CHECK(failed == 1);
  CHECK(house->runner().running() == 0);
}

TEST_CASE("exec: a new stamp takes the task's older ones out, and no others", "[exec]") {
  testing::TemporaryFolder tmp;
  recipe::Recipe recipe;
  recipe.stamp = tmp.at("stamps/app");
  for (const char* name : {"app.do_x.old", "app.do_x.sigdata.old", "app.do_x.sigbasedata.old",
                           "app.do_x.taint", "app.do_xy.old", "other.do_x.old"})
    tmp.write(std::string("stamps/") + name, "");
  need(exec::make_stamp(recipe, "do_x", tmp.at("stamps/app.do_x.new")));
  CHECK(testing::files_of(tmp.at("stamps")) ==
        "app.do_x.new\napp.do_x.sigbasedata.old\napp.do_x.sigdata.old\napp.do_x.taint\n"
        "app.do_xy.old\nother.do_x.old\n");
}

TEST_CASE("exec: a task is told of with PF, which has the epoch where the layer says so",
          "[exec]") {
  auto label = [](const std::string& more) {
    auto house = need(testing::TaskHouse::open(testing::kLayer + R"(PN = "app"
PV = "6.5"
PR = "r0"
--> core/classes/base.bbclass
--> core/app.bb
)" + more));
    return exec::task_label(house->app(), "do_x");
  };
  CHECK(label("PF = \"${PN}-1_${PV}-${PR}\"\n") == "app-1_6.5-r0 do_x");
  CHECK(label("") == "app-6.5-r0 do_x");
}

// Linux refuses to be asked more than ten times a second by all users together.
TEST_CASE("exec: a task that gives way is in a session that leaves the processors to others",
          "[exec]") {
  if (!exists("/proc/self/autogroup")) {
    WARN("this system does not share processors by sessions");
    return;
  }
  auto house = need(testing::TaskHouse::open(testing::kLayer + R"(T = "${TOPDIR}/wd/temp"
export PATH = "/usr/bin:/bin"
--> core/classes/base.bbclass
--> core/app.bb
do_look () {
    cat /proc/self/autogroup > @ROOT@/session
}
addtask look
)"));
  auto session = [&](bool gives_way) {
    need(house->start("do_look", [&](exec::Job& job) { job.gives_way = gives_way; }));
    CHECK(ends(house->runner())[0].status == 0);
    return need(read_file(house->files().root() + "/session"));
  };
  CHECK(session(false).ends_with(" nice 0\n"));
  std::string last;
  for (int tries = 0; tries < 50 && !last.ends_with(" nice 10\n"); ++tries) last = session(true);
  CHECK(last.ends_with(" nice 10\n"));
}
