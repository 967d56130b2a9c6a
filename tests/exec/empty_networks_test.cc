// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/empty_networks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "engine/base/process.h"
#include "engine/exec/isolation.h"
#include "tests/support/catch.h"

using namespace hitz;

namespace {

ino_t network() {
  struct stat info{};
  return ::stat("/proc/self/ns/net", &info) == 0 ? info.st_ino : 0;
}

/// In a process of its own, in a network.
ino_t network_of_child(const std::optional<exec::EmptyNetwork>& ready) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  int pid = ::fork();
  if (pid == 0) {
    exec::leave_network(ready);
    ino_t out = network();
    ::_exit(::write(ends[1], &out, sizeof out) == sizeof out ? 0 : 1);
  }
  REQUIRE(pid > 0);
  ::close(ends[1]);
  ino_t out = 0;
  CHECK(::read(ends[0], &out, sizeof out) == sizeof out);
  ::close(ends[0]);
  hitz::wait_for(pid);
  return out;
}

}  // namespace

TEST_CASE("exec: one task after the other has the same empty network, two at once have two",
          "[exec]") {
  exec::EmptyNetworks networks;
  auto first = networks.take();
  if (!first) {  // then the system lets no process leave its network
    CHECK(network_of_child(std::nullopt) == network());
    return;
  }
  auto second = networks.take();
  ino_t of_first = network_of_child(first);
  CHECK(of_first != network());
  CHECK(network_of_child(second) != of_first);
  networks.give_back(*first);
  CHECK(network_of_child(networks.take()) == of_first);
  exec::EmptyNetworks::leave(*second);
}
