// SPDX-License-Identifier: Apache-2.0
// A shell text is walked once, word by word. Whether a word is a command depends only on what
// stands before it: the start, a separator, a reserved word such as "then", or an opening bracket.
// Everything else is an argument, looked at for substitutions alone.

#include "engine/signature/shell_scanner.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "engine/base/text.h"

namespace hitz::signature {

namespace {

constexpr std::array<std::string_view, 12> kBeforeCommand = {
    "if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "coproc", "in"};
constexpr std::array<std::string_view, 4> kAfterCommand = {"fi", "done", "esac", "}"};

bool one_of(std::string_view word, const auto& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

struct Word {
  std::string raw;
  bool substituted = false;  // holds $(…) or a backquoted command
};

class Scan {
 public:
  Scan(std::string_view text, std::set<std::string>& functions, std::set<std::string>& commands)
      : text_(text), functions_(functions), commands_(commands) {}

  Result<void> run() {
    while (at_ < text_.size()) TRY_VOID(step());
    return {};
  }

 private:
  enum class Where { Command, Arguments, ForName, CaseWord, CasePattern };

  Result<void> step() {
    char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
      at_ += 2;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '\n') {
      ++at_;
      skip_here_documents();
      if (where_ != Where::CasePattern && where_ != Where::CaseWord) end_command();
    } else if (std::string_view(";&|()<>").find(c) != std::string_view::npos) {
      TRY_VOID(operators(c));
    } else {
      TRY_VOID(word());
    }
    return {};
  }

  Result<void> operators(char c) {
    if (c == ';' && text_.substr(at_, 2) == ";;") {
      TRY_VOID(finish_eval());
      where_ = Where::CasePattern;
      at_ += 2;
    } else if (c == '<' || c == '>') {
      redirection();
    } else if (c == '(') {
      open_bracket();
    } else if (c == ')') {
      ++at_;
      if (where_ == Where::CasePattern) {
        where_ = Where::Command;
      } else {
        TRY_VOID(finish_eval());
        where_ = Where::Arguments;
      }
    } else if (c == '|' && where_ == Where::CasePattern) {
      ++at_;
    } else {
      ++at_;
      TRY_VOID(finish_eval());
      where_ = Where::Command;
    }
    return {};
  }

  void end_command() {
    (void)finish_eval();
    where_ = Where::Command;
  }

  // "name (" makes a function of the command that has just been read; elsewhere a subshell opens.
  void open_bracket() {
    ++at_;
    if (where_ == Where::CasePattern) return;
    std::size_t next = text_.find_first_not_of(" \t", at_);
    if (where_ == Where::Arguments && !last_command_.empty() && next != std::string_view::npos &&
        text_[next] == ')') {
      functions_.insert(last_command_);
      at_ = next + 1;
    }
    where_ = Where::Command;
  }

  void redirection() {
    if (text_.substr(at_, 2) == "<<" && text_.substr(at_, 3) != "<<<") {
      at_ += 2;
      bool strip = at_ < text_.size() && text_[at_] == '-';
      if (strip) ++at_;
      at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size());
      std::size_t end = std::min(text_.find_first_of(" \t\n;&|<>)", at_), text_.size());
      std::string mark(text_.substr(at_, end - at_));
      std::erase_if(mark, [](char c) { return c == '\'' || c == '"' || c == '\\'; });
      here_.push_back(mark);
      at_ = end;
      return;
    }
    at_ = std::min(text_.find_first_not_of("<>&|", at_), text_.size());
    redirected_ = true;
  }

  void skip_here_documents() {
    for (const auto& mark : here_) {
      while (at_ < text_.size()) {
        std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        if (trim(line) == mark) break;
      }
    }
    here_.clear();
  }

  Result<void> word() {
    Word found;
    TRY_VOID(read_word(found));
    const std::string& raw = found.raw;
    if (redirected_) {
      redirected_ = false;
      return {};
    }
    switch (where_) {
      case Where::Command: return command(found);
      case Where::Arguments:
        if (evaluating_) eval_text_ += " " + raw;
        return {};
      case Where::ForName:
        if (raw == "in") where_ = Where::Arguments;
        if (raw == "do") where_ = Where::Command;
        return {};
      case Where::CaseWord:
        if (raw == "in") where_ = Where::CasePattern;
        return {};
      case Where::CasePattern:
        if (raw == "esac") where_ = Where::Arguments;
        return {};
    }
    return {};
  }

  Result<void> command(const Word& found) {
    const std::string& raw = found.raw;
    last_command_.clear();
    if (one_of(raw, kBeforeCommand)) return {};
    if (one_of(raw, kAfterCommand)) {
      where_ = Where::Arguments;
    } else if (raw == "for") {
      where_ = Where::ForName;
    } else if (raw == "case") {
      where_ = Where::CaseWord;
    } else if (raw.find('=') != std::string::npos && raw[0] != '=' && raw[0] != '[') {
      return {};  // an assignment: the command is still to come
    } else {
      where_ = Where::Arguments;
      evaluating_ = raw == "eval";
      eval_text_.clear();
      if (!found.substituted && !raw.starts_with('$')) {
        last_command_ = raw;
        commands_.insert(raw);
      }
    }
    return {};
  }

  // The text that eval runs is scanned as the shell would join it.
  Result<void> finish_eval() {
    if (!evaluating_) return {};
    evaluating_ = false;
    std::string text = eval_text_;
    std::erase_if(text, [](char c) { return c == '"' || c == '\''; });
    return Scan(text, functions_, commands_).run();
  }

  Result<void> read_word(Word& out) {
    std::size_t start = at_;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (std::string_view(" \t\r\n;&|<>()").find(c) != std::string_view::npos) break;
      if (c == '\\') {
        at_ = std::min(at_ + 2, text_.size());
      } else if (c == '\'') {
        std::size_t end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos) return unclosed("single quote");
        at_ = end + 1;
      } else if (c == '"') {
        TRY_VOID(double_quoted(out));
      } else if (c == '$' || c == '`') {
        TRY_VOID(dollar(out));
      } else {
        ++at_;
      }
    }
    out.raw = std::string(text_.substr(start, at_ - start));
    return {};
  }

