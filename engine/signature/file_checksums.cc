// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/file_checksums.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace hitz::signature {

namespace {

using Warn = std::function<void(const std::string&)>;

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Entries are cut at blanks behind ":True" or ":False" alone: a path may hold blanks.
std::vector<std::string> entries(std::string_view flag) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= flag.size(); ++i) {
    std::string_view so_far = flag.substr(begin, i - begin);
    bool end = i == flag.size() ||
               (is_blank(flag[i]) && (so_far.ends_with(":True") || so_far.ends_with(":False")));
    if (!end) continue;
    std::string_view entry = trim(so_far);
    if (!entry.empty()) out.emplace_back(entry);
    begin = i;
  }
  return out;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

bool is_link(const std::string& path) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode);
}

// Files below a folder; links to folders are not entered and are no files.
void walk(const std::string& folder, const std::vector<std::string>& left_out,
          std::vector<std::string>& files) {
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(folder, code)) {
    std::string path = folder + "/" + entry.path().filename().string();
    if (!is_folder(path)) {
      files.push_back(path);
    } else if (!is_link(path) &&
               std::find(left_out.begin(), left_out.end(), base_name(path)) == left_out.end()) {
      walk(path, left_out, files);
    }
  }
}

}  // namespace

Result<std::string> FileChecksums::md5(const std::string& path) {
  std::string plain = std::filesystem::path(path).lexically_normal().string();
  struct stat found{};
  if (::stat(plain.c_str(), &found) != 0) return fail(system_error("read", plain));
  Known now{static_cast<std::uint64_t>(found.st_size),
            static_cast<std::uint64_t>(found.st_mtim.tv_sec) * 1000000000U +
                static_cast<std::uint64_t>(found.st_mtim.tv_nsec),
            found.st_ino,
            {}};
  Known& known = known_[plain];
  bool same = known.size == now.size && known.mtime_ns == now.mtime_ns && known.inode == now.inode;
  if (same && !known.md5.empty()) return known.md5;
  auto sum = md5_of_file(plain);
  if (!sum) {
    known_.erase(plain);
    return sum;
  }
  now.md5 = *sum;
  known = std::move(now);
  return sum;
}

Result<std::vector<FileChecksum>> FileChecksums::of(std::string_view flag,
                                                    const std::vector<std::string>& left_out,
                                                    const Warn& warn) {
  std::vector<FileChecksum> out;
  auto add_file = [&](const std::string& path) {
    auto sum = md5(path);
    if (sum) {
      out.push_back({path, std::move(*sum)});
    } else if (warn) {
      warn("unable to get the checksum of " + base_name(path) + ": " + sum.error().message);
    }
  };
  auto add = [&](std::string path) -> Result<void> {
    if (!is_folder(path)) {
      add_file(path);
      return {};
    }
    if (is_link(path)) return {};
    while (path.ends_with('/')) path.pop_back();
    if (path.empty()) return input_error("refusing to take the checksum of /");
    std::vector<std::string> files;
    walk(path, left_out, files);
    for (auto& file : files) add_file(replace_all(std::move(file), path, path + "/."));
    return {};
  };
  for (const auto& entry : entries(flag)) {
    auto parts = split(entry, ':');
    if (parts.size() < 2)
      return input_error("'" + entry + "' in file-checksums says neither :True nor :False");
    if (parts[1] == "False") continue;
    if (parts[0].find('*') == std::string::npos) {
      TRY_VOID(add(parts[0]));
    } else {
      for (const auto& path : glob_paths(parts[0])) TRY_VOID(add(path));
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.md5 < b.md5; });
  return out;
}

void FileChecksums::load(const std::string& path) {
  auto text = read_file(path);
  if (!text) return;
  for (const auto& line : split(*text, '\n')) {
    auto parts = split(line, ' ');
    if (parts.size() < 5) continue;
    auto size = number(parts[1]), mtime = number(parts[2]), inode = number(parts[3]);
    std::size_t name = parts[0].size() + parts[1].size() + parts[2].size() + parts[3].size() + 4;
    if (parts[0].size() == 32 && size && mtime && inode)
      known_[line.substr(name)] = Known{*size, *mtime, *inode, parts[0]};
  }
}

Result<void> FileChecksums::save(const std::string& path) const {
  std::map<std::string_view, const Known*> sorted;
  for (const auto& [file, known] : known_) {
    if (!known.md5.empty() && file.find('\n') == std::string::npos) sorted.emplace(file, &known);
  }
  std::string out;
  for (const auto& [file, known] : sorted) {
    out += known->md5 + " " + std::to_string(known->size) + " " + std::to_string(known->mtime_ns) +
           " " + std::to_string(known->inode) + " ";
    out += file;
    out += '\n';
  }
  return write_file(path, out);
}

}  // namespace hitz::signature
