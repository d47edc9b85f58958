// SPDX-License-Identifier: Apache-2.0
// Files in, a table of customers out, without the command.
#include <segmenta/segmenta.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
    using namespace segmenta;
    std::filesystem::path const work = argc > 1 ? argv[1] : std::filesystem::temp_directory_path();
    std::ofstream(work / "orders.csv") << "customer,day,amount\n"
                                          "ann,2024-06-28,120.00\nann,2024-05-30,80.50\nbob,2024-01-02,15.00\n"
                                          "cid,2024-06-30,1.2.3\n"; // counted under a reason, not lost
    plan const definition = parse_plan(R"json({
      "segmenta": 1, "id": "files",
      "sources": {"orders": {"fields": {"customer": "string", "day": "date", "amount": "decimal(2)"},
                             "customer": "customer", "time": "day"}},
      "columns": {
        "silence": {"feature": "recency_days", "of": "orders"},
        "spent": {"feature": "sum", "of": "orders", "field": "amount"},
        "band": {"strategy": "bands", "of": "silence", "ends": "both", "source": "example",
                 "bands": [{"id": "active", "to": 30}, {"id": "silent", "from": 31}]}},
      "outputs": ["spent", "band"]})json");
    instant const as_of = *parse_instant("2024-07-01", {});
    ingest_options options;
    options.as_of = as_of;
    source_file const file{"orders", work / "orders.csv"};
    ingest_result const read = ingest(definition, {&file, 1}, options);
    segmenter const seg = compile(fit(definition, read.customers, as_of));
    batch_result const result = seg.classify(read.customers, {as_of, 1, false});

    for (std::size_t row = 0; row < result.rows(); ++row)
        std::cout << read.customers.text_ids[row] << ' ' << to_string(cell(result.find("spent")->values, row)) << ' '
                  << result.find("band")->values.text(row) << '\n';
    for (auto const& reason : read.sources[0].reasons)
        std::cout << reason.rows << " row not counted: " << reason.reason << " at " << reason.first.place << '\n';
    bool const good = result.rows() == 2 && result.find("band")->values.text(0) == "active" &&
                      result.find("band")->values.text(1) == "silent" && read.sources[0].reasons.size() == 1;
    return good ? 0 : 1;
}
