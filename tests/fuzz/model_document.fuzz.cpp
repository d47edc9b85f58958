// SPDX-License-Identifier: Apache-2.0
// Any bytes as the document of a model: refused with reasons, or a model that writes itself back, answers without
// falling over and can stand in a plan. Texts that only lack the right checksums, of the document or of one inside it,
// are given them, so that what stands behind the checksums is read as well.
#include "fuzz/replay.hpp"

#include "base/json.hpp"
#include "base/json_order.hpp"
#include "model/document_score.hpp"

#include <segmenta/base/hash.hpp>
#include <segmenta/error.hpp>
#include <segmenta/model/agglomerative.hpp>
#include <segmenta/model/bg_bb.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/calibration.hpp>
#include <segmenta/model/cluster_strategy.hpp>
#include <segmenta/model/cnbd_k.hpp>
#include <segmenta/model/feature_scaling.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/latent_class.hpp>
#include <segmenta/model/mbg_nbd.hpp>
#include <segmenta/model/model_strategies.hpp>
#include <segmenta/model/nbd.hpp>
#include <segmenta/model/one_hot.hpp>
#include <segmenta/model/pareto_nbd.hpp>
#include <segmenta/model/principal_components.hpp>
#include <segmenta/model/scorecard.hpp>
#include <segmenta/model/shifted_beta_geometric.hpp>
#include <segmenta/model/uplift.hpp>
#include <segmenta/model/woe_binning.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace segmenta;

void require(bool holds) {
    if (!holds) std::abort();
}

void require_reasons(issue_list const& issues) {
    require(issues.has_errors());
    for (auto const& problem : issues)
        require(!problem.code.empty() && !problem.message.empty());
}

/// Gives every object that has a checksum the right one, the inner ones first.
void mend(boost::json::value& value) {
    if (value.is_array())
        for (auto& element : value.get_array())
            mend(element);
    if (!value.is_object()) return;
    auto& object = value.get_object();
    for (auto& member : object)
        mend(member.value());
    if (!object.contains("checksum")) return;
    auto fields = object;
    fields.erase("checksum");
    object["checksum"] = content_hash(detail::write_json(detail::sorted_keys(fields)));
}

constexpr std::array customers{repeat_purchases{repeat_count(0), age_at_last_purchase(0), customer_age(30)},
                               repeat_purchases{repeat_count(3), age_at_last_purchase(20), customer_age(30)},
                               repeat_purchases{repeat_count(1e6), age_at_last_purchase(1), customer_age(1)}};
volatile double sink = 0; // what is asked for is computed

// One overload for each way to ask; whatever the answer, there is one.
template <class Model>
void ask(Model const& model) {
    if constexpr (requires { model.probability_alive(customers[0]); })
        for (auto const& who : customers)
            sink = model.probability_alive(who);
    if constexpr (requires { model.conditional_expected_transactions(customers[0], horizon(1)); })
        for (auto const& who : customers)
            sink = model.conditional_expected_transactions(who, horizon(10));
    if constexpr (requires { model.expected_spend(repeat_count(1), mean_spend(1)); })
        sink = model.expected_spend(repeat_count(2), mean_spend(30));
    if constexpr (requires { model.retention(1.0); }) sink = model.retention(2) + model.survival(3);
    if constexpr (requires { model.probability(0.5); }) sink = model.probability(0.5);
    if constexpr (requires { model.bin_of(0.5); }) require(model.bin_of(0.5) < model.table().size());
}

void ask(cluster_model const& model) {
    std::vector<double> const numbers(model.numbers().size(), 0.25);
    std::vector<std::string_view> const texts(model.attributes().size(), "a");
    auto const found = model.nearest(numbers, texts);
    require(found.cluster == cluster_answer::no_cluster || found.cluster < model.clusters());
    std::vector<double> shares(model.clusters());
    model.probabilities(numbers, shares);
}

