// SPDX-License-Identifier: Apache-2.0
// Output trees: from a folder to a result and back, and the text of a result.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/base/times.h"
#include "engine/cache/local_cache.h"

namespace hitz::cache {

using action::ActionResult;
using action::Output;
using action::OutputNode;

namespace {

constexpr char kTab = '\t';

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
    } else {
      char c = text[++i];
      out += c == 't' ? '\t' : c == 'n' ? '\n' : c;
    }
  }
  return out;
}

Result<OutputNode> node_of(action::Cas& cas, const std::string& path, std::string relative) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return fail(system_error("look at", path));
  OutputNode out;
  out.path = std::move(relative);
  out.mode = info.st_mode & 07777;
  out.mtime_ns = nanoseconds(info.st_mtim);
  if (S_ISLNK(info.st_mode)) {
    out.type = OutputNode::Type::Link;
    std::error_code code;
    out.target = std::filesystem::read_symlink(path, code).string();
  } else if (S_ISDIR(info.st_mode)) {
    out.type = OutputNode::Type::Folder;
  } else if (S_ISREG(info.st_mode)) {
    out.digest = TRY(cas.put_file(path));
  } else {
    return input_error("the output " + path +
                       " is neither a file, a folder nor a link; it cannot be kept in the cache");
  }
  return out;
}

Result<Output> capture_one(action::Cas& cas, const std::string& path, const std::string& root) {
  Output out;
  out.path = path.starts_with(root + "/") ? path.substr(root.size() + 1) : path;
  out.nodes.push_back(TRY(node_of(cas, path, "")));
  if (out.nodes[0].type == OutputNode::Type::Folder) {
    for (const auto& member : TRY(tree_below(path)))
      out.nodes.push_back(TRY(node_of(cas, member, member.substr(path.size() + 1))));
  }
  return out;
}

Result<void> set_mtime(const std::string& path, std::int64_t mtime_ns) {
  constexpr std::int64_t kSecond = kNanosecondsPerSecond;
  const std::int64_t rest = (mtime_ns % kSecond + kSecond) % kSecond;
  timespec times[2] = {{0, UTIME_OMIT}, {(mtime_ns - rest) / kSecond, rest}};
  if (::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0) return {};
  return fail(system_error("set the time of", path));
}

Result<void> lay_out(action::Cas& cas, const Output& output, const std::string& base) {
  auto path_of = [&](const OutputNode& node) {
    return node.path.empty() ? base : base + "/" + node.path;
  };
  for (const auto& node : output.nodes) {
    std::string path = path_of(node);
    if (node.type == OutputNode::Type::Folder) {
      TRY_VOID(make_folders(path));
      ::chmod(path.c_str(), 0700);
      continue;
    }
    if (node.type == OutputNode::Type::File) {
      TRY_VOID(cas.get_file(node.digest, path, node.mode));
    } else if (::symlink(node.target.c_str(), path.c_str()) != 0) {
      return fail(system_error("link", path));
    }
    TRY_VOID(set_mtime(path, node.mtime_ns));
  }
  // Folders get their own mode and time when nothing is put into them any more.
  for (auto node = output.nodes.rbegin(); node != output.nodes.rend(); ++node) {
    if (node->type != OutputNode::Type::Folder) continue;
    TRY_VOID(set_mtime(path_of(*node), node->mtime_ns));
    if (::chmod(path_of(*node).c_str(), node->mode) != 0)
      return fail(system_error("set the mode of", path_of(*node)));
  }
  return {};
}

}  // namespace

std::string encode(const ActionResult& result) {
  std::string out =
      "result 2\t" + escaped(result.task) + kTab + std::to_string(result.took_ms) + "\n";
  for (const auto& output : result.outputs) {
    out += "O\t" + escaped(output.path) + "\n";
    for (const auto& node : output.nodes) {
      const char* kind = node.type == OutputNode::Type::File   ? "F"
                         : node.type == OutputNode::Type::Link ? "L"
                                                               : "D";
      out += std::string(kind) + kTab + escaped(node.path) + kTab + std::to_string(node.mode) +
             kTab + std::to_string(node.mtime_ns) + kTab + node.digest.hash + kTab +
             std::to_string(node.digest.size) + kTab + escaped(node.target) + "\n";
    }
  }
  return out;
}

Result<ActionResult> decode(const std::string& text) {
  ActionResult out;
  for (const auto& line : split(text, '\n')) {
    auto fields = split(line, kTab);
    if (fields[0] == "result 2" && fields.size() == 3) {
      out.task = unescaped(fields[1]);
      out.took_ms = std::atoll(fields[2].c_str());
    } else if (fields[0] == "O" && fields.size() == 2) {
      out.outputs.push_back({unescaped(fields[1]), {}});
    } else if (fields.size() == 7 && !out.outputs.empty()) {
      OutputNode node;
      node.type = fields[0] == "F"   ? OutputNode::Type::File
                  : fields[0] == "L" ? OutputNode::Type::Link
                                     : OutputNode::Type::Folder;
      node.path = unescaped(fields[1]);
      node.mode = static_cast<unsigned>(std::atoi(fields[2].c_str()));
      node.mtime_ns = std::atoll(fields[3].c_str());
      node.digest = {fields[4], std::atoll(fields[5].c_str())};
      node.target = unescaped(fields[6]);
      out.outputs.back().nodes.push_back(std::move(node));
    } else if (!line.empty()) {
      return internal_error("a result of the action cache cannot be read: " + line);
    }
  }
  return out;
}

Result<ActionResult> capture(action::Cas& cas, const std::vector<std::string>& paths,
                             const std::string& root) {
  ActionResult out;
  for (const auto& path : paths) out.outputs.push_back(TRY(capture_one(cas, path, root)));
  return out;
}

Result<void> restore(action::Cas& cas, const ActionResult& result, const std::string& root) {
  for (const auto& output : result.outputs) {
    std::string path = join_path(root, output.path);
    std::string aside = path + ".restoring";
    TRY_VOID(make_folders(parent_of(path)));
    TRY_VOID(remove_tree(aside));
    TRY_VOID(lay_out(cas, output, aside));
    TRY_VOID(remove_tree(path));
    if (::rename(aside.c_str(), path.c_str()) != 0) return fail(system_error("rename to", path));
  }
  return {};
}

}  // namespace hitz::cache
