// SPDX-License-Identifier: Apache-2.0
// Clusterings in a plan: fitted with it on everybody, or elsewhere and given as a document.
#include "model/cluster_answers.hpp"
#include "model/model_document.hpp"
#include "model/model_strategy.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/model/cluster_model.hpp>
#include <segmenta/model/one_hot.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

enum class clustering_kind : std::uint8_t { k_means, k_prototypes, gaussian_mixture };

struct clusters_use {
    std::shared_ptr<cluster_model const> given; // of a document; else it is fitted:
    clustering_kind model = clustering_kind::k_means;
    std::size_t clusters = 0;
    std::uint64_t seed = 0;
    std::size_t starts = 10;
    bool standardise = true;
    covariance_kind covariance = covariance_kind::full;
    std::size_t texts = 0; // columns at the end that are texts
    std::vector<std::string> segments;
    std::optional<std::size_t> probability_of;
    drift_use drift;
};

// The data of a fit, as clusterings take them.
struct cluster_data {
    std::vector<std::vector<double>> numbers; // as they are
    std::vector<std::vector<double>> scaled;
    std::optional<feature_scaling> scaling;
    std::vector<std::vector<std::uint32_t>> codes;
    std::vector<std::vector<std::string>> categories;
};

cluster_data data_of(clusters_use const& use, training_rows const& rows) {
    cluster_data out;
    std::size_t const numbers = rows.numbers.size() - use.texts;
    out.numbers.assign(rows.numbers.begin(), rows.numbers.begin() + static_cast<std::ptrdiff_t>(numbers));
    if (numbers > 0) {
        auto const kind = use.standardise ? scaling_kind::standard : scaling_kind::none;
        out.scaling = fit_feature_scaling(as_columns(out.numbers), {.kind = kind});
        out.scaled = out.scaling->apply(as_columns(out.numbers));
    }
    if (use.texts == 0) return out;
    auto const texts = std::span(rows.texts).subspan(numbers);
    auto const encoding = fit_one_hot(texts);
    for (std::size_t a = 0; a < texts.size(); ++a) {
        out.codes.push_back(encoding.codes(a, texts[a]));
        out.categories.emplace_back(encoding.names(a).begin(), encoding.names(a).end());
    }
    return out;
}

// Clusters from the lowest to the highest centre, by the first column, then the next: the numbers of a fit are chance.
template <class Centre>
std::vector<std::size_t> ascending(std::size_t clusters, Centre centre) {
    std::vector<std::size_t> order(clusters);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        auto const x = centre(a);
        auto const y = centre(b);
        return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
    });
    return order;
}

template <class To, class From>
void append(To& to, From const& from) {
    to.insert(to.end(), from.begin(), from.end());
}

any_clustering ordered(k_means const& model) {
    std::vector<double> centres;
    for (std::size_t const c : ascending(model.clusters(), [&](std::size_t i) { return model.centre(i); }))
        append(centres, model.centre(c));
    return k_means(std::move(centres), model.clusters());
}

any_clustering ordered(k_prototypes const& model) {
    auto const all_of = [&](std::size_t i) {
        std::vector<double> out(model.mean(i).begin(), model.mean(i).end());
        append(out, model.mode(i));
        return out;
    };
    std::vector<double> means;
    std::vector<std::uint32_t> modes;
    for (std::size_t const c : ascending(model.clusters(), all_of)) {
        append(means, model.mean(c));
        append(modes, model.mode(c));
    }
    return k_prototypes(model.clusters(), std::move(means), std::move(modes), model.gamma());
}

any_clustering ordered(gaussian_mixture const& model) {
    bool const own_covariances = model.kind() != covariance_kind::tied;
    std::size_t const size = model.covariances().size() / (own_covariances ? model.components() : 1);
    std::vector<double> weights;
    std::vector<double> means;
    std::vector<double> covariances;
    for (std::size_t const c : ascending(model.components(), [&](std::size_t i) { return model.mean(i); })) {
        weights.push_back(model.weights()[c]);
        append(means, model.mean(c));
        if (own_covariances) append(covariances, model.covariances().subspan(c * size, size));
    }
    if (!own_covariances) append(covariances, model.covariances());
    return gaussian_mixture(model.kind(), std::move(weights), std::move(means), std::move(covariances));
}

