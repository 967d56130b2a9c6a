// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/task_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::exec {

namespace {

// BB_LOGFMT.
std::string log_name(std::string format, const std::string& task) {
  if (format.empty()) format = "log.{task}.{pid}";
  return replace_all(replace_all(std::move(format), "{task}", task), "{pid}",
                     std::to_string(::getpid()));
}

// "20260101-120000.123456 do_compile (42): log.do_compile.42"
std::string order_line(const std::string& task, const std::string& name) {
  timeval now{};
  ::gettimeofday(&now, nullptr);
  char text[64];
  tm broken{};
  ::localtime_r(&now.tv_sec, &broken);
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &broken);
  return std::string(text) + "." + std::to_string(1000000 + now.tv_usec).substr(1) + " " + task +
         " (" + std::to_string(::getpid()) + "): " + name + "\n";
}

Result<void> append(const std::string& path, const std::string& line) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) return fail(system_error("open", path));
  if (::write(fd, line.data(), line.size()) < 0) errno = 0;
  ::close(fd);
  return {};
}

const char* prefix_of(int level) {
  if (level >= 39) return "ERROR: ";
  if (level >= 29) return "WARNING: ";
  if (level == 21) return "";
  return level >= 19 ? "NOTE: " : "DEBUG: ";
}

}  // namespace

Result<void> TaskLog::open(const std::string& task, data::Store& d) {
  std::string temp = TRY(d.text("T"));
  if (temp.empty())
    return input_error("T variable not set, unable to build: bitbake.conf must say where logs go");
  TRY_VOID(make_folders(temp));
  std::string name = log_name(TRY(d.text("BB_LOGFMT")), task);
  TRY_VOID(append(join_path(temp, "log.task_order"), order_line(task, name)));
  link_ = join_path(temp, "log." + task);
  ::unlink(link_.c_str());
  if (::symlink(name.c_str(), link_.c_str()) != 0) return fail(system_error("link", link_));
  path_ = join_path(temp, name);
  TRY_VOID(make_folders(parent_of(path_)));
  return redirect();
}

Result<void> TaskLog::redirect() {
  int log = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (log < 0) return fail(system_error("create", path_));
  int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int now[3] = {null, log, log};
  for (int fd = 0; fd < 3; ++fd) {
    before_[fd] = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    ::dup2(now[fd], fd);
  }
  ::close(null);
  ::close(log);
  return {};
}

void TaskLog::close() {
  if (!is_open()) return;
  struct stat info{};
  bool empty = ::fstat(1, &info) == 0 && info.st_size == 0;
  for (int fd = 0; fd < 3; ++fd) {
    ::dup2(before_[fd], fd);
    ::close(before_[fd]);
    before_[fd] = -1;
  }
  if (!empty) return;
  ::unlink(path_.c_str());
  ::unlink(link_.c_str());
}

void TaskLog::write(int level, const std::string& text) const {
  if (!is_open()) return;
  std::string line = prefix_of(level) + text + "\n";
  if (::write(1, line.data(), line.size()) < 0) errno = 0;
}

}  // namespace hitz::exec