  Result<void> double_quoted(Word& out) {
    for (++at_; at_ < text_.size();) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return {};
      }
      if (c == '\\') {
        at_ = std::min(at_ + 2, text_.size());
      } else if (c == '$' || c == '`') {
        TRY_VOID(dollar(out));
      } else {
        ++at_;
      }
    }
    return unclosed("double quote");
  }

  Result<void> dollar(Word& out) {
    if (text_[at_] == '`') {
      std::size_t end = at_ + 1;
      while (end < text_.size() && text_[end] != '`') end += text_[end] == '\\' ? 2 : 1;
      if (end >= text_.size()) return unclosed("backquote");
      out.substituted = true;
      std::string inner(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return Scan(inner, functions_, commands_).run();
    }
    ++at_;
    if (at_ >= text_.size()) return {};
    if (text_[at_] == '{') {
      std::size_t end = matching('{', '}');
      at_ = end;
      return {};
    }
    if (text_[at_] != '(') return {};
    bool arithmetic = text_.substr(at_, 2) == "((";
    std::size_t begin = at_ + 1;
    std::size_t end = matching('(', ')');
    at_ = end;
    out.substituted = true;
    if (arithmetic) return {};
    return Scan(text_.substr(begin, end - begin - 1), functions_, commands_).run();
  }

  // One past the bracket that closes the one at at_; quotes are respected.
  std::size_t matching(char open, char close) const {
    int depth = 0;
    for (std::size_t i = at_; i < text_.size(); ++i) {
      char c = text_[i];
      if (c == '\\') {
        ++i;
      } else if (c == '\'' && open == '(') {
        i = std::min(text_.find('\'', i + 1), text_.size());
      } else if (c == open) {
        ++depth;
      } else if (c == close && --depth == 0) {
        return i + 1;
      }
    }
    return text_.size();
  }

  static tl::unexpected<Error> unclosed(std::string_view what) {
    return kind_error(Kind::Handled, "the shell code ends within a " + std::string(what));
  }

  std::string_view text_;
  std::set<std::string>& functions_;
  std::set<std::string>& commands_;
  std::size_t at_ = 0;
  Where where_ = Where::Command;
  bool redirected_ = false;
  bool evaluating_ = false;
  std::string eval_text_;
  std::string last_command_;
  std::vector<std::string> here_;
};

}  // namespace

Result<const std::set<std::string>*> ShellScanner::commands(std::string_view text) {
  std::string key(text);
  if (auto found = known_.find(key); found != known_.end()) return &found->second;
  std::set<std::string> functions, commands;
  TRY_VOID(Scan(text, functions, commands).run());
  for (const auto& name : functions) commands.erase(name);
  return &known_.emplace(std::move(key), std::move(commands)).first->second;
}

}  // namespace hitz::signature
