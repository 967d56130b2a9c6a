// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/empty_networks.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "engine/base/process.h"
#include "engine/exec/isolation.h"

namespace hitz::exec {

namespace {

struct Making {
  uid_t user;
  gid_t group;
  EmptyNetwork made;
};

// In a process that shares this one's memory and descriptors while this one waits.
int make(void* of) {
  auto& [user, group, made] = *static_cast<Making*>(of);
  be_oneself_in_namespace(user, group);
  made.user = ::open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
  made.network = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  return 0;
}

}  // namespace

EmptyNetworks::~EmptyNetworks() {
  for (const auto& one : free_) leave(one);
}

std::optional<EmptyNetwork> EmptyNetworks::take() {
  if (!free_.empty()) {
    auto out = free_.back();
    free_.pop_back();
    return out;
  }
  if (refused_ || !may_leave_network()) return std::nullopt;
  Making making{::getuid(), ::getgid(), {}};
  constexpr std::size_t kStack = 64 << 10;
  std::vector<char> stack(kStack);
  int pid = ::clone(make, stack.data() + kStack,
                    CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD,
                    &making);
  if (pid > 0) wait_for(pid);
  errno = 0;
  const EmptyNetwork& out = making.made;
  if (pid > 0 && out.user >= 0 && out.network >= 0) return out;
  leave(out);
  refused_ = true;
  return std::nullopt;
}

void EmptyNetworks::give_back(EmptyNetwork one) {
  free_.push_back(one);
}

void EmptyNetworks::leave(EmptyNetwork one) {
  for (int fd : {one.user, one.network}) {
    if (fd >= 0) ::close(fd);
  }
}

}  // namespace hitz::exec
