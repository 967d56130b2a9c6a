// SPDX-License-Identifier: Apache-2.0
#include "engine/schedule/pressure.h"

#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::schedule {

namespace {

constexpr const char* kFiles[] = {"cpu", "io", "memory"};
constexpr const char* kNames[] = {"CPU", "I/O", "MEM"};
constexpr const char* kVariables[] = {"BB_PRESSURE_MAX_CPU", "BB_PRESSURE_MAX_IO",
                                      "BB_PRESSURE_MAX_MEMORY"};
constexpr double kSecond = 1e6;

Result<std::optional<double>> number(const std::string& variable, const std::string& text) {
  if (text.empty()) return std::optional<double>();
  char* end = nullptr;
  double out = std::strtod(text.c_str(), &end);
  if (*end != '\0' || out <= 0)
    return input_error(variable + " must be a number above 0, not '" + text + "'");
  return std::optional<double>(out);
}

std::string plain(double value) {
  std::string out = std::to_string(value);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

}  // namespace

Pressure::Pressure(PressureLimits limits, PressureFiles files)
    : limits_(limits), files_(std::move(files)) {}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345"
std::optional<double> Pressure::total(std::size_t kind) const {
  auto text = read_file(files_.folder + "/" + kFiles[kind]);
  if (!text || !text->starts_with("some ")) return std::nullopt;
  std::size_t at = text->find("total=");
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(text->c_str() + at + 6, nullptr);
}

std::string Pressure::exceeded(std::int64_t now_us) {
  std::string out;
  double seconds = static_cast<double>(now_us - since_us_) / kSecond;
  bool renew = !begun_ || seconds > 1.0;
  bool some = false;
  for (std::size_t kind = 0; kind < limits_.most.size(); ++kind) {
    if (!limits_.most[kind]) continue;
    auto now = total(kind);
    if (!now) continue;
    some = true;
    if (begun_ && before_[kind] && seconds > 0 &&
        (*now - *before_[kind]) / seconds > *limits_.most[kind])
      out += (out.empty() ? "" : ", ") + std::string(kNames[kind]) + " pressure (>" +
             plain(*limits_.most[kind]) + "us)";
    if (renew) before_[kind] = now;
  }
  if (renew) {
    since_us_ = now_us;
    begun_ = true;
  }
  if (some || !limits_.load) return out;
  auto text = read_file(files_.load);
  double load = text ? std::strtod(text->c_str(), nullptr) / files_.processors : 0;
  return load > *limits_.load ? "load (>" + plain(*limits_.load) + ")" : "";
}

Result<PressureLimits> pressure_limits(const std::array<std::string, 3>& most,
                                       const std::string& load) {
  PressureLimits out;
  for (std::size_t kind = 0; kind < most.size(); ++kind) {
    out.most[kind] = TRY(number(kVariables[kind], most[kind]));
    if (out.most[kind] && *out.most[kind] < 1)
      return input_error(std::string(kVariables[kind]) + " must be 1 or more, not '" + most[kind] +
                         "'");
  }
  out.load = TRY(number("BB_LOADFACTOR_MAX", load));
  return out;
}

}  // namespace hitz::schedule
