// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files: whole reads, atomic writes, folders. Errors name the path and the system's reason
// (Blame::Environment).

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace hitz {

Result<std::string> read_file(const std::string& path);
/// Hands over the content in pieces of up to 1 MiB.
Result<void> read_chunks(const std::string& path,
                         const std::function<void(std::string_view)>& each);
/// Writes beside the path, then renames: readers see the old or the new text, never a part.
Result<void> write_file(const std::string& path, std::string_view text, unsigned mode = 0644);
Result<void> make_folders(const std::string& path);
/// Every path below a folder, folders before what they hold, sorted; links are not followed.
Result<std::vector<std::string>> tree_below(const std::string& folder);
/// Removes a file or a whole tree, folders that nobody may write to as well; a path that is not
/// there is fine.
Result<void> remove_tree(const std::string& path);
bool exists(const std::string& path);
bool is_folder(const std::string& path);
/// "a/b" joined with "c" is "a/b/c"; an absolute second part replaces the first.
std::string join_path(std::string_view folder, std::string_view name);
std::string parent_of(std::string_view path);
std::string base_name(std::string_view path);
/// "" when it is gone.
std::string current_folder();
/// From the current folder on when it is relative, without "." and "..".
std::string absolute_path(const std::string& path);
/// The paths that match a shell pattern, sorted; none when nothing matches.
std::vector<std::string> glob_paths(const std::string& pattern);
/// What is in a folder, sorted, as paths, whose names begin with a text; nothing when there is no
/// such folder.
std::vector<std::string> list_folder(const std::string& folder, std::string_view beginning = "");
/// The system's words for errno, for a path: "cannot open 'x': No such file or directory".
Error system_error(std::string_view doing, std::string_view path);

}  // namespace hitz
