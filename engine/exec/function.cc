// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/function.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/exec/script.h"

namespace hitz::exec {

namespace {

using data::Expand;

Result<std::vector<std::string>> flag_words(data::Store& d, const std::string& name,
                                            std::string_view flag) {
  data::Value value = TRY(d.get_flag(name, flag));
  const std::string* text = data::text_of(value);
  return text != nullptr ? words(*text) : std::vector<std::string>();
}

// Files locked for as long as this lives, in the order given.
class Locks {
 public:
  Locks() = default;
  Locks(const Locks&) = delete;
  Locks& operator=(const Locks&) = delete;
  ~Locks() {
    for (int fd : open_) ::close(fd);
  }
  Result<void> take(const std::string& path) {
    TRY_VOID(make_folders(parent_of(path)));
    int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return fail(system_error("open the lock file", path));
    open_.push_back(fd);
    while (::flock(fd, LOCK_EX) != 0) {
      if (errno != EINTR) return fail(system_error("lock", path));
    }
    return {};
  }

 private:
  std::vector<int> open_;
};

// Back to where we were when a Python function has changed folders.
class Folder {
 public:
  explicit Folder(const std::string& to) {
    std::error_code code;
    before_ = std::filesystem::current_path(code).string();
    if (!to.empty() && ::chdir(to.c_str()) != 0) failed_ = true;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    if (!before_.empty() && ::chdir(before_.c_str()) != 0) return;
  }
  bool failed() const { return failed_; }

 private:
  std::string before_;
  bool failed_ = false;
};

Result<void> make_run_link(const std::string& folder, const std::string& function,
                           const std::string& run_name) {
  std::string link = join_path(folder, "run." + function);
  ::unlink(link.c_str());
  if (::symlink(run_name.c_str(), link.c_str()) != 0) return fail(system_error("link", link));
  return {};
}

}  // namespace

Result<void> Functions::run(const std::string& function, data::Store& d,
                            const std::optional<std::vector<std::string>>& dirs) {
  for (const auto& folder : TRY(flag_words(d, function, "cleandirs"))) {
    TRY_VOID(remove_tree(folder));
    TRY_VOID(make_folders(folder));
  }
  auto folders = dirs && !dirs->empty() ? *dirs : TRY(flag_words(d, function, "dirs"));
  for (const auto& folder : folders) TRY_VOID(make_folders(folder));
  std::string cwd = folders.empty() ? "" : folders.back();
  data::Value body = TRY(d.get(function, Expand::No));
  const std::string* text = data::text_of(body);
  if (text == nullptr || text->empty()) return {};
  std::string temp = TRY(d.text("T"));
  TRY_VOID(make_folders(temp));
  std::string task = TRY(d.text("BB_RUNTASK"));
  if (task.empty()) task = function;
  std::string run_name = "run." + function + "." + std::to_string(::getpid());
  if (task == function) TRY_VOID(make_run_link(temp, function, run_name));
  Locks locks;
  for (const auto& lock : TRY(flag_words(d, function, "lockfiles"))) TRY_VOID(locks.take(lock));
  std::string run_file = join_path(temp, run_name);
  return d.has_flag(function, "python") ? run_python(function, d, run_file, cwd)
                                        : run_shell(function, d, run_file, cwd);
}

Result<void> Functions::run_python(const std::string& function, data::Store& d,
                                   const std::string& run_file, const std::string& cwd) {
  data::Value body = TRY(d.get(function, Expand::No));
  data::Value path = TRY(d.get_flag(function, "filename", Expand::No)),
              line = TRY(d.get_flag(function, "lineno", Expand::No));
  const std::string* number = data::text_of(line);
  data::PythonFunction code{
      function, *data::text_of(body), data::text_of(path) != nullptr ? *data::text_of(path) : "",
      number != nullptr ? static_cast<std::uint32_t>(std::strtoul(number->c_str(), nullptr, 10))
                        : 1};
  TRY_VOID(
      write_file(run_file, "def " + function + "(d):\n" + code.body + "\n" + function + "(d)\n"));
  Folder folder(cwd);
  if (folder.failed()) return fail(system_error("enter the folder", cwd));
  auto ended = python_.run(code, d);
  flush_();
  return ended;
}

Result<int> Functions::wait_for(int pid, const std::string& fifo) {
  int in = ::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  int process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  std::string pending;
  auto drain = [&]() {
    char buffer[4096];
    for (ssize_t n = 0; in >= 0 && (n = ::read(in, buffer, sizeof buffer)) > 0;)
      pending.append(buffer, static_cast<std::size_t>(n));
    for (std::size_t end = 0; (end = pending.find('\0')) != std::string::npos;
         pending.erase(0, end + 1)) {
      std::string record = pending.substr(0, end);
      std::size_t blank = std::min(record.find(' '), record.size());
      if (log_)
        log_(record.substr(0, blank), blank < record.size() ? record.substr(blank + 1) : "");
    }
  };
  for (bool running = true; running;) {
    pollfd watched[2] = {{process, POLLIN, 0}, {in, POLLIN, 0}};
    if (::poll(watched, 2, process < 0 ? 50 : -1) < 0 && errno != EINTR) break;
    drain();
    siginfo_t info{};
    running = (watched[0].revents & POLLIN) == 0 &&
              (process >= 0 ||
               (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                info.si_pid == 0));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  drain();
  if (in >= 0) ::close(in);
  if (process >= 0) ::close(process);
  ::unlink(fifo.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<void> Functions::run_shell(const std::string& function, data::Store& d,
                                  const std::string& run_file, const std::string& cwd) {
  std::string script = TRY(shell_script(d, function, cwd, scanner_));
  TRY_VOID(write_file(run_file, script, 0775));
  std::string fifo = join_path(parent_of(run_file), "fifo." + std::to_string(::getpid()));
  ::unlink(fifo.c_str());
  if (::mkfifo(fifo.c_str(), 0600) != 0) return fail(system_error("create", fifo));
  std::vector<std::string> argv = {"/bin/sh", run_file};
  if (d.has_flag(function, "fakeroot")) {
    auto prefix = words(TRY(d.text("FAKEROOT")));
    argv.insert(argv.begin(), prefix.begin(), prefix.end());
  }
  std::vector<char*> raw;
  for (auto& argument : argv) raw.push_back(argument.data());
  raw.push_back(nullptr);
  flush_();
  int pid = ::fork();
  if (pid < 0) return fail(system_error("start", run_file));
  if (pid == 0) {
    ::execvp(raw[0], raw.data());
    ::_exit(127);
  }
  int status = TRY(wait_for(pid, fifo));
  if (status == 0) return {};
  return kind_error(Kind::Function, "Execution of '" + run_file + "' failed with exit code " +
                                        std::to_string(status));
}

}  // namespace hitz::exec
