// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <clocale>
#include <cstdio>

#include "engine/cli/bitbake.h"

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  int status = hitz::cli::dispatch_as(argv[0], std::vector<std::string>(argv + 1, argv + argc));
  std::fflush(nullptr);
  // Python's objects live as long as the process: leaving at once spares taking them apart one by
  // one.
  ::_exit(status);
}
