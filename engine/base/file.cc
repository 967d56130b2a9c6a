// SPDX-License-Identifier: Apache-2.0
#include "engine/base/file.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace hitz {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// Gives their owner every right to a folder and those in it.
void open_folders(const std::string& path) {
  std::error_code code;
  if (!std::filesystem::is_directory(std::filesystem::symlink_status(path, code))) return;
  ::chmod(path.c_str(), 0700);
  std::filesystem::directory_iterator at(path, code), end;
  for (; !code && at != end; at.increment(code)) open_folders(at->path().string());
}

}  // namespace

Error system_error(std::string_view doing, std::string_view path) {
  std::string why = std::error_code(errno, std::generic_category()).message();
  return Error{Blame::Environment,
               "cannot " + std::string(doing) + " '" + std::string(path) + "': " + why,
               {},
               Kind::Plain};
}

Result<void> read_chunks(const std::string& path,
                         const std::function<void(std::string_view)>& each) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return fail(system_error("open", path));
  std::string buffer(std::size_t{1} << 20, '\0');
  for (;;) {
    ssize_t n = ::read(file.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(system_error("read", path));
    if (n == 0) return {};
    each(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
  }
}

Result<std::string> read_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return fail(system_error("open", path));
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return fail(system_error("stat", path));
  std::string out(static_cast<std::size_t>(info.st_size) + 1, '\0');
  std::size_t used = 0;
  for (;;) {
    if (used == out.size()) out.resize(out.size() * 2);
    ssize_t n = ::read(file.get(), out.data() + used, out.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(system_error("read", path));
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
  }
  out.resize(used);
  return out;
}

Result<void> write_file(const std::string& path, std::string_view text, unsigned mode) {
  std::string partial = path + ".XXXXXX";
  {
    Descriptor file(::mkostemp(partial.data(), O_CLOEXEC));
    if (file.get() < 0) return fail(system_error("create", path));
    mode_t mask = ::umask(0);
    ::umask(mask);
    if (!write_all(file.get(), text) || ::fchmod(file.get(), mode & ~mask) != 0) {
      Error error = system_error("write", path);
      ::unlink(partial.c_str());
      return fail(std::move(error));
    }
  }
  if (::rename(partial.c_str(), path.c_str()) != 0) {
    Error error = system_error("rename to", path);
    ::unlink(partial.c_str());
    return fail(std::move(error));
  }
  return {};
}

Result<void> make_folders(const std::string& path) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  if (!code) return {};
  errno = code.value();
  return fail(system_error("create the folder", path));
}

Result<std::vector<std::string>> tree_below(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code code;
  std::filesystem::recursive_directory_iterator at(folder, code), end;
  for (; !code && at != end; at.increment(code)) out.push_back(at->path().string());
  if (code) {
    errno = code.value();
    return fail(system_error("read the folder", folder));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<void> remove_tree(const std::string& path) {
  std::error_code code;
  std::filesystem::remove_all(path, code);
  if (code == std::errc::permission_denied) {
    open_folders(path);
    std::filesystem::remove_all(path, code);
  }
  if (!code) return {};
  errno = code.value();
  return fail(system_error("remove", path));
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

bool is_folder(const std::string& path) {
  std::error_code code;
  return std::filesystem::is_directory(path, code);
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty() || (!name.empty() && name.front() == '/')) return std::string(name);
  std::string out(folder);
  if (out.back() != '/') out += '/';
  return out += name;
}

std::string current_folder() {
  std::error_code code;
  return std::filesystem::current_path(code).string();
}

std::string absolute_path(const std::string& path) {
  return (std::filesystem::path(current_folder()) / path).lexically_normal().string();
}

std::string parent_of(std::string_view path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string base_name(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::vector<std::string> glob_paths(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> out;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return out;
}

std::vector<std::string> list_folder(const std::string& folder, std::string_view beginning) {
  std::vector<std::string> out;
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end;
       at.increment(code)) {
    std::string name = at->path().filename().string();
    if (name.starts_with(beginning)) out.push_back(join_path(folder, name));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace hitz
