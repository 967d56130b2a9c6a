// SPDX-License-Identifier: Apache-2.0
#pragma once
// Handle<T, release>: sole owner of a C library's object.

#include <memory>

namespace hitz {

template <auto Release>
struct Releaser {
  template <class T>
  void operator()(T* object) const {
    Release(object);
  }
};

template <class T, auto Release>
using Handle = std::unique_ptr<T, Releaser<Release>>;

}  // namespace hitz
