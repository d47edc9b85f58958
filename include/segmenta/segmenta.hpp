// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTA_HPP
#define SEGMENTA_SEGMENTA_HPP

/// \file
/// Everything of segmenta::segmenta in one include, for small programs and experiments; larger ones include what they
/// use. Written by `cmake -P tests/house/umbrella.cmake`.

#include <segmenta/base/bitmap.hpp> // IWYU pragma: export
#include <segmenta/base/cpu.hpp> // IWYU pragma: export
#include <segmenta/base/half_width.hpp> // IWYU pragma: export
#include <segmenta/base/hash.hpp> // IWYU pragma: export
#include <segmenta/base/large_allocator.hpp> // IWYU pragma: export
#include <segmenta/base/parallel.hpp> // IWYU pragma: export
#include <segmenta/base/random.hpp> // IWYU pragma: export
#include <segmenta/base/string_pool.hpp> // IWYU pragma: export
#include <segmenta/base/text.hpp> // IWYU pragma: export
#include <segmenta/column/graph.hpp> // IWYU pragma: export
#include <segmenta/error.hpp> // IWYU pragma: export
#include <segmenta/feature/feature.hpp> // IWYU pragma: export
#include <segmenta/feature/feature_set.hpp> // IWYU pragma: export
#include <segmenta/feature/history_summary.hpp> // IWYU pragma: export
#include <segmenta/feature/summarise.hpp> // IWYU pragma: export
#include <segmenta/ingest/ingest.hpp> // IWYU pragma: export
#include <segmenta/io/csv_dialect.hpp> // IWYU pragma: export
#include <segmenta/io/csv_reader.hpp> // IWYU pragma: export
#include <segmenta/io/csv_writer.hpp> // IWYU pragma: export
#include <segmenta/io/json_lines.hpp> // IWYU pragma: export
#include <segmenta/io/parsed_block.hpp> // IWYU pragma: export
#include <segmenta/io/quarantine.hpp> // IWYU pragma: export
#include <segmenta/io/record_source.hpp> // IWYU pragma: export
#include <segmenta/plan/labels.hpp> // IWYU pragma: export
#include <segmenta/plan/lineage.hpp> // IWYU pragma: export
#include <segmenta/plan/plan.hpp> // IWYU pragma: export
#include <segmenta/plan/plan_builder.hpp> // IWYU pragma: export
#include <segmenta/plan/resolve.hpp> // IWYU pragma: export
#include <segmenta/record/cell.hpp> // IWYU pragma: export
#include <segmenta/record/column.hpp> // IWYU pragma: export
#include <segmenta/record/customer.hpp> // IWYU pragma: export
#include <segmenta/record/customer_ids.hpp> // IWYU pragma: export
#include <segmenta/record/customer_record.hpp> // IWYU pragma: export
#include <segmenta/record/decimal.hpp> // IWYU pragma: export
#include <segmenta/record/history.hpp> // IWYU pragma: export
#include <segmenta/record/history_rows.hpp> // IWYU pragma: export
#include <segmenta/record/money.hpp> // IWYU pragma: export
#include <segmenta/record/phone.hpp> // IWYU pragma: export
#include <segmenta/record/projection.hpp> // IWYU pragma: export
#include <segmenta/record/schema.hpp> // IWYU pragma: export
#include <segmenta/record/standard.hpp> // IWYU pragma: export
#include <segmenta/record/status.hpp> // IWYU pragma: export
#include <segmenta/record/table.hpp> // IWYU pragma: export
#include <segmenta/record/type.hpp> // IWYU pragma: export
#include <segmenta/record/unit.hpp> // IWYU pragma: export
#include <segmenta/record/value.hpp> // IWYU pragma: export
#include <segmenta/record/value_traits.hpp> // IWYU pragma: export
#include <segmenta/rule/dynamic_evaluation.hpp> // IWYU pragma: export
#include <segmenta/rule/dynamic_value.hpp> // IWYU pragma: export
#include <segmenta/rule/environment.hpp> // IWYU pragma: export
#include <segmenta/rule/evaluation.hpp> // IWYU pragma: export
#include <segmenta/rule/expression.hpp> // IWYU pragma: export
#include <segmenta/rule/import.hpp> // IWYU pragma: export
#include <segmenta/rule/lint.hpp> // IWYU pragma: export
#include <segmenta/rule/program.hpp> // IWYU pragma: export
#include <segmenta/rule/readable.hpp> // IWYU pragma: export
#include <segmenta/sample/sample_shop.hpp> // IWYU pragma: export
#include <segmenta/segmenter/batch.hpp> // IWYU pragma: export
#include <segmenta/segmenter/classification.hpp> // IWYU pragma: export
#include <segmenta/segmenter/customer_columns_builder.hpp> // IWYU pragma: export
#include <segmenta/segmenter/fitted_plan.hpp> // IWYU pragma: export
#include <segmenta/segmenter/segmenter.hpp> // IWYU pragma: export
#include <segmenta/segmenter/tag_matches.hpp> // IWYU pragma: export
#include <segmenta/stats/concentration.hpp> // IWYU pragma: export
#include <segmenta/stats/decay.hpp> // IWYU pragma: export
#include <segmenta/stats/exact_sum.hpp> // IWYU pragma: export
#include <segmenta/stats/interval.hpp> // IWYU pragma: export
#include <segmenta/stats/knee.hpp> // IWYU pragma: export
#include <segmenta/stats/moments.hpp> // IWYU pragma: export
#include <segmenta/stats/quantile.hpp> // IWYU pragma: export
#include <segmenta/strategy/bands.hpp> // IWYU pragma: export
#include <segmenta/strategy/best_of.hpp> // IWYU pragma: export
#include <segmenta/strategy/cell_map.hpp> // IWYU pragma: export
#include <segmenta/strategy/leaving_reasons.hpp> // IWYU pragma: export
#include <segmenta/strategy/level_stages.hpp> // IWYU pragma: export
#include <segmenta/strategy/lifecycle.hpp> // IWYU pragma: export
#include <segmenta/strategy/lookup.hpp> // IWYU pragma: export
#include <segmenta/strategy/nested_score.hpp> // IWYU pragma: export
#include <segmenta/strategy/quantile_score.hpp> // IWYU pragma: export
#include <segmenta/strategy/registry.hpp> // IWYU pragma: export
#include <segmenta/strategy/segment.hpp> // IWYU pragma: export
#include <segmenta/strategy/share_bands.hpp> // IWYU pragma: export
#include <segmenta/strategy/stages.hpp> // IWYU pragma: export
#include <segmenta/strategy/strategy.hpp> // IWYU pragma: export
#include <segmenta/strategy/use.hpp> // IWYU pragma: export
#include <segmenta/strategy/value.hpp> // IWYU pragma: export
#include <segmenta/strategy/weighted_score.hpp> // IWYU pragma: export
#include <segmenta/tag/live_rule_index.hpp> // IWYU pragma: export
#include <segmenta/tag/rule_index.hpp> // IWYU pragma: export
#include <segmenta/tag/rule_matches.hpp> // IWYU pragma: export
#include <segmenta/tag/tag_definition.hpp> // IWYU pragma: export
#include <segmenta/tag/taxonomy.hpp> // IWYU pragma: export
#include <segmenta/time/calendar.hpp> // IWYU pragma: export
#include <segmenta/time/instant.hpp> // IWYU pragma: export
#include <segmenta/time/parse.hpp> // IWYU pragma: export
#include <segmenta/time/period.hpp> // IWYU pragma: export
#include <segmenta/time/zone.hpp> // IWYU pragma: export
#include <segmenta/version.hpp> // IWYU pragma: export

#endif
