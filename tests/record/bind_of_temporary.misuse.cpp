// SPDX-License-Identifier: Apache-2.0
// misuse: use of deleted function|deleted function|call to deleted
#include <segmenta/record/customer.hpp>

#include <list>
#include <map>
#include <string>
#include <vector>

enum class gender { female, male };

struct order {
    segmenta::instant paid_at;
    double amount = 0;
    segmenta::money paid;
};

struct shopper {
    int age = 0;
    gender sex = gender::female;
    std::map<int, int> counts;
    std::list<order> list;
    std::vector<order> orders;
    segmenta::money balance;
};

auto describe() {
    using namespace segmenta;
#if SEGMENTA_MISUSE
    return [] {
        return schema_of<shopper>().attribute("age", &shopper::age).bind(shopper{}).what().attributes().size();
    }();
#else
    return [] {
        static shopper const s;
        return schema_of<shopper>().attribute("age", &shopper::age).bind(s).what().attributes().size();
    }();
#endif
}
