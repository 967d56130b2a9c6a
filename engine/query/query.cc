// SPDX-License-Identifier: Apache-2.0
#include "engine/query/query.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "engine/base/text.h"
#include "engine/graph/algorithms.h"

namespace hitz::query {

namespace {

using Nodes = std::vector<std::uint32_t>;

struct Token {
  enum class Type { Word, Symbol, End } type = Type::End;
  std::string text;
  std::size_t at = 0;
  bool quoted = false;
};

bool is_symbol(char c) {
  return std::string_view("(),+^=").find(c) != std::string_view::npos;
}

Nodes united(Nodes a, const Nodes& b) {
  std::set<std::uint32_t> seen(a.begin(), a.end());
  for (std::uint32_t node : b) {
    if (seen.insert(node).second) a.push_back(node);
  }
  return a;
}

Nodes kept(const Nodes& a, const Nodes& b, bool inside) {
  std::set<std::uint32_t> other(b.begin(), b.end());
  Nodes out;
  for (std::uint32_t node : a) {
    if (other.contains(node) == inside) out.push_back(node);
  }
  return out;
}

class Evaluation {
 public:
  Evaluation(const Universe& universe, std::string_view text) : universe_(universe), text_(text) {
    for (std::uint32_t i = 0; i < universe.labels.size(); ++i)
      by_label_[universe.labels[i]].push_back(i);
  }

  Result<Nodes> run() {
    TRY_VOID(tokenize());
    Nodes out = TRY(expression());
    if (now().type != Token::Type::End)
      return wrong(now(), "an operator or the end is wanted here");
    return out;
  }

 private:
  // ---- tokens
  Result<void> tokenize() {
    for (std::size_t at = 0; at < text_.size();) {
      char c = text_[at];
      if (c == ' ' || c == '\t' || c == '\n') {
        ++at;
      } else if (c == '"' || c == '\'') {
        std::size_t end = text_.find(c, at + 1);
        if (end == std::string_view::npos)
          return wrong({Token::Type::Symbol, "", at}, "this quote is not closed");
        tokens_.push_back(
            {Token::Type::Word, std::string(text_.substr(at + 1, end - at - 1)), at, true});
        at = end + 1;
      } else if (is_symbol(c)) {
        tokens_.push_back({Token::Type::Symbol, std::string(1, c), at++});
      } else {
        std::size_t end = at;
        while (end < text_.size() && !is_symbol_of_word(end)) ++end;
        std::string word(text_.substr(at, end - at));
        tokens_.push_back({word == "-" ? Token::Type::Symbol : Token::Type::Word, word, at});
        at = end;
      }
    }
    tokens_.push_back({Token::Type::End, "", text_.size()});
    return {};
  }

  // "gtk+" is a word; "a + b" is not.
  bool is_symbol_of_word(std::size_t at) const {
    char c = text_[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '(' || c == ')' || c == ',' || c == '=')
      return true;
    bool ends = at + 1 == text_.size() || text_[at + 1] == ' ' || text_[at + 1] == ')' ||
                text_[at + 1] == ',';
    return (c == '+' || c == '^') && !ends;
  }

  const Token& now() const { return tokens_[next_]; }
  Token take() { return tokens_[next_++]; }
  bool at_symbol(std::string_view text) const {
    return now().type == Token::Type::Symbol && now().text == text;
  }
  bool at_word(std::string_view text) const {
    return now().type == Token::Type::Word && !now().quoted && now().text == text;
  }

  tl::unexpected<Error> wrong(const Token& token, const std::string& what) const {
    return input_error("query: " + what + "\n  " + std::string(text_) + "\n  " +
                       std::string(token.at, ' ') + "^");
  }

  Result<void> expect(std::string_view symbol) {
    if (!at_symbol(symbol)) return wrong(now(), "'" + std::string(symbol) + "' is wanted here");
    ++next_;
    return {};
  }

