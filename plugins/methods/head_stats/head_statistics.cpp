#include "plugins/methods/head_stats/head_statistics.hpp"

#include <fmt/format.h>

#include <map>
#include <ocellus/sdk/error.hpp>
#include <ocellus/sdk/table.hpp>
#include <sstream>

#include "plugins/methods/head_stats/bootstrap.hpp"
#include "plugins/methods/head_stats/distribution.hpp"
#include "plugins/methods/head_stats/head_ranking.hpp"

namespace ocellus::methods {
namespace {

std::vector<int64_t> numbers_of(const TensorView<int64_t>& view) {
  return {view.flat().begin(), view.flat().end()};
}

// One group's numbers for each quantity.
struct Described {
  Group group;
  std::vector<Distribution> of;
  std::vector<Interval> interval;
};

// The mean of each sample over the cells of each group, for each quantity: [samples, groups * quantities].
std::vector<float> sample_means(const HeadRecords& records, const std::vector<size_t>& samples,
                                const std::vector<std::vector<size_t>>& cells) {
  std::vector<float> means;
  means.reserve(samples.size() * cells.size() * records.values.size());
  for (const size_t sample : samples) {
    for (const std::vector<size_t>& of_group : cells) {
      for (const std::vector<float>& values : records.values) {
        double sum = 0;
        for (const size_t cell : of_group) sum += static_cast<double>(values[sample * records.n_cells() + cell]);
        means.push_back(static_cast<float>(sum / static_cast<double>(of_group.size())));
      }
    }
  }
  return means;
}

std::vector<Described> describe_groups(const HeadRecords& records, const std::vector<double>& edges,
                                       const BootstrapSettings& settings) {
  const size_t n_quantities = records.quantities.size();
  std::vector<Described> all;
  std::map<std::string, std::vector<size_t>> by_category;  // places in `all`: they share their draws of samples
  std::vector<std::vector<size_t>> cells;
  for (const Group& group : groups_of(records)) {
    by_category[group.category].push_back(all.size());
    cells.push_back(cells_of(records, group));
    Described& described = all.emplace_back(Described{group, {}, {}});
    const std::vector<size_t> samples = samples_of(records, group.category);
    for (size_t quantity = 0; quantity < n_quantities; ++quantity) {
      std::vector<float> values;
      for (const size_t sample : samples) {
        for (const size_t cell : cells.back())
          values.push_back(records.values[quantity][sample * records.n_cells() + cell]);
      }
      described.of.push_back(describe(std::move(values), edges));
    }
  }
  for (const auto& [category, places] : by_category) {
    std::vector<std::vector<size_t>> of_groups;
    for (const size_t place : places) of_groups.push_back(cells[place]);
    const std::vector<size_t> samples = samples_of(records, category);
    const std::vector<Interval> intervals = bootstrap_means(sample_means(records, samples, of_groups), samples.size(),
                                                            places.size() * n_quantities, settings);
    for (size_t i = 0; i < places.size(); ++i) {
      for (size_t quantity = 0; quantity < n_quantities; ++quantity)
        all[places[i]].interval.push_back(intervals[i * n_quantities + quantity]);
    }
  }
  return all;
}

// The number in the model, -1 = all.
int64_t number_at(const std::vector<int64_t>& numbers, int64_t place) {
  return place < 0 ? -1 : numbers[static_cast<size_t>(place)];
}

std::string words_of(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : " ") + word;
  return joined;
}

// Calls use(described, quantity) for each row of the long tables.
template <class T, class Use>
std::vector<T> each(const std::vector<Described>& all, Use&& use) {
  std::vector<T> column;
  for (const Described& described : all) {
    for (size_t quantity = 0; quantity < described.of.size(); ++quantity)
      column.push_back(static_cast<T>(use(described, quantity)));
  }
  return column;
}

void emit_histograms(const Run& run, const HeadRecords& records, const std::vector<double>& edges,
                     const std::vector<Described>& all, const std::vector<std::string>& titles,
                     const std::string& text_group) {
  const auto n_groups = static_cast<int64_t>(all.size()), n_bins = static_cast<int64_t>(edges.size()) - 1;
  const auto n_series = static_cast<int64_t>(records.quantities.size());
  std::vector<int64_t> counts, layers, heads;
  std::vector<std::string> categories;
  for (const Described& described : all) {
    for (const Distribution& of : described.of) counts.insert(counts.end(), of.counts.begin(), of.counts.end());
    layers.push_back(number_at(records.layers, described.group.layer));
    heads.push_back(number_at(records.heads, described.group.head));
    categories.push_back(described.group.category);
  }
  ArtifactWriter artifact = run.artifact("histograms/1");
  artifact.tensor("edges", std::vector<float>(edges.begin(), edges.end()), {n_bins + 1})
      .tensor("counts", std::move(counts), {n_groups, n_series, n_bins})
      .tensor("layer", std::move(layers), {n_groups})
      .tensor("head", std::move(heads), {n_groups})
      .text("category", joined_lines(categories))
      .text("series", joined_lines(records.quantities))
      .text("titles", joined_lines(titles))
      .text("text_group", text_group)
      .number("samples", static_cast<double>(records.samples.size()));
  const auto put = [&](const char* key, auto&& value) {
    artifact.tensor(key, each<float>(all, [&](const Described& of, size_t q) { return value(of.of[q]); }),
                    {n_groups, n_series});
  };
  put("mean", [](const Distribution& of) { return of.mean; });
  put("median", [](const Distribution& of) { return of.median; });
  put("std", [](const Distribution& of) { return of.std; });
  put("min", [](const Distribution& of) { return of.min; });
  put("max", [](const Distribution& of) { return of.max; });
  artifact
      .tensor("ci_low", each<float>(all, [](const Described& of, size_t q) { return of.interval[q].low; }),
              {n_groups, n_series})
      .tensor("ci_high", each<float>(all, [](const Described& of, size_t q) { return of.interval[q].high; }),
              {n_groups, n_series})
      .tensor("n", each<int64_t>(all, [](const Described& of, size_t q) { return of.of[q].n; }), {n_groups, n_series})
      .tensor("outside", each<int64_t>(all, [](const Described& of, size_t q) { return of.of[q].outside; }),
              {n_groups, n_series})
      .commit();
}

void emit_statistics(const Run& run, const HeadRecords& records, const std::vector<Described>& all) {
  TableWriter table(run, "statistics");
  std::vector<std::string> names, categories;
  for (const Described& described : all) {
    for (const std::string& quantity : records.quantities) {
      names.push_back(quantity);
      categories.push_back(described.group.category);
    }
  }
  table.texts("quantity", names);
  table.texts("category", categories);
  table.numbers("layer", each<int64_t>(all, [&](const Described& of, size_t) {
                  return number_at(records.layers, of.group.layer);
                }));
  table.numbers(
      "head", each<int64_t>(all, [&](const Described& of, size_t) { return number_at(records.heads, of.group.head); }));
  table.numbers("n", each<int64_t>(all, [](const Described& of, size_t q) { return of.of[q].n; }));
  const auto put = [&](const std::string& name, auto&& value) {
    table.numbers(name, each<float>(all, [&](const Described& of, size_t q) { return value(of, q); }));
  };
  put("mean", [](const Described& of, size_t q) { return of.of[q].mean; });
  put("ci_low", [](const Described& of, size_t q) { return of.interval[q].low; });
  put("ci_high", [](const Described& of, size_t q) { return of.interval[q].high; });
  put("median", [](const Described& of, size_t q) { return of.of[q].median; });
  put("std", [](const Described& of, size_t q) { return of.of[q].std; });
  put("min", [](const Described& of, size_t q) { return of.of[q].min; });
  put("max", [](const Described& of, size_t q) { return of.of[q].max; });
  for (size_t i = 0; i < std::tuple_size_v<decltype(Distribution::deciles)>; ++i)
    put(fmt::format("q{}", 10 * (i + 1)), [&](const Described& of, size_t q) { return of.of[q].deciles[i]; });
  table.commit();
}

void emit_ranking(const Run& run, const HeadRecords& records, const char* name, const std::vector<Ranked>& all) {
  TableWriter table(run, name);
  std::vector<int64_t> layers, heads;
  std::vector<std::string> flags;
  for (const Ranked& ranked : all) {
    layers.push_back(number_at(records.layers, ranked.layer));
    heads.push_back(number_at(records.heads, ranked.head));
    flags.push_back(ranked.flags);
  }
  table.numbers("layer", std::move(layers));
  if (all.front().head >= 0) table.numbers("head", std::move(heads));
  for (size_t quantity = 0; quantity < records.quantities.size(); ++quantity) {
    std::vector<float> means;
    std::vector<int64_t> ranks;
    for (const Ranked& ranked : all) {
      means.push_back(static_cast<float>(ranked.mean[quantity]));
      ranks.push_back(ranked.rank[quantity]);
    }
    table.numbers(records.quantities[quantity], std::move(means));
    table.numbers("rank_" + records.quantities[quantity], std::move(ranks));
  }
  table.texts("flags", flags);
  table.commit();
}

void emit_records(const Run& run, const HeadRecords& records, const std::string& text_group) {
  const auto n_samples = static_cast<int64_t>(records.samples.size()),
             n_layers = static_cast<int64_t>(records.layers.size()),
             n_heads = static_cast<int64_t>(records.heads.size());
  ArtifactWriter artifact = run.artifact("head-records/1", -1, "records");
  for (size_t quantity = 0; quantity < records.quantities.size(); ++quantity)
    artifact.tensor(records.quantities[quantity].c_str(), records.values[quantity], {n_samples, n_layers, n_heads});
  artifact.tensor("layers", records.layers, {n_layers})
      .tensor("heads", records.heads, {n_heads})
      .text("quantities", words_of(records.quantities))
      .text("sample", joined_lines(records.samples))
      .text("category", joined_lines(records.categories))
      .text("text_group", text_group)
      .commit();
}

}  // namespace

