// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hitz::fuzz {

namespace {

constexpr std::string_view kPieces[] = {"\\\n",
                                        "\\",
                                        "\n",
                                        "\"",
                                        "'",
                                        "#",
                                        "{",
                                        "}",
                                        "(",
                                        ")",
                                        "\n}\n",
                                        "[",
                                        "]",
                                        ":",
                                        "=",
                                        "+",
                                        ".",
                                        "${",
                                        "${@",
                                        "$",
                                        "\t",
                                        "  ",
                                        "\r",
                                        "\r\n",
                                        "",
                                        "\f",
                                        "é",
                                        "?",
                                        "@",
                                        "/",
                                        "\xc2\xa0",
                                        "\xff",
                                        "\xef\xbb\xbf",
                                        "export ",
                                        "python ",
                                        "def ",
                                        "()",
                                        ":append",
                                        ":remove",
                                        ":prepend",
                                        "_append",
                                        "inherit ",
                                        "require ",
                                        "unset ",
                                        "addtask ",
                                        "%",
                                        "!",
                                        "`",
                                        "~",
                                        "*",
                                        "&&",
                                        "<<EOF\n",
                                        "\xf0\x9f\x98\x80",
                                        "0"};
constexpr std::string_view kNames[] = {"A",
                                       "B",
                                       "C",
                                       "D",
                                       "PN",
                                       "PV",
                                       "OVERRIDES",
                                       "SRC_URI",
                                       "DEPENDS",
                                       "do_one",
                                       "do_build",
                                       "FILE",
                                       "A:o",
                                       "B:o:p",
                                       "A${B}",
                                       "${C}",
                                       "A:append",
                                       "B:remove",
                                       "A:append:o",
                                       "C:prepend:p",
                                       "BBPATH",
                                       "PROVIDES",
                                       "RDEPENDS:${PN}",
                                       "EXTRA-x",
                                       "a.b/c~d"};
constexpr std::string_view kOperators[] = {"=", ":=", "?=", "?\?=", "+=", "=+", ".=", "=."};
constexpr std::string_view kPython[] = {
    "d.getVar('A')",
    "d.getVar('B', False)",
    "bb.utils.contains('A', 'x', 'yes', 'no', d)",
    "bb.utils.filter('A', 'x y', d)",
    "d.getVarFlag('do_one', 'depends')",
    "d.expand('${C}')",
    "' '.join(sorted(d.keys())[:5])",
    "nobody()",
    "1/0",
    "d.setVar('A', 'set') or ''",
    "d.delVar('B') or ''",
    "d.renameVar('C', 'D') or ''",
    "d.appendVar('A', ' more') or ''",
    "d.createCopy().getVar('A')",
    "[x for x in (d.getVar('A') or '').split()]",
    "(lambda: d.getVar('B'))()",
    "{'a': 1}['b']",
    "bb.fatal('fatal')",
    "os.path.basename(d.getVar('FILE') or '')",
};
constexpr std::string_view kStatements[] = {
    "inherit one",
    "inherit_defer two",
    "include a.inc",
    "require b.inc",
    "include_all conf/x.conf",
    "addtask one after do_build before do_two",
    "deltask do_one",
    "addhandler handle",
    "handle[eventmask] = \"bb.event.RecipeParsed\"",
    "EXPORT_FUNCTIONS do_one",
    "export A",
    "unset A",
    "unset do_one[depends]",
    "do_one () {\n    echo ${A}\n}",
    "python do_two () {\n    d.setVar('A', d.getVar('B'))\n}",
    "python () {\n    d.setVar('D', (d.getVar('A') or '') + 'x')\n}",
    "python () {\n    raise bb.parse.SkipRecipe('skipped')\n}",
    "python handle () {\n    e.data.setVar('E', 'handled')\n}",
    "fakeroot do_three () {\n    cat <<EOF\n${A}\nEOF\n}",
    "def helper(d):\n    return d.getVar('A')\n",
    "BBCLASSEXTEND = \"native\"",
    "do_one[depends] = \"x:do_build\"",
    "# a comment",
};

template <class Range>
std::string one_of(Chance& chance, const Range& range) {
  return std::string(range[chance.below(std::size(range))]);
}

}  // namespace

std::uint64_t Chance::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t out = state_;
  out = (out ^ (out >> 30)) * 0xbf58476d1ce4e5b9ULL;
  out = (out ^ (out >> 27)) * 0x94d049bb133111ebULL;
  return out ^ (out >> 31);
}

Mutator::Mutator(std::vector<std::string> seeds, std::uint64_t seed)
    : chance_(seed), seeds_(std::move(seeds)) {}

const std::string& Mutator::seed() {
  return seeds_[chance_.below(seeds_.size())];
}

std::string Mutator::text() {
  std::string out;
  for (std::size_t left = 1 + chance_.below(3); left > 0; --left) {
    out += chance_.one_in(2) ? seed() : statement() + "\n";
  }
  for (std::size_t left = chance_.below(7); left > 0; --left) spoil(out);
  return out;
}

void Mutator::spoil(std::string& text) {
  const std::size_t at = chance_.below(text.size() + 1), other = chance_.below(text.size() + 1);
  const std::size_t begin = std::min(at, other),
                    length = std::min<std::size_t>(std::max(at, other) - begin, 200);
  switch (chance_.below(8)) {
    case 0: text.erase(begin, chance_.below(4)); break;
    case 1: text.erase(begin, length); break;
    case 2: text.insert(at, text.substr(begin, length)); break;
    case 3: text.resize(at); break;
    case 4: {
      const std::string piece = one_of(chance_, kPieces);
      for (std::size_t left = 1 + chance_.below(300); left > 0; --left) text.insert(at, piece);
      break;
    }
    case 5:
      if (at < text.size()) text[at] = static_cast<char>(chance_.below(256));
      break;
    default: text.replace(at, chance_.below(3), one_of(chance_, kPieces));
  }
}

std::string Mutator::name() {
  return one_of(chance_, kNames);
}

std::string Mutator::value(std::size_t depth) {
  std::string out;
  for (std::size_t left = chance_.below(4); left > 0; --left) {
    switch (chance_.below(depth > 5 ? 3 : 6)) {
      case 0: out += " word"; break;
      case 1: out += "${" + name() + "}"; break;
      case 2: out += "${@" + one_of(chance_, kPython) + "}"; break;
      case 3: out += "${" + value(depth + 1) + "}"; break;
      case 4: out += "${@'" + value(depth + 1) + "'}"; break;
      default: out += one_of(chance_, kPieces); break;
    }
  }
  return out;
}

std::string Mutator::statement() {
  if (chance_.one_in(3)) return one_of(chance_, kStatements);
  std::string out = name();
  if (chance_.one_in(6)) out += "[" + std::string(chance_.one_in(2) ? "depends" : "doc") + "]";
  const char quote = chance_.one_in(3) ? '\'' : '"';
  return out + " " + one_of(chance_, kOperators) + " " + quote + value() + quote;
}

}  // namespace hitz::fuzz