  // ---- grammar
  Result<Nodes> expression() {
    Nodes out = TRY(term());
    for (;;) {
      if (at_symbol("+") || at_word("union")) {
        ++next_;
        out = united(std::move(out), TRY(term()));
      } else if (at_symbol("-") || at_word("except")) {
        ++next_;
        out = kept(out, TRY(term()), false);
      } else if (at_symbol("^") || at_word("intersect")) {
        ++next_;
        out = kept(out, TRY(term()), true);
      } else {
        return out;
      }
    }
  }

  Result<Nodes> term() {
    if (at_symbol("(")) {
      ++next_;
      Nodes out = TRY(expression());
      TRY_VOID(expect(")"));
      return out;
    }
    if (now().type != Token::Type::Word)
      return wrong(now(), "a name, a function or '(' is wanted here");
    Token word = take();
    if (word.quoted) return named(word);
    if (word.text == "let") return let();
    if (word.text.starts_with('$')) {
      auto found = variables_.find(word.text.substr(1));
      if (found == variables_.end()) return wrong(word, "there is no variable " + word.text);
      return found->second;
    }
    if (at_symbol("(")) return call(word);
    return named(word);
  }

  Result<Nodes> let() {
    Token name = take();
    TRY_VOID(expect("="));
    Nodes value = TRY(expression());
    if (!at_word("in")) return wrong(now(), "'in' is wanted here");
    ++next_;
    variables_[name.text] = std::move(value);
    return expression();
  }

  Result<Nodes> named(const Token& word) {
    if (word.text == "..." || word.text == "*") {
      Nodes out(universe_.labels.size());
      for (std::uint32_t i = 0; i < out.size(); ++i) out[i] = i;
      return out;
    }
    if (word.text.find('*') != std::string::npos) return matching(word.text);
    if (auto found = by_label_.find(word.text); found != by_label_.end()) return found->second;
    return wrong(word, "there is no '" + word.text + "'" + suggestion(word.text, universe_.labels));
  }

  Nodes matching(const std::string& pattern) const {
    std::string text;
    for (char c : pattern) {
      if (c == '*')
        text += ".*";
      else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_')
        text += c;
      else
        text += std::string("\\") + c;
    }
    std::regex expression(text);
    Nodes out;
    for (std::uint32_t i = 0; i < universe_.labels.size(); ++i) {
      if (std::regex_match(universe_.labels[i], expression)) out.push_back(i);
    }
    return out;
  }

  Result<Nodes> call(const Token& name) {
    ++next_;  // the bracket
    Nodes out;
    if (name.text == "deps") {
      Nodes from = TRY(expression());
      out = graph::reached(universe_.needs, from, TRY(depth()));
    } else if (name.text == "rdeps") {
      Nodes within = TRY(expression());
      TRY_VOID(expect(","));
      Nodes of = TRY(expression());
      out = reverse(graph::reached(universe_.needs, within), of, TRY(depth()));
    } else if (name.text == "allpaths" || name.text == "somepath") {
      Nodes from = TRY(expression());
      TRY_VOID(expect(","));
      Nodes to = TRY(expression());
      out = name.text == "allpaths"
                ? kept(graph::reached(universe_.needs, from), backwards(to), true)
                : some_path(from, to);
    } else if (name.text == "kind" || name.text == "attr") {
      out = TRY(filtered(name));
    } else {
      return wrong(name, "there is no function '" + name.text + "'" +
                             suggestion(name.text,
                                        {"deps", "rdeps", "allpaths", "somepath", "kind", "attr"}));
    }
    TRY_VOID(expect(")"));
    return out;
  }

  Result<int> depth() {
    if (!at_symbol(",")) return -1;
    ++next_;
    Token number = take();
    if (number.type != Token::Type::Word ||
        number.text.find_first_not_of("0123456789") != std::string::npos)
      return wrong(number, "a depth is a number");
    return std::atoi(number.text.c_str());
  }

