// SPDX-License-Identifier: Apache-2.0
// misuse: segmenta: as_units reads integers; a double is no exact amount
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
    return schema_of<shopper>().history("orders", &shopper::orders, "paid_at", &order::paid_at,
                                        row_field("amount", &order::amount, as_units{decimal_type(2)}));
#else
    return schema_of<shopper>().history("orders", &shopper::orders, "paid_at", &order::paid_at,
                                        row_field("amount", &order::amount));
#endif
}
