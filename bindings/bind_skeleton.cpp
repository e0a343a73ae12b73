// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"

namespace runmech::bindings {

void bind_skeleton(py::module_&) {}

}  // namespace runmech::bindings
