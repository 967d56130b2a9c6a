// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/options.h"

#include <algorithm>

#include "engine/base/text.h"

namespace hitz::cli {

namespace {

class Parsing {
 public:
  Parsing(const Usage& usage, const std::vector<std::string>& words)
      : usage_(usage), words_(words) {}

  Result<Given> run() {
    for (; at_ < words_.size(); ++at_) {
      const std::string& word = words_[at_];
      if (word == "--") {
        out_.arguments.insert(out_.arguments.end(),
                              words_.begin() + static_cast<std::ptrdiff_t>(at_) + 1, words_.end());
        break;
      }
      if (word.starts_with("--")) {
        TRY_VOID(long_option(word.substr(2)));
      } else if (word.size() > 1 && word[0] == '-') {
        TRY_VOID(letters(word));
      } else {
        out_.arguments.push_back(word);
      }
      if (usage_.rest == Rest::Verbatim && (!out_.arguments.empty() || took_last_)) {
        out_.arguments.insert(out_.arguments.end(),
                              words_.begin() + static_cast<std::ptrdiff_t>(at_) + 1, words_.end());
        break;
      }
    }
    return std::move(out_);
  }

 private:
  Result<void> long_option(const std::string& text) {
    std::string name = text.substr(0, text.find('='));
    auto found = std::find_if(usage_.options.begin(), usage_.options.end(),
                              [&](const Option& o) { return o.name == name; });
    if (found == usage_.options.end()) return unknown("--" + name);
    if (found->value.empty()) {
      if (text.size() != name.size()) return input_error("--" + name + " takes no value");
      out_.options[name].emplace_back();
      return {};
    }
    if (text.size() != name.size()) {
      took_last_ = found->last;
      out_.options[name].push_back(text.substr(name.size() + 1));
      return {};
    }
    return take_next(*found, "--" + name);
  }

  Result<void> letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      auto found = std::find_if(usage_.options.begin(), usage_.options.end(),
                                [&](const Option& o) { return o.letter == word[i]; });
      if (found == usage_.options.end()) return unknown(std::string("-") + word[i]);
      if (found->value.empty()) {
        out_.options[found->name].emplace_back();
        continue;
      }
      if (i + 1 < word.size()) {
        took_last_ = found->last;
        out_.options[found->name].push_back(word.substr(i + 1));
        return {};
      }
      return take_next(*found, std::string("-") + word[i]);
    }
    return {};
  }

  Result<void> take_next(const Option& option, const std::string& shown) {
    if (at_ + 1 >= words_.size()) return input_error(shown + " needs a value: " + option.value);
    out_.options[option.name].push_back(words_[++at_]);
    took_last_ = option.last;
    return {};
  }

  tl::unexpected<Error> unknown(const std::string& shown) const {
    std::vector<std::string> names;
    for (const auto& option : usage_.options) names.push_back("--" + option.name);
    return input_error(usage_.called() + " has no option " + shown + suggestion(shown, names) +
                       " (see '" + usage_.called() + " --help')");
  }

  const Usage& usage_;
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  bool took_last_ = false;
  Given out_;
};

}  // namespace

std::string Given::last(const std::string& name, const std::string& otherwise) const {
  auto found = options.find(name);
  return found != options.end() && !found->second.empty() ? found->second.back() : otherwise;
}

Result<Given> parse_options(const Usage& usage, const std::vector<std::string>& words) {
  if (usage.rest == Rest::Everything) return Given{{}, words};
  return Parsing(usage, words).run();
}

std::string help_text(const Usage& usage) {
  std::string out = usage.called() + (usage.options.empty() ? "" : " [options]") +
                    (usage.arguments.empty() ? "" : " " + usage.arguments) + "\n\n  " +
                    usage.summary + "\n";
  if (!usage.details.empty()) out += "\n" + usage.details + "\n";
  if (!usage.options.empty()) out += "\noptions:\n";
  for (const auto& option : usage.options) {
    std::string left =
        "  " +
        (option.letter != 0 ? "-" + std::string(1, option.letter) + ", " : std::string("    ")) +
        "--" + option.name;
    if (!option.value.empty()) left += " " + option.value;
    out += left + std::string(left.size() < 30 ? 30 - left.size() : 1, ' ') + option.help + "\n";
  }
  return out;
}

}  // namespace hitz::cli
