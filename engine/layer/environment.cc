// SPDX-License-Identifier: Apache-2.0
#include "engine/layer/environment.h"

#include <string_view>

#include "engine/base/text.h"

namespace hitz::layer {

namespace {

constexpr std::string_view kExported[] = {"BB_TASKHASH", "HOME", "LOGNAME", "PATH",    "PWD",
                                          "SHELL",       "USER", "LC_ALL",  "BBSERVER"};
constexpr std::string_view kPassed[] = {"BBPATH", "BB_PRESERVE_ENV",
                                        "BB_ENV_PASSTHROUGH_ADDITIONS"};

}  // namespace

std::set<std::string> permitted_names(const Environment& environment) {
  std::set<std::string> out;
  if (environment.contains("BB_PRESERVE_ENV")) {
    for (const auto& [name, value] : environment) out.insert(name);
    return out;
  }
  auto add_words = [&](const std::string& variable) {
    auto found = environment.find(variable);
    if (found == environment.end()) return false;
    for (auto& name : words(found->second)) out.insert(std::move(name));
    out.insert(variable);
    return true;
  };
  if (!add_words("BB_ENV_PASSTHROUGH")) {
    out.insert(std::begin(kExported), std::end(kExported));
    out.insert(std::begin(kPassed), std::end(kPassed));
  }
  add_words("BB_ENV_PASSTHROUGH_ADDITIONS");
  return out;
}

std::set<std::string> counting_names(const Environment& environment) {
  std::set<std::string> out = permitted_names(environment);
  out.insert(std::begin(kExported), std::end(kExported));
  out.insert(std::begin(kPassed), std::end(kPassed));
  out.insert("BB_ENV_PASSTHROUGH");
  return out;
}

Result<void> inherit_environment(const Environment& environment, data::Store& d,
                                 std::shared_ptr<data::Reads> reads) {
  auto permitted = permitted_names(environment);
  auto set = [&](const std::string& name, const std::string& value) {
    return d.set(name, value, data::Writer::Code, {{}, "from env", {}});
  };
  auto whole = data::Store::create(d.family());
  for (const auto& [name, value] : environment)
    TRY_VOID(whole->set(name, value, data::Writer::Code));
  if (reads) whole = whole->watched_copy(std::move(reads));
  for (const auto& [name, value] : environment) {
    if (permitted.contains(name) && name != "LC_ALL") TRY_VOID(set(name, value));
  }
  TRY_VOID(set("LC_ALL", "en_US.UTF-8"));
  for (auto name : kExported) {
    if (name != "LC_ALL" &&
        !(permitted.contains(std::string(name)) && environment.contains(std::string(name)))) {
      continue;
    }
    TRY_VOID(d.set_flag(name, "export", true, {{}, "auto env export", {}}));
  }
  return d.set("BB_ORIGENV", std::make_shared<const data::StoreValue>(std::move(whole)),
               data::Writer::Code);
}

}  // namespace hitz::layer