  std::vector<Nodes> reversed() const {
    std::vector<Nodes> out(universe_.needs.size());
    for (std::uint32_t i = 0; i < universe_.needs.size(); ++i) {
      for (std::uint32_t need : universe_.needs[i]) out[need].push_back(i);
    }
    return out;
  }

  Nodes backwards(const Nodes& from, int depth = -1) const {
    return graph::reached(reversed(), from, depth);
  }

  // Within a universe only: paths that leave it do not count.
  Nodes reverse(const Nodes& within, const Nodes& of, int depth) const {
    std::set<std::uint32_t> allowed(within.begin(), within.end());
    auto edges = reversed();
    for (auto& list : edges)
      std::erase_if(list, [&](std::uint32_t node) { return !allowed.contains(node); });
    return graph::reached(edges, kept(of, within, true), depth);
  }

  Nodes some_path(const Nodes& from, const Nodes& to) const {
    Nodes best;
    for (std::uint32_t a : from) {
      for (std::uint32_t b : to) {
        Nodes path = graph::shortest_path(universe_.needs, a, b);
        if (!path.empty() && (best.empty() || path.size() < best.size())) best = std::move(path);
      }
    }
    return best;
  }

  Result<Nodes> filtered(const Token& name) {
    std::string attribute;
    if (name.text == "attr") {
      attribute = take().text;
      TRY_VOID(expect(","));
    }
    Token pattern = take();
    std::optional<std::regex> expression_of;
    try {  // std::regex has no other way to refuse a pattern
      expression_of.emplace(pattern.text);
    } catch (const std::regex_error&) {
      return wrong(pattern, "this is not a regular expression");
    }
    TRY_VOID(expect(","));
    Nodes out;
    for (std::uint32_t node : TRY(expression())) {
      std::string text =
          name.text == "kind" ? universe_.kind(node) : universe_.attribute(node, attribute);
      if (std::regex_search(text, *expression_of)) out.push_back(node);
    }
    return out;
  }

  const Universe& universe_;
  std::string_view text_;
  std::map<std::string, Nodes> by_label_;
  std::map<std::string, Nodes> variables_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string json_list(const Universe& universe, const Nodes& nodes,
                      const std::set<std::uint32_t>& chosen) {
  std::string out = "[\n";
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    std::string needs;
    for (std::uint32_t need : universe.needs[nodes[i]]) {
      if (chosen.contains(need))
        needs += (needs.empty() ? "" : ", ") + quoted(universe.labels[need]);
    }
    out += "  {\"label\": " + quoted(universe.labels[nodes[i]]) +
           ", \"kind\": " + quoted(universe.kind(nodes[i])) + ", \"needs\": [" + needs + "]}" +
           (i + 1 < nodes.size() ? ",\n" : "\n");
  }
  return out + "]\n";
}

}  // namespace

Result<Nodes> evaluate(const Universe& universe, std::string_view expression) {
  return Evaluation(universe, expression).run();
}

std::string render(const Universe& universe, const Nodes& nodes, Form form) {
  std::set<std::uint32_t> chosen(nodes.begin(), nodes.end());
  std::string out;
  if (form == Form::Json) return json_list(universe, nodes, chosen);
  if (form == Form::Dot) {
    out = "digraph query {\n";
    for (std::uint32_t node : nodes) {
      out += "  " + quoted(universe.labels[node]) + "\n";
      for (std::uint32_t need : universe.needs[node]) {
        if (chosen.contains(need))
          out +=
              "  " + quoted(universe.labels[node]) + " -> " + quoted(universe.labels[need]) + "\n";
      }
    }
    return out + "}\n";
  }
  for (std::uint32_t node : nodes)
    out +=
        (form == Form::LabelKind ? universe.kind(node) + " " : "") + universe.labels[node] + "\n";
  return out;
}

}  // namespace hitz::query