any_clustering fit_clustering(clusters_use const& use, cluster_data const& data, std::string const& place,
                              boost::json::object& facts) {
    if (use.model == clustering_kind::gaussian_mixture) {
        gaussian_mixture_options options{.components = use.clusters, .kind = use.covariance, .starts = use.starts};
        options.k_means_starts = 1; // each start another one
        options.seed = use.seed;
        auto const model = fit_gaussian_mixture(as_columns(data.scaled), options);
        refuse_undetermined(model.diagnostics(), place);
        facts["log_likelihood"] = model.diagnostics().log_likelihood;
        return ordered(model);
    }
    if (use.model == clustering_kind::k_prototypes) {
        k_prototypes_options options{.clusters = use.clusters, .starts = use.starts};
        options.seed = use.seed;
        auto const model = fit_k_prototypes(as_columns(data.scaled), as_categories(data.codes), options);
        facts["cost"] = model.fit().cost;
        return ordered(model);
    }
    k_means_options options{.clusters = use.clusters, .starts = use.starts};
    options.seed = use.seed;
    auto const model = fit_k_means(as_columns(data.scaled), options);
    facts["inertia"] = model.fit().inertia;
    return ordered(model);
}

std::vector<std::uint32_t> labels_of(any_clustering const& any, cluster_data const& data, std::size_t rows) {
    std::vector<std::uint32_t> out(rows);
    if (auto const* const means = std::get_if<k_means>(&any)) means->assign(as_columns(data.scaled), out);
    if (auto const* const mixture = std::get_if<gaussian_mixture>(&any)) mixture->assign(as_columns(data.scaled), out);
    if (auto const* const prototypes = std::get_if<k_prototypes>(&any))
        prototypes->assign(as_columns(data.scaled), as_categories(data.codes), out);
    return out;
}

boost::json::object fit_clusters(clusters_use const& use, strategy_use const& plan, training_rows const& rows) {
    auto const data = data_of(use, rows);
    boost::json::object out;
    cluster_model_parts parts{fit_clustering(use, data, plan.place, out)};
    auto const first_text = plan.reads.end() - static_cast<std::ptrdiff_t>(use.texts);
    parts.numbers.assign(plan.reads.begin(), first_text);
    parts.scaling = data.scaling;
    for (std::size_t a = 0; a < data.categories.size(); ++a)
        parts.attributes.push_back({first_text[static_cast<std::ptrdiff_t>(a)], data.categories[a]});
    std::vector<std::string> const attribute_names(first_text, plan.reads.end());
    auto const codes = as_categories(data.codes);
    auto const profiles =
        profile_clusters(as_columns(data.numbers), parts.numbers, {codes, attribute_names, data.categories},
                         labels_of(parts.clustering, data, rows.rows));
    parts.segments = name_clusters(profiles, use.clusters);
    for (std::size_t c = 0; c < use.clusters; ++c)
        parts.segments[c].id = use.segments[c];
    out["customers"] = rows.rows;
    out["clusters"] = parse_json(cluster_model(std::move(parts)).to_json());
    return out;
}

std::shared_ptr<cluster_model const> saved_model(std::string const& kind, clusters_use const& use, std::size_t columns,
                                                 boost::json::object const& fit) {
    auto const* const found = fit.if_contains("clusters");
    if (found == nullptr) bad_content(kind, "the clusters are missing");
    auto out = std::make_shared<cluster_model const>(cluster_model::from_json(write_json(*found)));
    bool const fits = out->attributes().size() == use.texts && out->numbers().size() + use.texts == columns &&
                      segment_ids(*out) == use.segments;
    if (!fits) bad_content(kind, "the clusters do not fit the parameters");
    return out;
}

