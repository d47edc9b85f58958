// SPDX-License-Identifier: Apache-2.0
// Counts the allocations of this binary.
#include "support/counting_new_definitions.hpp"
