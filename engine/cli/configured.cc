// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/configured.h"

#include <cstdio>

namespace hitz::cli {

std::vector<Option> with_read_options(std::vector<Option> own) {
  own.push_back({"read", 'r', "FILE", "parse this configuration file before bitbake.conf"});
  own.push_back({"postread", 'R', "FILE", "parse this configuration file after bitbake.conf"});
  own.push_back(
      {"define", 'D', "NAME=VALUE", "set a variable after the configuration has been parsed"});
  return own;
}

Result<HouseOptions> house_options(const Given& given) {
  HouseOptions out;
  if (given.has("read")) out.before = given.options.at("read");
  if (given.has("postread")) out.after = given.options.at("postread");
  if (!given.has("define")) return out;
  for (const auto& text : given.options.at("define")) {
    std::size_t equal = text.find('=');
    if (equal == std::string::npos)
      return input_error("--define needs NAME=VALUE, not '" + text +
                         "' (what BitBake tells with -D, --verbose tells here)");
    out.settings.emplace_back(text.substr(0, equal), text.substr(equal + 1));
  }
  return out;
}

Result<std::unique_ptr<House>> configured(event::EventSink& events, House::Recipes recipes,
                                          const HouseOptions& options, Create create) {
  auto house = TRY(House::open(events, recipes));
  TRY_VOID(house->configure(options, create == Create::Yes));
  return house;
}

Result<std::unique_ptr<House>> configured(const Given& given, event::EventSink& events,
                                          Create create) {
  return configured(events, House::Recipes::No, TRY(house_options(given)), create);
}

Result<std::unique_ptr<House>> with_recipes(const Given& given, event::EventSink& events,
                                            Create create) {
  auto options = TRY(house_options(given));
  auto house = TRY(configured(events, House::Recipes::Yes, options, create));
  TRY_VOID(house->read_recipes());
  return house;
}

Target split_target(const std::string& text) {
  for (std::string_view keyword : {"mc:", "multiconfig:"}) {
    if (!text.starts_with(keyword)) continue;
    std::string rest = text.substr(keyword.size());
    std::size_t colon = rest.find(':');
    return {rest.substr(0, colon), colon == std::string::npos ? "" : rest.substr(colon + 1)};
  }
  return {"", text};
}

Result<std::shared_ptr<data::Store>> store_of(House& house, const std::string& text) {
  Target target = split_target(text);
  House::Realm realm = TRY(house.realm(target.multiconfig));
  if (target.name.empty()) {
    auto d = realm.configuration->store->copy();
    TRY_VOID(house.evaluator->settle_configuration(*d));
    return d;
  }
  TRY_VOID(target.multiconfig.empty() ? house.read_recipe(target.name) : house.read_recipes());
  realm = TRY(house.realm(target.multiconfig));
  auto id = TRY(realm.providers->build(target.name, ""));
  if (!id) return input_error("'" + target.name + "' is in ASSUME_PROVIDED and has no recipe");
  return realm.world->recipes[*id].store.get();
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace hitz::cli
