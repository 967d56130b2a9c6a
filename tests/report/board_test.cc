// SPDX-License-Identifier: Apache-2.0
#include "engine/report/board.h"

#include "tests/support/catch.h"

using hitz::event::BuildStarted;
using hitz::event::TaskProgress;
using hitz::report::Board;
using hitz::report::duration_text;

namespace {

BuildStarted build(int tasks, int parallel, std::map<std::string, std::int64_t> expected) {
  BuildStarted out;
  out.tasks = tasks;
  out.parallel = parallel;
  out.expected_ms = std::move(expected);
  return out;
}

}  // namespace

TEST_CASE("the board says how many tasks run and how many of all are done", "[report]") {
  Board board;
  board.start(build(4, 2, {}));
  board.start_task("zlib-1.3-r0 do_compile", 0);
  board.end_task("zlib-1.3-r0 do_fetch");
  CHECK(board.lines(61'000, 80, 10) ==
        std::vector<std::string>{"1 task runs, 1 of 4 done  25% |#####               |",
                                 "  zlib-1.3-r0 do_compile - 1m01s"});
}

TEST_CASE("a task that tells how far it is has a bar and a rate", "[report]") {
  Board board;
  board.start_task("linux-6.1-r0 do_fetch", 1'000);
  TaskProgress progress;
  progress.label = "linux-6.1-r0 do_fetch";
  progress.percent = 50;
  progress.rate = "1.2M/s";
  board.progress(progress);
  CHECK(board.lines(3'000, 80, 10)[1] ==
        "  linux-6.1-r0 do_fetch - 2s  50% |##########          | 1.2M/s");
}

TEST_CASE("what is left is the work of earlier runs over the tasks at a time", "[report]") {
  Board board;
  board.start(build(4, 2, {{"a", 10'000}, {"b", 10'000}, {"c", 20'000}}));
  CHECK(board.left_ms(0) == 20'000);
  board.start_task("a", 0);
  board.start_task("b", 0);
  CHECK(board.left_ms(4'000) == 16'000);
  board.end_task("a");
  board.end_task("b");
  board.start_task("c", 10'000);
  SECTION("but never less than the rest of the longest task that runs") {
    CHECK(board.left_ms(15'000) == 15'000);
  }
  SECTION("and a task that takes longer than before counts for nothing more") {
    CHECK(board.left_ms(90'000) == 0);
  }
}

TEST_CASE("nothing is said of the rest where no task has been seen to run", "[report]") {
  Board board;
  board.start(build(2, 1, {}));
  CHECK(board.left_ms(5'000) == -1);
}

TEST_CASE("lines fit the terminal, and the oldest tasks are shown first", "[report]") {
  Board board;
  board.start_task("young", 9'000);
  board.start_task("an old task with a very long name", 1'000);
  auto lines = board.lines(10'000, 20, 2);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == "  an old task with a");
}

TEST_CASE("durations are short", "[report]") {
  CHECK(duration_text(900) == "0s");
  CHECK(duration_text(185'000) == "3m05s");
  CHECK(duration_text(3'725'000) == "1h02m");
}