// The reference of a document speaks of the document's segments, and its scores are not probabilities of one segment.
std::optional<drift_reference> reference_for(clusters_use const& use, drift_reference const& of_document) {
    std::vector<drift_feature> features;
    for (auto feature : of_document.features()) {
        if (feature.edges) {
            if (!use.probability_of) features.push_back(std::move(feature));
            continue;
        }
        auto const known = segment_ids(*use.given);
        std::map<std::string, std::uint64_t> counts;
        for (std::size_t i = 0; i < feature.categories.size(); ++i) {
            auto const at = std::find(known.begin(), known.end(), feature.categories[i]);
            if (at == known.end()) return std::nullopt; // of other segments than these
            counts[use.segments[static_cast<std::size_t>(at - known.begin())]] = feature.counts[i];
        }
        std::vector<std::uint64_t> const rest(feature.counts.end() - 2, feature.counts.end()); // others, missing
        feature.categories.clear();
        feature.counts.clear();
        for (auto const& [name, count] : counts) {
            feature.categories.push_back(name);
            feature.counts.push_back(count);
        }
        feature.counts.insert(feature.counts.end(), rest.begin(), rest.end());
        features.push_back(std::move(feature));
    }
    if (features.empty()) return std::nullopt;
    return drift_reference(std::move(features));
}

// What is read in either case; the rest of the keys hangs on whether there is a document.
class clusters_reader {
public:
    clusters_reader(std::string kind, strategy_use const& use, boost::json::object const& object, issue_list& issues)
        : kind_(std::move(kind)), use_(use), reader_(object, kind_, use.place, issues), issues_(issues) {}

    clusters_use read(bool any_model) {
        reader_.read("segments", out_.segments);
        out_.drift.read(reader_);
        std::string probability;
        if (any_model) reader_.read("probability_of", probability);
        if (any_model && reader_.has("document"))
            read_document();
        else
            read_fit(any_model);
        reader_.finish();
        if (out_.segments.empty() && !out_.given)
            for (std::size_t i = 1; i <= out_.clusters; ++i)
                out_.segments.push_back(std::to_string(i));
        if (!issues_.has_errors()) check_segments();
        if (!probability.empty()) read_probability(probability);
        if (out_.drift.source == drift_source::document && !issues_.has_errors()) {
            out_.drift.reference = reference_for(out_, *out_.drift.reference);
            if (!out_.drift.reference) out_.drift.source = drift_source::none;
        }
        return std::move(out_);
    }

private:
    void read_document() {
        for (auto const* key : {"model", "clusters", "seed", "starts", "standardise", "covariance", "categories"})
            if (reader_.find(key) != nullptr) reader_.refuse(key, "the document says what the clusters are");
        try {
            auto const& document = *reader_.need("document");
            auto model = cluster_model::from_json(write_json(document));
            out_.drift.read_document(document.get_object()); // an object, since it has been read
            std::vector<std::string> names(model.numbers().begin(), model.numbers().end());
            for (auto const& attribute : model.attributes())
                names.push_back(attribute.name);
            check_reads(kind_, use_, names, issues_);
            out_.clusters = model.clusters();
            out_.texts = model.attributes().size();
            if (out_.segments.empty()) out_.segments = segment_ids(model);
            out_.given = std::make_shared<cluster_model const>(std::move(model));
        } catch (issue_error const& e) {
            append_document_issues(e, use_.place + "/document", issues_);
        }
    }

