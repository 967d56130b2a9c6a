// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/shell_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "engine/base/file.h"
#include "engine/base/process.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace hitz::exec {

namespace {

constexpr int kDefaultSignals[] = {SIGPIPE, SIGINT, SIGXFSZ, SIGTERM, SIGHUP};

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

// Bytes that have come, in pieces that are whole texts of UTF-8.
std::size_t whole_characters(const std::string& text) {
  std::size_t end = text.size();
  for (std::size_t back = 1; back <= 3 && back <= end; ++back) {
    auto c = static_cast<unsigned char>(text[end - back]);
    if ((c & 0xC0) == 0x80) continue;
    std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    return length > back ? end - back : end;
  }
  return end;
}

bool read_all(int fd, std::string& into) {
  char buffer[16384];
  ssize_t n = 0;
  while ((n = ::read(fd, buffer, sizeof buffer)) > 0)
    into.append(buffer, static_cast<std::size_t>(n));
  return n < 0;  // not at its end
}

class Watch {
 public:
  explicit Watch(const ShellProcess& process) : process_(process) {}

  Result<int> run() {
    if (process_.fifo.empty()) return run_watched();
    ::unlink(process_.fifo.c_str());
    if (::mkfifo(process_.fifo.c_str(), 0666) != 0)
      return fail(system_error("create", process_.fifo));
    fifo_ = Descriptor(::open(process_.fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (fifo_.get() < 0) return fail(system_error("open", process_.fifo));
    auto status = run_watched();
    ::unlink(process_.fifo.c_str());
    return status;
  }

 private:
  Result<int> run_watched() {
    Descriptor far;
    if (process_.output) {
      int ends[2];
      if (::pipe2(ends, O_CLOEXEC) != 0) return fail(system_error("make a pipe for", name()));
      ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
      output_ = Descriptor(ends[0]);
      far = Descriptor(ends[1]);
    }
    int pid = TRY(start(far.get()));
    far.close();
    return until_ended(pid);
  }

  const std::string& name() const { return process_.argv.front(); }

  // It must find signals as a shell on a terminal would, and no file of ours open.
  Result<int> start(int output) const {
    std::vector<char*> argv;
    for (const auto& argument : process_.argv) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    return process_.forked ? fork(output, argv) : spawn(output, argv);
  }

  Result<int> fork(int output, const std::vector<char*>& argv) const {
    int pid = ::fork();
    if (pid < 0) return fail(system_error("start", name()));
    if (pid > 0) return pid;
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int signal : kDefaultSignals) ::signal(signal, SIG_DFL);
    int null = ::open("/dev/null", O_RDWR);
    if (null >= 0) ::dup2(null, 0);
    if (output >= 0) {
      ::dup2(output, 1);
      ::dup2(output, 2);
    }
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }

  // The memory of this process may be large: posix_spawn() copies none of it.
  Result<int> spawn(int output, const std::vector<char*>& argv) const {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&actions);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (int signal : kDefaultSignals) sigaddset(&defaults, signal);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
    if (output >= 0) {
      ::posix_spawn_file_actions_adddup2(&actions, output, 1);
      ::posix_spawn_file_actions_adddup2(&actions, output, 2);
    }
    ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    int pid = 0;
    int error = ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error == 0) return pid;
    errno = error;
    return fail(system_error("start", name()));
  }

  Result<int> until_ended(int pid) {
    Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    for (bool running = true; running;) {
      pollfd watched[3] = {
          {process.get(), POLLIN, 0}, {fifo_.get(), POLLIN, 0}, {output_.get(), POLLIN, 0}};
      if (::poll(watched, 3, process.get() < 0 ? 50 : -1) < 0 && errno != EINTR) break;
      drain();
      siginfo_t info{};
      running = process.get() >= 0 ? (watched[0].revents & POLLIN) == 0
                                   : ::waitid(P_PID, static_cast<id_t>(pid), &info,
                                              WEXITED | WNOHANG | WNOWAIT) == 0 &&
                                         info.si_pid == 0;
    }
    int status = wait_for(pid);
    drain();
    if (process_.output && !written_.empty()) process_.output(written_);
    return ending_of(status);
  }

  void drain() {
    if (fifo_.get() >= 0) read_all(fifo_.get(), pending_);
    for (std::size_t end = 0; (end = pending_.find('\0')) != std::string::npos;
         pending_.erase(0, end + 1))
      process_.told(pending_.substr(0, end));
    if (output_.get() < 0) return;
    if (!read_all(output_.get(), written_)) output_.close();
    std::size_t whole = whole_characters(written_);
    if (whole > 0) process_.output(written_.substr(0, whole));
    written_.erase(0, whole);
  }

  const ShellProcess& process_;
  Descriptor fifo_, output_;
  std::string pending_, written_;
};

}  // namespace

Result<int> run_process(const ShellProcess& process) {
  return Watch(process).run();
}

}  // namespace hitz::exec
