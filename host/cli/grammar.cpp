#include "host/cli/grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "host/options/nearest.hpp"
#include "host/run/prompt_template.hpp"
#include "host/version.hpp"

namespace ocellus::cli {
namespace {

// The help says in words what is allowed.
CLI::Validator quiet(CLI::Validator validator) {
  return validator.description("");
}

CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](const std::string& word) {
        if (std::find(words.begin(), words.end(), word) != words.end()) return std::string();
        return fmt::format("there is no '{}'{}", word, options::did_you_mean(word, words));
      },
      "");
}

// Every occurrence takes one value, so that texts may stand behind each other: --prompt A --prompt B.
template <class T>
CLI::Option* repeated(CLI::App* app, const std::string& name, std::vector<T>& values, const std::string& help) {
  return app->add_option(name, values, help)->allow_extra_args(false);
}

void choose(Grammar& grammar, CLI::Option* option, const std::vector<std::string>& words) {
  option->check(one_of(words));
  grammar.choices[option] = words;
}

void add_common(CLI::App* app, Grammar& grammar) {
  CommandLine& line = grammar.line;
  RawWords& raw = grammar.raw;
  repeated(app, "--plugin-path", raw.plugin_path, "folder with further plugins; may be repeated")->type_name("DIR");
  app->add_flag("--json", line.json, "results as JSON Lines on stdout");
  app->add_flag("--quiet", line.quiet, "no progress on stderr");
  choose(grammar,
         app->add_option("--log-level", line.log_level, "debug, info, warn or error [warn]")->type_name("LEVEL"),
         {"debug", "info", "warn", "error"});
}

void add_model(CLI::App* app, Grammar& grammar) {
  RawWords& raw = grammar.raw;
  run::Request& request = grammar.line.request;
  app->add_option("--model", raw.model, "model folder as downloaded from the hub, or org/name in its local cache")
      ->required()
      ->type_name("DIR");
  app->add_option("--device", request.device, "cpu or cuda[:N] [cpu]")->type_name("NAME");
  choose(grammar,
         app->add_option("--dtype", request.dtype, "auto, float32, bfloat16 or float16 [auto: as stored]")
             ->type_name("NAME"),
         {"auto", "float32", "bfloat16", "float16"});
  app->add_option("--threads", request.threads, "threads of the model [all cores]")
      ->check(quiet(CLI::Range(0, 1024)))
      ->type_name("N");
  app->add_option("--min-pixels", request.min_pixels, "smallest image area given to the model [the folder's]")
      ->check(quiet(CLI::Range(int64_t{1}, int64_t{1} << 40)))
      ->type_name("N");
  app->add_option("--max-pixels", request.max_pixels, "largest image area given to the model [the folder's]")
      ->check(quiet(CLI::Range(int64_t{1}, int64_t{1} << 40)))
      ->type_name("N");
  app->add_option("--adapter", raw.adapter, "options of the model plugin: name:key=value")->type_name("SPEC");
}

void add_generation(CLI::App* app, plan::Generation& generation) {
  constexpr double least = 1e-6, most = 1e6;
  app->add_flag("--do-sample", generation.draws, "draw each token of the answer instead of taking the likeliest");
  app->add_option("--temperature", generation.temperature, "of --do-sample [the folder's, else 1]")
      ->check(quiet(CLI::Range(least, most)))
      ->type_name("X");
  app->add_option("--top-k", generation.top_k,
                  "draw among the K likeliest tokens; 0: among all [the folder's, else 50]")
      ->check(quiet(CLI::Range(int64_t{0}, int64_t{1} << 40)))
      ->type_name("K");
  app->add_option("--top-p", generation.top_p,
                  "draw among the likeliest tokens of together this probability [the folder's, else 1]")
      ->check(quiet(CLI::Range(least, 1.0)))
      ->type_name("P");
  app->add_option("--repetition-penalty", generation.repetition_penalty,
                  "divides what was there already; 1: none [the folder's, else 1]")
      ->check(quiet(CLI::Range(least, most)))
      ->type_name("X");
  repeated(app, "--stop", generation.stop_strings, "text that ends the answer once it is written; may be repeated")
      ->type_name("TEXT");
}

