// SPDX-License-Identifier: Apache-2.0
// A classification is one thread's memory; copying it would share or double that.
// misuse: use of deleted function|call to (implicitly-deleted|deleted) (copy )?constructor
#include <segmenta/segmenter/classification.hpp>

#include <utility>

segmenta::classification keep(segmenta::classification& now) {
#if SEGMENTA_MISUSE
    segmenta::classification copy = now;
    return copy;
#else
    return std::move(now);
#endif
}
