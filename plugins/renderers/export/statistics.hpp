// Statistics in the form of the LLaVA head study's second tool, from a table of head-stats.
#pragma once

#include <ocellus/sdk/run.hpp>
#include <string>

namespace ocellus::exporting {

// Whether a table/1 has the columns that are needed here.
bool is_statistics(const ArtifactView& table);

// {total_samples, total_heads, t2v_stats {mean, median, std, min, max}, v2t_stats, category_stats {category:
// {num_heads, t2v_mean, v2t_mean}}}, as JSON. Heads are counted once for each sample and layer.
std::string statistics_json(const ArtifactView& table, size_t n_samples);

// {category: {layer_1: {mean, median, std, variance, min, max, q10, ... q90}}} of one quantity, as JSON. Layers are
// counted from 1 there.
std::string category_layers_json(const ArtifactView& table, const std::string& quantity);

}  // namespace ocellus::exporting
