// SPDX-License-Identifier: Apache-2.0
#pragma once
// Toy worlds: recipes written down in a few lines, for tests of what stands on them.
//
//   # a comment
//   NAME = "value"                      the base configuration
//   recipe zlib 1.3                     PN and PV; PE as 1:1.3
//     depends a b                       also rdepends, rrecommends, provides, rprovides, inherits,
//                                       packages_dynamic, skipped TEXT, priority N, preference N,
//                                       variant native, layer X, world no
//     package zlib-dev rdepends=zlib rprovides=x,y rrecommends=z
//     task do_compile after do_a do_b depends=gcc:do_x,tar:do_y deptask=do_populate_sysroot
//                                       rdepends, rdeptask, recrdeptask, recideptask, mcdepends
//
// A recipe without a task has do_build. It makes a package of its own name unless it says packages.

#include <map>
#include <memory>
#include <string>

#include "engine/graph/providers.h"
#include "engine/recipe/recipe.h"

namespace hitz::testing {

struct ToyWorld {
  recipe::World world;
  std::map<std::string, std::string> config;

  graph::Variable variable() const;
  graph::Providers providers() const;
};

/// Fails the test on text that says something else.
std::unique_ptr<ToyWorld> toy_world(const std::string& text);

}  // namespace hitz::testing
