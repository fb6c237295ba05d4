#include "host/cli/ranking_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "host/cli/one_line.hpp"
#include "host/run/data_set.hpp"
#include "host/store/json_text.hpp"

namespace ocellus::cli {
namespace {

using nlohmann::ordered_json;

// What match-score stores over all samples (docs/ranking.md), as rows.
struct Tables {
  ordered_json ranking, queries;
  ordered_json retrieval;  // null where no truth is known
};

constexpr std::string_view ending = ".ranking.json";

// Null unless `file` is a table with these columns: a method of somebody's may call its tables the same.
ordered_json read_rows(const std::filesystem::path& file, std::initializer_list<const char*> columns) {
  if (!std::filesystem::exists(file)) return nullptr;
  ordered_json rows = ordered_json::parse(run::read_text_file(file), nullptr, false);
  if (!rows.is_array() || rows.empty() || !rows[0].is_object()) return nullptr;
  const auto is_there = [&](const char* column) { return rows[0].contains(column); };
  return std::all_of(columns.begin(), columns.end(), is_there) ? rows : nullptr;
}

std::map<std::string, Tables> tables_by_label(const std::filesystem::path& out) {
  std::map<std::string, Tables> tables;
  const std::filesystem::path folder = out / "collection";
  if (!std::filesystem::is_directory(folder)) return tables;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(ending) || name.starts_with('.')) continue;
    const std::string label = name.substr(0, name.size() - ending.size());
    Tables of{read_rows(entry.path(), {"rank", "file", "score", "entropy", "margin", "index"}),
              read_rows(folder / (label + ".queries.json"), {"query", "best_file", "score"}),
              read_rows(folder / (label + ".retrieval.json"), {"queries", "left_out", "mrr"})};
    if (!of.ranking.is_null() && !of.queries.is_null()) tables.emplace(label, std::move(of));
  }
  return tables;
}

std::string text(const ordered_json& row, const char* column) {
  return one_line(row.at(column).get<std::string>());
}

// As wide as the longest entry, for fmt.
size_t width_of(const ordered_json& rows, const char* column, size_t least) {
  size_t width = least;
  for (const ordered_json& row : rows) width = std::max(width, text(row, column).size());
  return width;
}

void print_candidates(const ordered_json& ranking) {
  const size_t width = width_of(ranking, "file", 4);
  fmt::print("{:>4}  {:<{}}  {:>8}  {:>8}  {:>8}\n", "rank", "file", width, "score", "entropy", "margin");
  for (const ordered_json& row : ranking) {
    fmt::print("{:>4}  {:<{}}  {:>8.4f}  {:>8.4f}  {:>8.4f}\n", row.at("rank").get<int64_t>(), text(row, "file"), width,
               row.at("score").get<double>(), row.at("entropy").get<double>(), row.at("margin").get<double>());
  }
  const ordered_json& best = ranking.at(0);
  fmt::print("best: candidate {}, {}\n", best.at("index").get<int64_t>(), text(best, "file"));
}

void print_queries(const ordered_json& queries) {
  const size_t width = width_of(queries, "query", 5), file_width = width_of(queries, "best_file", 10);
  const bool has_truth = queries.at(0).contains("rank_of_truth");
  fmt::print("{:<{}}  {:<{}}  {:>8}{}\n", "query", width, "best match", file_width, "score",
             has_truth ? "  rank of truth" : "");
  for (const ordered_json& row : queries) {
    fmt::print("{:<{}}  {:<{}}  {:>8.4f}", text(row, "query"), width, text(row, "best_file"), file_width,
               row.at("score").get<double>());
    if (has_truth)
      fmt::print("  {:>13}",
                 row.at("rank_of_truth").is_null() ? "-" : fmt::format("{}", row["rank_of_truth"].get<double>()));
    fmt::print("\n");
  }
}

void print_measures(const ordered_json& measures) {
  const int64_t n = measures.at("queries").get<int64_t>(), left_out = measures.at("left_out").get<int64_t>();
  fmt::print("{} quer{} with a known truth", n, n == 1 ? "y" : "ies");
  if (left_out > 0) fmt::print(", {} left out because no right candidate was scored", left_out);
  for (const auto& [name, value] : measures.items()) {
    constexpr std::string_view recall = "recall_at_";
    if (name.starts_with(recall) && !value.is_null())
      fmt::print(", recall@{} {:.1f}%", name.substr(recall.size()), 100 * value.get<double>());
  }
  if (!measures.at("mrr").is_null()) fmt::print(", MRR {:.3f}", measures["mrr"].get<double>());
  fmt::print("\n");
}

void print_text(const std::string& label, const Tables& tables, bool several) {
  if (several) fmt::print("{}\n", label);
  if (tables.queries.size() == 1) {
    print_candidates(tables.ranking);
  } else {
    print_queries(tables.queries);
  }
  if (!tables.retrieval.is_null()) print_measures(tables.retrieval.at(0));
}

void print_json(const std::string& label, const Tables& tables) {
  for (const ordered_json& row : tables.ranking) {
    ordered_json line{{"label", label}};
    line.update(row);
    fmt::print("{}\n", store::json_line(line));
  }
  if (!tables.retrieval.is_null())
    fmt::print("{}\n", store::json_line({{"label", label}, {"retrieval", tables.retrieval.at(0)}}));
}

}  // namespace

void print_rankings(const std::filesystem::path& out, bool json) {
  const std::map<std::string, Tables> tables = tables_by_label(out);
  for (const auto& [label, of] : tables) {
    if (json) {
      print_json(label, of);
    } else {
      print_text(label, of, tables.size() > 1);
    }
  }
}

}  // namespace ocellus::cli
