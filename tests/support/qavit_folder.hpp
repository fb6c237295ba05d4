// Small QA-ViT folders that can be asked in words.
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace ocellus::test {

// Copies the tower of tests/data/qavit/CASE to the new folder `to`, for pictures of 27 x 27 pixels; one that reads
// questions gets BERT as its encoder, and a vocabulary of words. `text_encoder` replaces fields of that part of
// config.json.
inline void make_qavit_folder(const std::filesystem::path& cases, const std::string& name,
                              const std::filesystem::path& to,
                              const nlohmann::json& text_encoder = nlohmann::json::object()) {
  const auto copy = [](const std::filesystem::path& from, const std::filesystem::path& here) {
    std::filesystem::copy(from, here, std::filesystem::copy_options::recursive);
  };
  copy(cases / name / "model", to);
  std::ofstream(to / "preprocessor_config.json")
      << R"({"size": {"shortest_edge": 27}, "crop_size": {"height": 27, "width": 27}})";
  nlohmann::json config = nlohmann::json::parse(std::ifstream(to / "config.json"));
  if (config["model_type"] != "qavit") return;
  std::filesystem::remove_all(to / "question_encoder");
  copy(cases / "all/model/question_encoder", to / "question_encoder");
  config["text_encoder"] = {{"model_type", "bert"}, {"path", "question_encoder"}};
  config["text_encoder"].update(text_encoder);
  std::ofstream(to / "config.json") << config.dump();
  std::ofstream vocabulary(to / "question_encoder/vocab.txt");
  vocabulary << "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n?\n";
  for (const char* word : {"what", "where", "is", "on", "the", "left", "right", "red", "star", "ball"})
    vocabulary << word << '\n';
  for (int i = 16; i < 40; ++i) vocabulary << "[unused" << i << "]\n";
}

}  // namespace ocellus::test
