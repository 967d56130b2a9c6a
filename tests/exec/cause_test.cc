// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/cause.h"

#include "tests/support/catch.h"

using namespace hitz::exec;

TEST_CASE("a full disk or missing memory is the machine's fault, whatever the task", "[exec]") {
  CHECK(cause_of("cc1: fatal error: /tmp/a.s: No space left on device\n", Network::Cut) ==
        Cause::Disk);
  CHECK(cause_of("gcc: fatal error: Killed signal terminated program cc1plus\n", Network::Cut) ==
        Cause::Memory);
}

TEST_CASE("a network that does not answer counts only for tasks that may use it", "[exec]") {
  const char* log = "curl: (6) Could not resolve host: example.org\n";
  CHECK(cause_of(log, Network::Used) == Cause::Network);
  CHECK(cause_of(log, Network::Cut) == Cause::Task);
  CHECK(cause_of("Fetcher Error: NetworkFault('Unable to fetch URL from any source.')\n",
                 Network::Used) == Cause::Network);
}

TEST_CASE("a compile error and a wrong checksum are the task's own", "[exec]") {
  CHECK(cause_of("main.c:3:1: error: expected ';' before '}' token\n", Network::Used) ==
        Cause::Task);
  CHECK(cause_of("Checksum mismatch! expected 12, got 34\n", Network::Used) == Cause::Task);
  CHECK(cause_of("Network access disabled through BB_NO_NETWORK\n", Network::Used) == Cause::Task);
}

TEST_CASE("what stands far above the end of a log does not count", "[exec]") {
  std::string log = "No space left on device\n" + std::string(10'000, 'x') + "\nerror: no\n";
  CHECK(cause_of(log, Network::Used) == Cause::Task);
}

TEST_CASE("halves may be left by what was killed or had no room, not by what failed of itself",
          "[exec]") {
  CHECK(may_leave_halves("make: *** [Makefile:3: main.o] Killed\n"));
  CHECK(may_leave_halves("WARNING: exit code 137 from a shell command.\n"));
  CHECK(may_leave_halves("cc1: No space left on device\n"));
  CHECK_FALSE(may_leave_halves("make: *** [Makefile:3: main.o] Error 1\n"));
}
