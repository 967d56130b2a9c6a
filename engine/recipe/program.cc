// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/process.h"
#include "engine/base/text.h"

namespace hitz::recipe {

namespace {

constexpr std::size_t kLeastParts = 4;  // how, where, no variable, one word

struct Started {
  std::string folder;
  std::vector<std::string> variables, words;
};

std::optional<Started> understood(std::string_view question) {
  auto parts = split(std::string(question), Program::kBetween);
  if (parts.size() < kLeastParts) return std::nullopt;
  std::size_t count = 0;
  auto [end, failure] = std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), count);
  if (failure != std::errc() || count > parts.size() - kLeastParts) return std::nullopt;
  Started out;
  out.folder = parts[1];
  auto first_word = parts.begin() + 3 + static_cast<std::ptrdiff_t>(count);
  out.variables.assign(parts.begin() + 3, first_word);
  if (parts[0] == "shell") out.words = {"/bin/sh", "-c"};
  out.words.insert(out.words.end(), first_word, parts.end());
  return out;
}

// Where the environment's PATH has a program, as execvp() finds it.
std::string found(const Started& started) {
  constexpr std::string_view kPath = "PATH=";
  const std::string& name = started.words[0];
  if (name.find('/') != std::string::npos) return name;
  for (const auto& variable : started.variables) {
    if (!variable.starts_with(kPath)) continue;
    for (const auto& folder : split(variable.substr(kPath.size()), ':')) {
      std::string path = join_path(folder, name);
      if (::access(path.c_str(), X_OK) == 0) return path;
    }
  }
  return name;
}

// false: it has closed it.
bool take_some(int& end, std::string& into) {
  char bytes[4096];
  ssize_t size = ::read(end, bytes, sizeof bytes);
  if (size < 0 && errno == EINTR) return true;
  if (size > 0) into.append(bytes, static_cast<std::size_t>(size));
  if (size <= 0) ::close(std::exchange(end, -1));
  return size > 0;
}

std::string status_of(pid_t process) {
  return std::to_string(ending_of(wait_for(process)));
}

}  // namespace

std::optional<Program> Program::start(std::string_view question) {
  auto started = understood(question);
  std::array<int, 2> output{-1, -1}, errors{-1, -1};
  if (!started || ::pipe2(output.data(), O_CLOEXEC) != 0) return std::nullopt;
  if (::pipe2(errors.data(), O_CLOEXEC) != 0) {
    ::close(output[0]);
    ::close(output[1]);
    return std::nullopt;
  }
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, errors[1], 2);
  ::posix_spawn_file_actions_addchdir_np(&actions, started->folder.c_str());
  const std::string path = found(*started);
  pid_t process = 0;
  const int failure =
      ::posix_spawn(&process, path.c_str(), &actions, nullptr, as_array(started->words).data(),
                    as_array(started->variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(output[1]);
  ::close(errors[1]);
  Program out(process, output[0], errors[0]);
  if (failure != 0) return std::nullopt;
  return out;
}

Program::Program(Program&& other) noexcept
    : process_(other.process_),
      output_(std::exchange(other.output_, -1)),
      errors_(std::exchange(other.errors_, -1)) {}

Program::~Program() {
  for (int end : {output_, errors_}) {
    if (end >= 0) ::close(end);
  }
}

std::string Program::answer() {
  std::string output, errors;
  while (output_ >= 0 || errors_ >= 0) {
    std::array<pollfd, 2> ends{pollfd{output_, POLLIN, 0}, pollfd{errors_, POLLIN, 0}};
    if (::poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) break;
    if (ends[0].revents != 0) take_some(output_, output);
    if (ends[1].revents != 0) take_some(errors_, errors);
  }
  return status_of(process_) + kBetween + output + kBetween + errors;
}

}  // namespace hitz::recipe
