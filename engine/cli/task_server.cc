// SPDX-License-Identifier: Apache-2.0
//
// A packet is a task: its number, T or S (setscene), hash, hash that stands for it, stamp, then
// names and values in turn, each ended by 0x1f; the descriptor of the task's messages travels
// along, and that of a file in memory with its details. A packet without fields has details first,
// then another descriptor. The server writes two messages of its own: 'I' and the process id at the
// task's beginning, 'X' and its status at the end.

#include "engine/cli/task_server.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "engine/base/file.h"
#include "engine/base/process.h"
#include "engine/base/text.h"
#include "engine/cli/dispatch.h"

namespace hitz::cli {

namespace {

constexpr char kField = '\x1f';

constexpr std::size_t kDescriptors = 2;  // that a packet may have

Result<void> send_packet(int socket, const std::string& text, const std::vector<int>& descriptors) {
  char control[CMSG_SPACE(sizeof(int) * kDescriptors)] = {};
  std::size_t size = sizeof(int) * descriptors.size();
  iovec part{const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(size);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
  std::memcpy(CMSG_DATA(header), descriptors.data(), size);
  if (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
    return fail(system_error("ask for a task of", "the process that starts them"));
  return {};
}

struct Packet {
  std::vector<std::string> fields;
  std::vector<int> descriptors;
};

// Nothing when the other end is closed.
std::optional<Packet> receive_packet(int socket) {
  std::string buffer(1 << 16, '\0');
  char control[CMSG_SPACE(sizeof(int) * kDescriptors)] = {};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t n = 0;
  while ((n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (n <= 0 || header == nullptr) return std::nullopt;
  Packet out;
  out.descriptors.resize((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  std::memcpy(out.descriptors.data(), CMSG_DATA(header), sizeof(int) * out.descriptors.size());
  out.fields = split(std::string_view(buffer.data(), static_cast<std::size_t>(n)), kField);
  return out;
}

// A file in memory, which can be of any size.
Result<int> file_of(const std::string& details) {
  int fd = ::memfd_create("details", MFD_CLOEXEC);
  if (fd < 0) return fail(system_error("make", "a file in memory"));
  for (std::string_view rest = details; !rest.empty();) {
    ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      auto error = system_error("write", "a file in memory");
      ::close(fd);
      return fail(std::move(error));
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return fd;
}

// And closes it.
std::string content_of(int fd) {
  std::string out;
  out.resize(static_cast<std::size_t>(std::max<off_t>(0, ::lseek(fd, 0, SEEK_END))));
  ssize_t n = ::pread(fd, out.data(), out.size(), 0);
  out.resize(static_cast<std::size_t>(std::max<ssize_t>(0, n)));
  ::close(fd);
  return out;
}

std::optional<TaskRequest> request_of(const Packet& packet) {
  const auto& fields = packet.fields;
  if (fields.size() < 6 || packet.descriptors.empty()) return std::nullopt;
  TaskRequest out;
  out.id = TaskId{static_cast<std::uint32_t>(std::stoul(fields[0]))};
  out.variant = fields[1] == "S" ? QueueFacts::Variant::Setscene : QueueFacts::Variant::Task;
  out.hash = fields[2];
  out.unihash = fields[3];
  out.stamp = fields[4];
  for (std::size_t i = 5; i + 1 < fields.size(); i += 2)
    out.settings.emplace_back(fields[i], fields[i + 1]);
  out.messages = packet.descriptors[0];
  if (packet.descriptors.size() > 1) out.details = content_of(packet.descriptors[1]);
  return out;
}

void put(int fd, const std::string& text) {
  if (::write(fd, text.c_str(), text.size() + 1) < 0) errno = 0;
}

}  // namespace

Result<TaskSocket> TaskSocket::open() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(system_error("make a socket for", "tasks"));
  int size = 1 << 21;
  ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  return TaskSocket{ends[0], ends[1]};
}

Result<void> request_task(int socket, TaskId id, QueueFacts::Variant variant, const exec::Job& job,
                          int messages, const std::string& details) {
  std::string text = std::to_string(id.value) + kField +
                     (variant == QueueFacts::Variant::Setscene ? "S" : "T") + kField + job.hash +
                     kField + job.unihash + kField + job.stamp + kField;
  for (const auto& [name, value] : job.settings) text += name + kField + value + kField;
  if (details.empty()) return send_packet(socket, text, {messages});
  int file = TRY(file_of(details));
  auto sent = send_packet(socket, text, {messages, file});
  ::close(file);
  return sent;
}

Result<void> tell_server(int socket, const std::string& details, int descriptor) {
  int file = TRY(file_of(details));
  auto sent = send_packet(socket, std::string(1, kField), {file, descriptor});
  ::close(file);
  return sent;
}

Result<void> TaskServer::run() {
  ::signal(SIGINT, SIG_IGN);  // whoever asks for tasks knows what Ctrl-C means for them
  for (bool open = true; open;) {
    std::vector<pollfd> watched = {{socket_, POLLIN, 0}};
    for (const auto& [process, task] : running_) watched.push_back({process, POLLIN, 0});
    if (::poll(watched.data(), watched.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return fail(system_error("wait for", "tasks"));
    }
    for (std::size_t i = 1; i < watched.size(); ++i) {
      if (watched[i].revents != 0) finish(watched[i].fd);
    }
    if (watched[0].revents == 0) continue;
    auto packet = receive_packet(socket_);
    open = packet.has_value();
    if (!open) break;
    if (auto request = request_of(*packet)) {
      begin(*request);
    } else if (told_ && packet->descriptors.size() == 2) {
      told_(content_of(packet->descriptors[0]), packet->descriptors[1]);
    }
  }
  return {};
}

// One that cannot be started has failed.
void TaskServer::begin(const TaskRequest& request) {
  auto pid = start_(request);
  if (!pid) {
    std::string text = pid.error().text();
    tell_line(request.messages, 40, text);
    put(request.messages, "R" + text);
    put(request.messages, "X" + std::to_string(status_of(pid.error())));
    ::close(request.messages);
    return;
  }
  put(request.messages, "I" + std::to_string(*pid));
  int process = static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0));
  running_[process] = {*pid, request.messages};
}

void TaskServer::finish(int process) {
  Running task = running_.at(process);
  running_.erase(process);
  ::close(process);
  int status = wait_for(task.pid);
  if (!WIFEXITED(status)) ::kill(-task.pid, SIGKILL);
  put(task.messages, "X" + std::to_string(shell_status_of(status)));
  ::close(task.messages);
  if (ended_) ended_(task.pid, WIFEXITED(status) && ::kill(-task.pid, 0) != 0);
  errno = 0;
}

void tell_line(int messages, int level, const std::string& text) {
  put(messages, "M" + std::to_string(level) + " " + text);
}

}  // namespace hitz::cli
