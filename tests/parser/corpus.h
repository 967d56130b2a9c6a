// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parser's corpora: plain text, format at the top of tests/corpus/parser/lines.txt.

#include <string>
#include <vector>

#include "parser/reader.h"

/// One case of a corpus: a text and what it says.
struct Case {
  std::string title;  // the "==== " line without its sign
  std::string file;   // "t.bb" where the title names none
  hitz::parser::Release release = hitz::parser::Release::Wrynose;
  std::string written;   // the text as the corpus has it
  std::string text;      // the text with its «…» put in
  std::string expected;  // readable statements, warnings, or the error
};

struct Corpus {
  std::string path;
  std::string preface;
  std::vector<Case> cases;
};

/// Every corpus file of tests/corpus/parser, sorted.
std::vector<std::string> corpus_paths();
Corpus load_corpus(const std::string& path);
void save_corpus(const Corpus& corpus);
/// What a reader makes of a case, in the corpora's form.
std::string outcome(const Case& one);