    void read_fit(bool any_model) {
        using model_name = object_reader::named<clustering_kind>;
        using covariance_name = object_reader::named<covariance_kind>;
        if (any_model) {
            reader_.need("model");
            reader_.read_choice<clustering_kind>("model", out_.model,
                                                 {model_name{"k_means", clustering_kind::k_means},
                                                  model_name{"k_prototypes", clustering_kind::k_prototypes},
                                                  model_name{"gaussian_mixture", clustering_kind::gaussian_mixture}});
        }
        reader_.read_whole("clusters", out_.clusters, 1, 1'000);
        if (!reader_.has("clusters")) out_.clusters = out_.segments.size();
        reader_.read_whole("seed", out_.seed, 0, INT64_MAX);
        reader_.read_whole("starts", out_.starts, 1, 10'000);
        reader_.read("standardise", out_.standardise);
        if (out_.model == clustering_kind::gaussian_mixture)
            reader_.read_choice<covariance_kind>("covariance", out_.covariance,
                                                 {covariance_name{"full", covariance_kind::full},
                                                  covariance_name{"tied", covariance_kind::tied},
                                                  covariance_name{"diagonal", covariance_kind::diagonal},
                                                  covariance_name{"spherical", covariance_kind::spherical}});
        if (out_.model == clustering_kind::k_prototypes) read_categories();
    }

    void read_categories() {
        std::vector<std::string> categories;
        reader_.read("categories", categories);
        out_.texts = categories.size();
        bool const last = categories.size() <= use_.reads.size() &&
                          std::equal(categories.begin(), categories.end(),
                                     use_.reads.end() - static_cast<std::ptrdiff_t>(categories.size()));
        if (!last)
            issues_.error(kind_ + ".categories", use_.place + "/categories",
                          "columns of categories are the last ones that are read, in the same order",
                          join_names(categories, categories.size()), join_names(use_.reads, use_.reads.size()),
                          "Name the columns of numbers first in `of`");
    }

    void check_segments() {
        if (out_.clusters != 0 && out_.segments.size() == out_.clusters) return;
        issues_.error(kind_ + ".sizes", use_.place + "/segments", "there must be one id for each cluster",
                      std::to_string(out_.segments.size()), std::to_string(out_.clusters),
                      "Give clusters, segments or both");
    }

    void read_probability(std::string const& segment) {
        bool const known =
            out_.given ? out_.given->has_probabilities() : out_.model == clustering_kind::gaussian_mixture;
        auto const at = std::find(out_.segments.begin(), out_.segments.end(), segment);
        if (known && at != out_.segments.end()) {
            out_.probability_of = static_cast<std::size_t>(at - out_.segments.begin());
            return;
        }
        issues_.error(kind_ + ".probability_of", use_.place + "/probability_of",
                      known ? "there is no such segment" : "only Gaussian mixtures know probabilities", quoted(segment),
                      join_names(out_.segments, out_.segments.size()));
    }

    std::string kind_;
    strategy_use const& use_;
    object_reader reader_;
    issue_list& issues_;
    clusters_use out_;
};

std::optional<model_use> read_use(std::string const& kind, bool any_model, strategy_use const& use,
                                  issue_list& issues) {
    auto const object = parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    auto const read = clusters_reader(kind, use, *object, found).read(any_model);
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    model_use out;
    out.drift = read.drift;
    out.segments = read.segments;
    out.inputs.assign(use.reads.size(), input_kind::number);
    std::fill(out.inputs.end() - static_cast<std::ptrdiff_t>(read.texts), out.inputs.end(), input_kind::text);
    out.scores = read.probability_of.has_value();
    out.needs_fit = read.given == nullptr;
    out.fit = [read, use](training_rows const& rows) { return fit_clusters(read, use, rows); };
    out.make = [kind, read, columns = use.reads.size()](boost::json::object const& fit) {
        return cluster_answers(read.given ? read.given : saved_model(kind, read, columns, fit), read.probability_of);
    };
    return out;
}

strategy_kind kind_of(std::string name, std::string summary, bool any_model) {
    return model_kind(name, std::move(summary), [name, any_model](strategy_use const& use, issue_list& issues) {
        return read_use(name, any_model, use, issues);
    });
}

} // namespace

strategy_kind clusters_kind() {
    return kind_of("clusters", "a clustering, fitted on everybody or given as a document; each customer is in one",
                   true);
}

strategy_kind k_means_kind() {
    return kind_of("k_means", "clusters around centres, fitted on everybody; each customer is in the nearest", false);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
