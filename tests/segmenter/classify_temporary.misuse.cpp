// SPDX-License-Identifier: Apache-2.0
// A customer that is gone before it is read.
// misuse: use of deleted function|call to deleted member function
#include <segmenta/segmenter/segmenter.hpp>

struct shopper {
    int age = 0;
};

void ask(segmenta::segmenter const& seg, segmenta::customer_schema<shopper> const& described,
         segmenta::classification& now) {
#if SEGMENTA_MISUSE
    segmenta::customer_view const who = described.bind(shopper{30});
#else
    shopper const s{30};
    segmenta::customer_view const who = described.bind(s);
#endif
    seg.classify(who, {.as_of = segmenta::instant{}}, now);
}