void HeadStatistics::add(const Run& run, const std::vector<ArtifactView>& artifacts) {
  for (const ArtifactView& artifact : artifacts) {
    if (artifact.type() != "head-table/1") continue;
    const std::vector<int64_t> layers = numbers_of(artifact.tensor<int64_t>("layers")),
                               heads = numbers_of(artifact.tensor<int64_t>("heads"));
    if (records_.samples.empty()) {
      records_.layers = layers;
      records_.heads = heads;
      text_group_ = artifact.text("text_group");
      std::istringstream names(artifact.text("quantities"));
      for (std::string name; names >> name;) {
        titles_.push_back(artifact.text(("title." + name).c_str(), name.c_str()));
        records_.quantities.push_back(name);
      }
      records_.values.resize(records_.quantities.size());
    } else if (layers != records_.layers || heads != records_.heads) {
      throw Error(OC_E_MODEL,
                  fmt::format("sample {} has other layers or heads than the first: run all samples with one model",
                              run.text("id")));
    }
    for (size_t quantity = 0; quantity < records_.quantities.size(); ++quantity) {
      const std::span<const float> values = artifact.tensor<float>(records_.quantities[quantity].c_str()).flat();
      records_.values[quantity].insert(records_.values[quantity].end(), values.begin(), values.end());
    }
    records_.samples.push_back(run.text("id"));
    const std::string category = run.text("fact.category");
    records_.categories.push_back(category.empty() ? "unknown" : category);
  }
}

void HeadStatistics::conclude(const Run& run) {
  const std::vector<double> edges =
      bin_edges(options.range_min.value(), options.range_max.value(), options.bin_width.value());
  const std::vector<Described> all = describe_groups(
      records_, edges, {options.bootstrap.value(), static_cast<uint64_t>(options.bootstrap_seed.value())});
  emit_histograms(run, records_, edges, all, titles_, text_group_);
  emit_statistics(run, records_, all);
  emit_ranking(run, records_, "heads", rank_heads(records_, options.low.value()));
  emit_ranking(run, records_, "layers", rank_layers(records_, options.low.value()));
  emit_records(run, records_, text_group_);
}

}  // namespace ocellus::methods