// What is asked about what, of `run` and `sanity`.
void add_samples(CLI::App* app, Grammar& grammar) {
  RawWords& raw = grammar.raw;
  run::Request& request = grammar.line.request;
  repeated(app, "--image", request.images, "picture; every image is combined with every prompt")->type_name("FILE");
  repeated(app, "--prompt", request.prompts, "question or instruction; may be repeated")->type_name("TEXT");
  app->add_flag("--together", request.together, "all images in one prompt instead of one sample each");
  app->add_option("--answer", request.answer, "explain this answer instead of a generated one")->type_name("TEXT");
  app->add_option("--system", request.system, "system message [the template's own]")->type_name("TEXT");
  std::vector<std::string> templates;
  for (const run::PromptTemplate& known : run::prompt_templates()) templates.emplace_back(known.name);
  choose(grammar,
         app->add_option("--prompt-template", request.prompt_template,
                         "how each question is put: short-answer, think-answer [as it is]")
             ->type_name("NAME"),
         templates);
  app->add_option("--messages", raw.messages, "a conversation as Hugging Face chat messages")->type_name("FILE");
  app->add_option("--dataset", raw.dataset, "samples as JSON Lines or a JSON array: general, MME, LLaVA, Reason-RFT")
      ->type_name("FILE");
  app->add_option("--image-dir", raw.image_dir, "where relative pictures of a data set start [its folder]")
      ->type_name("DIR");
  repeated(app, "--category", request.categories, "only entries of a data set of this category; may be repeated")
      ->type_name("NAME");
  app->add_option("--limit", raw.limit, "only the first N samples, after --category")
      ->check(quiet(CLI::Range(int64_t{1}, int64_t{1} << 40)))
      ->type_name("N");
  app->add_option("--sample-index", raw.sample_index, "only sample N, from 0, after --category")
      ->check(quiet(CLI::Range(int64_t{0}, int64_t{1} << 40)))
      ->type_name("N");
}

// The same of `rank`.
void add_retrieval(CLI::App* app, Grammar& grammar) {
  RawWords& raw = grammar.raw;
  run::Retrieval& retrieval = raw.retrieval;
  app->add_option("--query", retrieval.query, "the text that candidates are to match")->type_name("TEXT");
  app->add_option("--query-image", raw.query_image, "a picture that they are to match, beside a text or alone")
      ->type_name("FILE");
  app->add_option("--queries", raw.queries,
                  "many queries instead, as JSON Lines or a JSON array: id, text, image, truth (ids of candidates)")
      ->type_name("FILE");
  repeated(app, "--image", grammar.line.request.images,
           "a candidate, or a folder: the pictures in it, by name; may be repeated")
      ->type_name("FILE");
  repeated(app, "--caption", retrieval.captions, "of the candidates, one for each in their order; \"\" for none")
      ->type_name("TEXT");
  app->add_option("--candidates", raw.candidates,
                  "candidates instead of --image, as JSON Lines or a JSON array: image, id, caption")
      ->type_name("FILE");
  app->add_option("--prompt-template", retrieval.prompt,
                  "how it is asked: simple, saliency, or a file with {query}, {caption}, {query-image} and "
                  "{candidate-image} [saliency where there are captions or a picture of the query, else simple]")
      ->type_name("FILE");
  choose(grammar,
         app->add_option("--maps", raw.maps,
                         "of which pictures a method's maps are kept: candidate, or both where the query has one too "
                         "[candidate]")
             ->type_name("WHICH"),
         {"candidate", "both"});
  app->add_option("--top", raw.top, "draw a contact sheet of the best K candidates: contact-sheet:top=K")
      ->check(quiet(CLI::Range(1, 1000)))
      ->type_name("K");
  app->add_option("--prefix", raw.prefix, "what {prefix} stands for in name= of a renderer [attention]")
      ->type_name("NAME");
}

// What `sanity` alters, and when a map counts as not reacting.
void add_checks(CLI::App* app, Grammar& grammar) {
  RawWords& raw = grammar.raw;
  app->add_option("--checks", raw.checks, "what is altered: some of weights,question,image [all]")->type_name("WORDS");
  app->add_option("--stages", raw.stages,
                  fmt::format("of the check of weights, in equal steps to all layers [{}]", sanity::default_stages))
      ->check(quiet(CLI::Range(int64_t{1}, int64_t{1000})))
      ->type_name("N");
  app->add_option("--threshold", raw.threshold,
                  fmt::format("a mean rank correlation above it is that of a map that does not react [{}]",
                              sanity::default_threshold))
      ->check(quiet(CLI::Range(-1.0, 1.0)))
      ->type_name("X");
}

