// SPDX-License-Identifier: Apache-2.0
#include "engine/layer/collection.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "engine/base/text.h"
#include "engine/base/version.h"

namespace hitz::layer {

namespace {

std::optional<int> number(std::string_view text) {
  text = trim(text);
  int out = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

bool holds(int order, std::string_view op) {
  if (op == "=" || op == "==") return order == 0;
  if (op == "<") return order < 0;
  if (op == "<=" || op == "<<") return op == "<=" ? order <= 0 : order < 0;
  if (op == ">") return order > 0;
  if (op == ">=" || op == ">>") return op == ">=" ? order >= 0 : order > 0;
  return order != 0;
}

/// Finds out everything that is wrong before it fails.
class Describer {
 public:
  Describer(std::vector<Layer>& layers, data::Store& d) : layers_(layers), d_(d) {}

  Result<void> describe() {
    for (auto& layer : layers_) TRY_VOID(read(layer));
    for (auto& layer : layers_) priority_of(layer);
    if (!wrong_.empty()) return input_error(join(wrong_, "\n"));
    return {};
  }

 private:
  Layer* find(std::string_view name) {
    auto at = std::find_if(layers_.begin(), layers_.end(),
                           [&](const Layer& layer) { return layer.name == name; });
    return at == layers_.end() ? nullptr : &*at;
  }

  Result<void> read(Layer& layer) {
    TRY_VOID(read_priority(layer));
    TRY_VOID(read_pattern(layer));
    for (auto& entry : TRY(entries("LAYERDEPENDS_" + layer.name))) {
      TRY_VOID(check_dependency(layer, entry));
      if (std::find(layer.depends.begin(), layer.depends.end(), entry.layer) ==
          layer.depends.end()) {
        layer.depends.push_back(entry.layer);
      }
      above_[layer.name].insert(std::move(entry.layer));
    }
    for (auto& entry : TRY(entries("LAYERRECOMMENDS_" + layer.name))) {
      if (find(entry.layer) == nullptr) continue;
      if (TRY(version_fits(entry)).value_or(false))
        above_[layer.name].insert(std::move(entry.layer));
    }
    return {};
  }

  Result<std::vector<Dependency>> entries(const std::string& variable) {
    auto parsed = parse_dependencies(TRY(d_.text(variable)));
    if (parsed) return parsed;
    wrong_.push_back(variable + ": " + parsed.error().message);
    return std::vector<Dependency>();
  }

  Result<void> read_priority(Layer& layer) {
    std::string text = TRY(d_.text("BBFILE_PRIORITY_" + layer.name));
    if (text.empty()) return {};
    auto priority = number(text);
    if (!priority) {
      wrong_.push_back("BBFILE_PRIORITY_" + layer.name + ": '" + text + "' is not a number");
      return {};
    }
    layer.priority = *priority;
    if (*priority != 0) known_.insert(layer.name);
    if (lowest_ == 0 || *priority < lowest_) lowest_ = *priority;
    return {};
  }

  Result<void> read_pattern(Layer& layer) {
    auto value = TRY(d_.get("BBFILE_PATTERN_" + layer.name));
    const std::string* text = data::text_of(value);
    if (text == nullptr) {
      wrong_.push_back("BBFILE_PATTERN_" + layer.name + " is not set: no file belongs to " +
                       layer.name + " (" + layer.folder + ")");
      return {};
    }
    layer.pattern = *text;
    try {  // the fence around std::regex, which can only report by throwing
      static_cast<void>(std::regex(layer.pattern));
    } catch (const std::regex_error&) {
      wrong_.push_back("BBFILE_PATTERN_" + layer.name + ": '" + layer.pattern +
                       "' is not a regular expression");
    }
    return {};
  }

  Result<void> check_dependency(const Layer& layer, const Dependency& entry) {
    if (find(entry.layer) == nullptr) {
      std::vector<std::string> known;
      for (const auto& other : layers_) known.push_back(other.name);
      wrong_.push_back("layer " + layer.name + " depends on layer " + entry.layer +
                       ", which is not in BBLAYERS" + suggestion(entry.layer, known));
      return {};
    }
    auto fits = TRY(version_fits(entry));
    if (fits.value_or(false)) return {};
    std::string wants = "layer " + layer.name + " depends on version " + entry.op + " " +
                        entry.version + " of layer " + entry.layer + ", ";
    std::string has = TRY(d_.text("LAYERVERSION_" + entry.layer));
    wrong_.push_back(wants + (fits ? "which has version " + has : "which has no LAYERVERSION"));
    return {};
  }

  /// nullopt when the layer has no version to compare with.
  Result<std::optional<bool>> version_fits(const Dependency& entry) {
    if (entry.op.empty()) return std::optional(true);
    std::string has = TRY(d_.text("LAYERVERSION_" + entry.layer));
    if (has.empty()) return std::optional<bool>();
    return std::optional(holds(compare_version_parts(has, entry.version), entry.op));
  }

  /// One more than the highest of the layers it needs; the lowest explicit priority where there is
  /// none.
  int priority_of(Layer& layer) {
    if (!known_.insert(layer.name).second) return layer.priority;
    int highest = lowest_;
    for (const auto& name : above_[layer.name]) {
      if (Layer* other = find(name)) highest = std::max(highest, priority_of(*other));
    }
    layer.priority = highest + 1;
    return layer.priority;
  }

  std::vector<Layer>& layers_;
  data::Store& d_;
  std::vector<std::string> wrong_;
  std::set<std::string> known_;  // layers whose priority is known
  std::map<std::string, std::set<std::string>> above_;
  int lowest_ = 0;
};

}  // namespace

Result<std::vector<Dependency>> parse_dependencies(std::string_view text) {
  static constexpr std::string_view kOperators[] = {"=",  "==", "<",  "<=", ">",
                                                    ">=", "<<", ">>", "!="};
  std::vector<Dependency> out;
  std::string spaced = replace_all(std::string(text), ",", " ");
  while (!trim(spaced).empty()) {
    std::string_view rest = trim(spaced);
    if (rest[0] != '(') {
      std::size_t end = std::min(rest.find_first_of(" \t\n("), rest.size());
      out.push_back({std::string(rest.substr(0, end)), "", ""});
      spaced = std::string(rest.substr(end));
      continue;
    }
    std::size_t close = rest.find(')');
    if (close == std::string_view::npos) return input_error("'" + std::string(rest) + "' has no )");
    std::string inner(rest.substr(1, close - 1));
    std::size_t digits = std::min(inner.find_first_not_of("=<>! \t"), inner.size());
    std::string op(trim(std::string_view(inner).substr(0, digits)));
    if (out.empty() ||
        std::find(std::begin(kOperators), std::end(kOperators), op) == std::end(kOperators)) {
      return input_error("'(" + inner + ")' is not an operator and a version after a name");
    }
    out.back().op = op;
    out.back().version = std::string(trim(std::string_view(inner).substr(digits)));
    spaced = std::string(rest.substr(close + 1));
  }
  return out;
}

Result<void> describe_layers(std::vector<Layer>& layers, data::Store& d) {
  return Describer(layers, d).describe();
}

Result<void> check_series(const std::vector<std::string>& collections,
                          const SeriesOfLayers& compatible,
                          const std::vector<std::string>& core_series, event::EventSink& events) {
  std::set<std::string> seen;
  for (const auto& name : collections) {
    if (!seen.insert(name).second) {
      return input_error("two layers call themselves " + name +
                         " in BBFILE_COLLECTIONS; is one of them in BBLAYERS twice?");
    }
    auto series = compatible.find(name);
    if (series == compatible.end()) {
      event::log(events, event::Level::Warning,
                 "layer " + name + " does not say in LAYERSERIES_COMPAT_" + name +
                     " of its conf/layer.conf which series of the core layer it works with");
      continue;
    }
    if (core_series.empty()) {
      return input_error("layer " + name +
                         " needs a core layer, and no layer in BBLAYERS sets "
                         "LAYERSERIES_CORENAMES");
    }
    bool fits = std::any_of(series->second.begin(), series->second.end(), [&](const auto& one) {
      return std::find(core_series.begin(), core_series.end(), one) != core_series.end();
    });
    if (!fits) {
      return input_error("layer " + name + " works with " +
                         join({series->second.begin(), series->second.end()}, ", ") +
                         ", but the core layer is " + join(core_series, ", "));
    }
  }
  return {};
}

}  // namespace hitz::layer
