// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/outside.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/base/times.h"
#include "engine/data/clock.h"
#include "engine/recipe/watched_files.h"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace hitz::recipe {

namespace {

constexpr int kMostLinks = 40;  // as the kernel

std::string yes_or_no(bool yes) {
  return yes ? "1" : "";
}

std::string target_of(const std::string& path) {
  char target[PATH_MAX];
  ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  return size < 0 ? "" : std::string(target, static_cast<std::size_t>(size));
}

std::string facts_of(const std::string& path, int flags) {
  struct stat info{};
  if (::fstatat(AT_FDCWD, path.c_str(), &info, flags) != 0) return "";
  char text[80];
  std::snprintf(text, sizeof text, "%o %lld %lld", info.st_mode,
                static_cast<long long>(info.st_size),
                static_cast<long long>(nanoseconds(info.st_mtim)));
  return text;
}

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : "=" + std::string(value);
}

std::string names_of_variables() {
  std::vector<std::string> names;
  for (char** at = environ; *at != nullptr; ++at)
    names.push_back(std::string(*at).substr(0, std::string_view(*at).find('=')));
  std::sort(names.begin(), names.end());
  return join(names, "\n");
}

}  // namespace

bool Outside::is_same(ByteReader& questions_and_answers, std::vector<std::string>& environment) {
  for (std::uint64_t left = questions_and_answers.number() / 2; left > 0; --left) {
    std::string_view question = questions_and_answers.text();
    std::string_view told = questions_and_answers.text();
    if (question == data::kClockQuestion) continue;  // it counts for no recipe
    if (question.starts_with('v') || question.starts_with('V')) {
      environment.emplace_back(question);
      environment.emplace_back(told);
    } else if (!questions_and_answers.ok() || answer(question) != told) {
      return false;
    }
  }
  return questions_and_answers.ok();
}

std::optional<std::string> Outside::answer(std::string_view question) {
  if (question.empty()) return std::nullopt;
  std::string path(question.substr(1));
  if (std::string_view("ksSx").find(question.front()) != std::string_view::npos) {
    const std::string place = path.substr(std::min(path.find('/'), path.size()));
    asked_.try_emplace(place, changed_at(place));
  }
  switch (question.front()) {
    case 'e': return yes_or_no(files_.is_there(path));
    case 'f': return yes_or_no(files_.type_of(path, LocalFiles::Links::Followed) == DT_REG);
    case 'd': return yes_or_no(files_.type_of(path, LocalFiles::Links::Followed) == DT_DIR);
    case 'l': return yes_or_no(files_.type_of(path, LocalFiles::Links::Themselves).has_value());
    case 'k': return target_of(path);
    case 'r': return without_links(path, 0);
    case 's': return facts_of(path, 0);
    case 'S': return facts_of(path, AT_SYMLINK_NOFOLLOW);
    case 'v': return variable(path);
    case 'V': return names_of_variables();
    case 'x': {
      std::size_t slash = std::min(path.find('/'), path.size());
      return yes_or_no(::access(path.c_str() + slash, std::atoi(path.c_str())) == 0);
    }
    default: return std::nullopt;
  }
}

bool Outside::settled() const {
  return std::all_of(asked_.begin(), asked_.end(),
                     [](const auto& one) { return changed_at(one.first) == one.second; });
}

// A path that goes round in links, or ends in nothing, keeps what is left of it.
std::string Outside::without_links(const std::string& path, int depth) {
  const std::size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return "/";
  const std::size_t slash = path.rfind('/', end);
  const std::string folder = path.substr(0, slash), name = path.substr(slash + 1, end - slash);
  auto [known, fresh] = real_.try_emplace(folder);
  if (fresh) {
    std::string real = without_links(folder, depth);
    known = real_.find(folder);  // more folders may have come meanwhile
    known->second = std::move(real);
  }
  std::string parent = known->second;
  if (name == ".") return parent;
  if (name == "..") return parent == "/" ? parent : parent_of(parent);
  std::string whole = (parent == "/" ? "" : parent) + "/" + name;
  if (files_.type_of(whole, LocalFiles::Links::Themselves) != DT_LNK || depth == kMostLinks)
    return whole;
  const std::string target = target_of(whole);
  return without_links(target.starts_with('/') ? target : parent + "/" + target, depth + 1);
}

}  // namespace hitz::recipe
