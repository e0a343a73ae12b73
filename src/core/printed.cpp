// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/core/printed.hpp"

#include <locale.h>
#if __has_include(<xlocale.h>)
#include <xlocale.h>
#endif

namespace runmech {
namespace {

locale_t plain() {
  static const locale_t made = newlocale(LC_NUMERIC_MASK, "C", nullptr);
  return made;
}

}  // namespace

// uselocale speaks for this thread only; the locale of the process stays the caller's.
PointAsDecimalSign::PointAsDecimalSign() : before_(uselocale(plain())) {}

PointAsDecimalSign::~PointAsDecimalSign() {
  uselocale(static_cast<locale_t>(before_));
}

}  // namespace runmech