// How it is done, and where it goes; of all three.
void add_work(CLI::App* app, Grammar& grammar) {
  CommandLine& line = grammar.line;
  RawWords& raw = grammar.raw;
  run::Request& request = line.request;
  app->add_option(
         "--shard", raw.shard,
         "only every N-th sample, from the I-th, which counts from 1; 1/1: all [as torchrun, Slurm or Open MPI "
         "say]")
      ->type_name("I/N");
  repeated(app, "--method", raw.methods, "how to explain: name[:key=value,...]; may be repeated")->type_name("SPEC");
  repeated(app, "--render", raw.renders, "what to draw: name[:key=value,...]; may be repeated")->type_name("SPEC");
  app->add_option("--faithfulness", raw.faithfulness,
                  "judge every heatmap: does the answer hang on the cells that it calls important? With settings "
                  "--faithfulness:KEY=VALUE,...: steps [12], fill (mean, blur, black), score (probability, logit), "
                  "tokens (first, answer), seeds [3]")
      ->type_name("SETTINGS");
  repeated(
      app, "--knockout", raw.knockouts,
      "block attention and look what becomes of the answer: layers=SET [all], heads=SET [all], from=ROWS [answer], "
      "to=TOKENS [image], as=NAME; may be repeated, each by itself")
      ->type_name("SETTINGS");
  app->add_option("--out", raw.out, "folder for the results")->type_name("DIR");
  app->add_flag("--fresh", request.fresh, "replace the run that --out holds");
  app->add_flag("--dry-run", request.dry_run, "print passes, captures and bytes; run nothing");
  app->add_option("--seed", request.seed, "of everything that is drawn at random, such as noise and --do-sample [0]")
      ->check(quiet(CLI::Range(int64_t{0}, std::numeric_limits<int64_t>::max())))
      ->type_name("N");
  app->add_option("--max-new-tokens", raw.max_new_tokens, "tokens of the answer [128 when something asks for one]")
      ->check(quiet(CLI::Range(0, 1'000'000)))
      ->type_name("N");
  add_generation(app, request.generation);
  app->add_flag("--stream", line.stream, "write each answer to stderr while it is generated");
  app->add_option("--memory-limit", raw.memory_limit,
                  "refuse a sample whose estimate is larger, before the model runs: 8G, 512M, ...")
      ->transform(quiet(CLI::AsSizeValue(false)))
      ->type_name("BYTES");
  choose(grammar,
         app->add_option("--progress", line.progress, "auto, bar, plain or none [auto: a bar on a terminal]")
             ->type_name("HOW"),
         {"auto", "bar", "plain", "none"});
  app->add_option("--preset", raw.preset,
                  "methods and renderers by the name of their combination; `ocellus man` lists them; flags win")
      ->type_name("NAME");
  app->add_option("--config", raw.config, "options from a YAML file, written as here without dashes; flags win")
      ->type_name("FILE");
}

}  // namespace

bool is_run(std::string_view verb) {
  return verb == "run" || verb == "rank" || verb == "sanity";
}