template <class Model>
void read(std::string_view text) {
    auto const model = Model::from_json(text);
    std::string const written = model.to_json();
    require(Model::from_json(written).to_json() == written);
    ask(model);
}

void read_score(std::string_view text) {
    auto const model = detail::read_document_score(std::string(text));
    std::vector<double> const numbers(model.inputs.size(), 1e9);
    std::vector<std::string_view> const texts(model.inputs.size(), "a");
    auto const found = model.score({numbers, texts});
    if (model.describe) require(!model.describe(found.reason).empty());
}

struct reader {
    std::string_view model;
    void (*read)(std::string_view text);
};

constexpr std::array readers{reader{"agglomerative", read<agglomerative>},
                             reader{"bg_bb", read<bg_bb>},
                             reader{"bg_cnbd_k", read<bg_cnbd_k>},
                             reader{"bg_nbd", read<bg_nbd>},
                             reader{"cluster_strategy", read<cluster_strategy>},
                             reader{"feature_scaling", read<feature_scaling>},
                             reader{"gamma_gamma", read<gamma_gamma>},
                             reader{"gaussian_mixture", read<gaussian_mixture>},
                             reader{"gaussian_mixture", read<cluster_model>},
                             reader{"gmm", read<cluster_model>},
                             reader{"isotonic_calibration", read<isotonic_calibration>},
                             reader{"k_means", read<k_means>},
                             reader{"k_means", read<cluster_model>},
                             reader{"k_medoids", read<k_medoids>},
                             reader{"k_prototypes", read<k_prototypes>},
                             reader{"kmeans", read<cluster_model>},
                             reader{"kmedoids", read<cluster_model>},
                             reader{"kprototypes", read<cluster_model>},
                             reader{"latent_class", read<latent_class>},
                             reader{"logistic", read<logistic>},
                             reader{"logistic", read_score},
                             reader{"mbg_cnbd_k", read<mbg_cnbd_k>},
                             reader{"mbg_nbd", read<mbg_nbd>},
                             reader{"nbd", read<nbd>},
                             reader{"one_hot", read<one_hot>},
                             reader{"pareto_nbd", read<pareto_nbd>},
                             reader{"platt_calibration", read<platt_calibration>},
                             reader{"principal_components", read<principal_components>},
                             reader{"s_learner", read<s_learner>},
                             reader{"scorecard", read<scorecard>},
                             reader{"scorecard", read_score},
                             reader{"shifted_beta_geometric", read<shifted_beta_geometric>},
                             reader{"t_learner", read<t_learner>},
                             reader{"woe_binning", read<woe_binning>}};

/// As a plan does that holds the document.
void stand_in_plan(std::string_view model, std::string_view text) {
    strategy_use use;
    use.kind = model == "logistic" || model == "scorecard" ? "model_score" : "clusters";
    use.scheme = "s";
    use.reads = {"a", "b"};
    use.parameters = R"({"document": )" + std::string(text) + "}";
    use.place = "plan";
    issue_list issues;
    static strategy_registry const mechanisms = registry_with_models();
    if (!mechanisms.check(use, issues)) return require_reasons(issues);
    (void)mechanisms.make(use);
}

void read_all(std::string_view model, std::string_view text) {
    for (auto const& one : readers) {
        if (one.model != model) continue;
        try {
            one.read(text);
        } catch (issue_error const& error) {
            require_reasons(error.issues());
        }
    }
    stand_in_plan(model, text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    boost::json::value document;
    try {
        document = detail::parse_json(text, {.comments = false});
    } catch (issue_error const& error) {
        require_reasons(error.issues());
        return 0;
    }
    if (!document.is_object() || !document.get_object().contains("model")) return 0;
    auto const& name = document.get_object().at("model");
    if (!name.is_string()) return 0;
    std::string const model(name.get_string());
    read_all(model, text);
    mend(document);
    read_all(model, detail::write_json(document));
    return 0;
}
