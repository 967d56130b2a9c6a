// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/isolation.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::exec {

namespace {

// When hitz dies or stops a task, everything the task has started goes with it.
extern "C" void end_group(int) {
  ::signal(SIGTERM, SIG_IGN);
  ::kill(0, SIGKILL);
}

// A user of a directory service cannot be mapped: the task would be nobody.
bool is_local_user(uid_t uid) {
  auto text = read_file("/etc/passwd");
  if (!text) return false;
  std::string wanted = std::to_string(uid);
  for (std::string_view rest = *text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    std::size_t name = line.find(':'), password = line.find(':', name + 1);
    if (name == std::string_view::npos || password == std::string_view::npos) continue;
    std::string_view number = line.substr(password + 1);
    if (number.substr(0, number.find(':')) == wanted) return true;
  }
  return false;
}

bool has_loopback() {
  int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return true;
  ifreq asked{};
  asked.ifr_name[0] = 'l';
  asked.ifr_name[1] = 'o';
  bool up = ::ioctl(fd, SIOCGIFFLAGS, &asked) != 0 || (asked.ifr_flags & IFF_UP) != 0;
  ::close(fd);
  return up;
}

// The task before may have made something of it.
bool enter(const EmptyNetwork& ready) {
  return ::setns(ready.user, CLONE_NEWUSER) == 0 && ::setns(ready.network, CLONE_NEWNET) == 0 &&
         !has_loopback();
}

}  // namespace

void become_a_group(int parent) {
  ::setsid();
  struct sigaction action{};
  action.sa_handler = end_group;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGHUP, &action, nullptr);
  ::signal(SIGINT, SIG_IGN);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::getppid() != parent) end_group(SIGTERM);  // it died before it could be watched
}

// A session of this niceness has a tenth of what another one has, but all that nobody else wants.
void give_way() {
  int fd = ::open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (::write(fd, "10", 2) < 0) errno = 0;  // asked too often, it says no: no harm is done
  ::close(fd);
}

bool may_leave_network() {
  return is_local_user(::getuid());
}

void be_oneself_in_namespace(uid_t user, gid_t group) {
  auto put = [](const char* path, const std::string& text) {
    int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (::write(fd, text.data(), text.size()) < 0) errno = 0;
    ::close(fd);
  };
  put("/proc/self/uid_map", std::to_string(user) + " " + std::to_string(user) + " 1");
  put("/proc/self/setgroups", "deny");
  put("/proc/self/gid_map", std::to_string(group) + " " + std::to_string(group) + " 1");
}

void leave_network(const std::optional<EmptyNetwork>& ready) {
  if (ready && enter(*ready)) return;
  uid_t uid = ::getuid();
  gid_t gid = ::getgid();
  if (!may_leave_network() || ::unshare(CLONE_NEWNET | CLONE_NEWUSER) != 0) return;
  be_oneself_in_namespace(uid, gid);
}

void set_niceness(int level) {
  errno = 0;
  int now = ::nice(0);
  if (errno == 0 && ::nice(level - now) == -1) errno = 0;
}

bool set_io_priority(const std::string& level) {
  auto parts = split(level, '.');
  if (parts.size() != 2) return false;
  char *end_class = nullptr, *end_priority = nullptr;
  long kind = std::strtol(parts[0].c_str(), &end_class, 10),
       priority = std::strtol(parts[1].c_str(), &end_priority, 10);
  if (*end_class != '\0' || *end_priority != '\0' || parts[0].empty() || parts[1].empty())
    return false;
  constexpr int kProcess = 1, kClassShift = 13;
  return ::syscall(SYS_ioprio_set, kProcess, ::getpid(), priority | (kind << kClassShift)) == 0;
}

void set_process_name(const std::string& name) {
  ::prctl(PR_SET_NAME, name.c_str());
}

}  // namespace hitz::exec