Grammar::Grammar()
    : app("Ocellus shows what a vision-language model looks at.\n"
          "  ocellus run --model DIR --image F --prompt TEXT --method SPEC --render SPEC --out DIR",
          "ocellus") {
  app.set_version_flag("--version", std::string("ocellus ") + version);
  app.require_subcommand(0, 1);
  const auto verb = [this](const std::string& name, const std::string& help) {
    return verbs[name] = app.add_subcommand(name, help);
  };

  CLI::App* run = verb("run", "explain pictures, conversations or a data set");
  add_model(run, *this);
  add_samples(run, *this);
  add_work(run, *this);
  run->get_option("--method")->required();
  add_common(run, *this);

  CLI::App* rank = verb("rank", "order pictures by how well they match a text, a picture, or both");
  add_model(rank, *this);
  add_retrieval(rank, *this);
  add_work(rank, *this);
  add_common(rank, *this);

  CLI::App* sanity = verb("sanity", "does a map depend on the weights, the question and the picture?");
  add_model(sanity, *this);
  add_samples(sanity, *this);
  add_checks(sanity, *this);
  add_work(sanity, *this);
  sanity->get_option("--method")->required();
  add_common(sanity, *this);

  CLI::App* merge = verb("merge", "join what the shards of a run have done");
  repeated(merge, "out", raw.outs, "folders that shards of one run wrote to")
      ->allow_extra_args(true)
      ->type_name("DIR")
      ->required();
  merge->add_option("--out", raw.out, "where several folders are joined [the folder itself]")->type_name("DIR");
  add_common(merge, *this);

  CLI::App* render = verb("render", "draw stored results again, without the model");
  repeated(render, "out", raw.outs, "folders that hold a run")->allow_extra_args(true)->type_name("DIR");
  render->add_option("--map", line.map, "draw this map instead: a .npy of [rows, cols] or [n, rows, cols]")
      ->type_name("FILE");
  repeated(render, "--image", line.request.images, "the picture that --map lies on")->type_name("FILE");
  render
      ->add_option(
          "--out", raw.out,
          "where the pictures of --map go [the map's folder], or those that compare several runs [in the first]")
      ->type_name("DIR");
  repeated(render, "--render", raw.renders, "what to draw: name[:key=value,...]; may be repeated")
      ->type_name("SPEC")
      ->required();
  add_common(render, *this);

  CLI::App* plugins = verb("plugins", "what there is to combine");
  plugins->require_subcommand(1, 1);
  CLI::App* list = plugins->add_subcommand("list", "all models, methods and renderers");
  verbs["plugins list"] = list;
  list->add_flag("--pairs", line.pairs, "which model, method and renderer go together, and why not");
  add_common(list, *this);
  CLI::App* show = plugins->add_subcommand("show", "one plugin and its options, or all of them");
  verbs["plugins show"] = show;
  show->add_option("id", line.plugin_id, "name of the plugin [all]")->type_name("ID");
  add_common(show, *this);

  CLI::App* inspect = verb("inspect", "a model's layers, heads, layout and what each method can do; loads no weights");
  add_model(inspect, *this);
  repeated(inspect, "--image", line.request.images, "show the grid of this picture; may be repeated")
      ->type_name("FILE");
  repeated(inspect, "--prompt", line.request.prompts, "show the layout of this prompt")->type_name("TEXT");
  add_common(inspect, *this);

  CLI::App* tokenize = verb("tokenize", "ids, pieces and byte offsets of raw text");
  add_model(tokenize, *this);
  repeated(tokenize, "text", line.texts, "texts")->allow_extra_args(true)->type_name("TEXT");
  tokenize->add_option("--json-lines", raw.json_lines, "one JSON string a line in, one JSON object a line out")
      ->type_name("FILE");
  add_common(tokenize, *this);

  CLI::App* demo = verb("demo", "explain the demo pictures with the demo model");
  demo->add_option("--out", raw.out, "folder for the results [demo-output]")->type_name("DIR");
  demo->add_option("--threads", line.request.threads, "threads of the model [all cores]")
      ->check(quiet(CLI::Range(0, 1024)))
      ->type_name("N");
  add_common(demo, *this);

  CLI::App* completion = verb("completion", "print a completion script for a shell");
  choose(*this, completion->add_option("shell", line.shell, "bash, zsh or fish")->required()->type_name("SHELL"),
         {"bash", "zsh", "fish"});
  repeated(completion, "--plugin-path", raw.plugin_path, "folder with further plugins; may be repeated")
      ->type_name("DIR");
  verb("man", "print the manual page");
}

OptionWords words_of(const CLI::Option& option) {
  OptionWords words;
  words.name = option.get_lnames().empty() ? option.get_name(true) : "--" + option.get_lnames().front();
  if (option.get_expected_max() > 0) words.value = option.get_type_name();
  words.help = option.get_description();
  words.repeatable = option.get_expected_max() > 1;
  return words;
}

std::vector<VerbWords> words_of(const Grammar& grammar) {
  std::vector<VerbWords> all;
  for (const auto& [name, app] : grammar.verbs) {
    VerbWords& verb = all.emplace_back(VerbWords{name, app->get_description(), {}});
    for (const CLI::Option* option : app->get_options()) {
      OptionWords& words = verb.options.emplace_back(words_of(*option));
      if (const auto choices = grammar.choices.find(option); choices != grammar.choices.end())
        words.choices = choices->second;
    }
  }
  return all;
}

}  // namespace ocellus::cli
