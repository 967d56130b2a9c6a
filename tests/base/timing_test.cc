// SPDX-License-Identifier: Apache-2.0
#include "engine/base/timing.h"

#include <sys/wait.h>
#include <unistd.h>

#include <ctime>

#include "tests/support/catch.h"

using namespace hitz;

namespace {

void work(int ms) {
  std::clock_t end = std::clock() + ms * (CLOCKS_PER_SEC / 1000);
  while (std::clock() < end) {
  }
}

}  // namespace

TEST_CASE("timing: time counts for the innermost kind of work alone", "[base]") {
  Timing timing;
  {
    Timed outer(&timing, Work::Evaluating);
    work(20);
    {
      Timed inner(&timing, Work::Python);
      work(40);
    }
    work(20);
  }
  work(20);
  CHECK(timing.seconds(Work::Evaluating) == Approx(0.04).margin(0.015));
  CHECK(timing.seconds(Work::Python) == Approx(0.04).margin(0.015));
  CHECK(timing.seconds(Work::Parsing) == 0);
}

TEST_CASE("timing: what forked processes do is in the same sums", "[base]") {
  Timing timing;
  for (int i = 0; i < 2; ++i) {
    pid_t child = ::fork();
    if (child == 0) {
      timing.restart();
      {
        Timed timed(&timing, Work::Hashing);
        work(30);
      }
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  }
  CHECK(timing.seconds(Work::Hashing) == Approx(0.06).margin(0.02));
  CHECK(Timing::total_seconds() >= timing.seconds(Work::Hashing));
}
