// The thunks of a model: ends of lists, exceptions, ownership, the host's stop.
#include <gtest/gtest.h>

#include <memory>
#include <ocellus/sdk/model.hpp>

#include "host/services/plugin_instance.hpp"
#include "tests/support/refusal.hpp"
#include "tests/support/small_layout.hpp"

namespace ocellus {
namespace {

using test::Refusal;

int prepared_alive = 0;

class Little : public Model {
 public:
  struct Options : OptionSet {};
  struct Ready : Prepared {
    Ready() { ++prepared_alive; }
    ~Ready() override { --prepared_alive; }
  };

  Little(const Host&, const oc_model_settings& settings, const Options&) {
    if (std::string(settings.folder) == "empty") throw Error(OC_E_MODEL, "the folder is empty");
  }
  std::span<const oc_stack> stacks() const override { return {&stack_, 1}; }
  std::span<const std::string> files() const override { return files_; }
  void describe(const PutText& put) const override { put("parameters", "7"); }
  void encode(std::string_view text, const PutToken& put) const override {
    for (size_t i = 0; i < text.size(); ++i) put(text[i], i, i + 1);
  }
  std::string_view token_bytes(int64_t id) const override {
    if (id != 7) throw Error(OC_E_INTERNAL, "there is one token");
    return std::string_view("\0x", 2);
  }
  std::unique_ptr<Prepared> prepare(const oc_sample& sample, const Sink& sink) const override {
    if (sample.n_images == 0) throw Error(OC_E_SAMPLE, "it needs an image");
    sink.layout(test::SmallLayout().view());
    return std::make_unique<Ready>();
  }
  oc_cost estimate(const Prepared&, const oc_merged_plan& plan) const override {
    return {sizeof(oc_cost), 0, plan.max_new_tokens, 1, 2};
  }
  void load() override { throw std::bad_alloc(); }
  void execute(const Prepared&, const oc_merged_plan&, const Sink& sink) override {
    sink.stop_if_cancelled();
    oc_capture capture{};
    capture.struct_size = sizeof capture;
    sink.capture(capture, make_tensor(std::vector<float>{1}, {1}));
    sink.step({sizeof(oc_step), 0, 7, 0, 0, -1.0});
  }

 private:
  oc_stack stack_ = test::small_stack();
  std::vector<std::string> files_{"config.json", "model.safetensors"};
};

// The host's side: keeps what comes, and answers as told.
struct Received {
  oc_status answer = OC_OK;
  int32_t stop = 0;
  int layouts = 0, captures = 0, steps = 0;
  oc_sink sink{};

  Received() {
    sink.struct_size = sizeof sink;
    sink.context = this;
    sink.layout = [](void* self, const oc_layout*) noexcept { return of(self).note(of(self).layouts); };
    sink.capture = [](void* self, const oc_capture*, oc_tensor* take) noexcept {
      const TensorPointer freed(take);
      return of(self).note(of(self).captures);
    };
    sink.step = [](void* self, const oc_step*) noexcept { return of(self).note(of(self).steps); };
    sink.cancelled = [](void* self) noexcept { return of(self).stop; };
  }
  static Received& of(void* self) { return *static_cast<Received*>(self); }
  oc_status note(int& count) const {
    ++count;
    return answer;
  }
};

class LittleModel : public testing::Test {
 protected:
  LittleModel() { EXPECT_EQ(create("folder"), OC_OK); }
  ~LittleModel() override { table_.destroy(self_); }

  oc_status create(const char* folder) {
    oc_model_settings settings{};
    settings.struct_size = sizeof settings;
    settings.folder = folder;
    return table_.create(plugin_.host(), &settings, plugin_.options(), &self_);
  }
  Refusal refusal(oc_status status) const {
    return test::refusal_of([&] { plugin_.expect_ok(status); });
  }
  oc_status prepare(uint32_t n_images) {
    oc_sample sample{};
    sample.struct_size = sizeof sample;
    sample.n_images = n_images;
    return table_.prepare(self_, &sample, &received_.sink, &prepared_);
  }

  const oc_model_1& table_ = ModelThunks<Little>::table;
  services::PluginInstance plugin_{"model little", options::Values()};
  Received received_;
  void* self_ = nullptr;
  void* prepared_ = nullptr;
};

TEST_F(LittleModel, ListsEnd) {
  EXPECT_STREQ(table_.stack(self_, 0)->id, "language");
  EXPECT_EQ(table_.stack(self_, 1), nullptr);
  EXPECT_STREQ(table_.file(self_, 1), "model.safetensors");
  EXPECT_EQ(table_.file(self_, 2), nullptr);
}

TEST_F(LittleModel, AConstructorMayRefuse) {
  void* kept = std::exchange(self_, nullptr);
  EXPECT_EQ(refusal(create("empty")), (Refusal{OC_E_MODEL, "model little: the folder is empty"}));
  EXPECT_EQ(self_, nullptr);
  self_ = kept;
}

TEST_F(LittleModel, TextAndTokens) {
  std::vector<int64_t> ids;
  const auto put = [](void* context, int64_t id, size_t, size_t) noexcept {
    static_cast<std::vector<int64_t>*>(context)->push_back(id);
    return id == 'z' ? oc_status{OC_E_CANCELLED} : oc_status{OC_OK};
  };
  EXPECT_EQ(table_.encode(self_, "ab\0c", 4, &ids, put), OC_OK);
  EXPECT_EQ(ids, (std::vector<int64_t>{'a', 'b', 0, 'c'}));
  EXPECT_EQ(table_.encode(self_, "zz", 2, &ids, put), OC_E_CANCELLED);
  EXPECT_EQ(ids.size(), 5u) << "the first refusal ends it";
  const char* bytes = nullptr;
  size_t n_bytes = 0;
  EXPECT_EQ(table_.token_bytes(self_, 7, &bytes, &n_bytes), OC_OK);
  EXPECT_EQ(std::string(bytes, n_bytes), std::string("\0x", 2));
  EXPECT_EQ(refusal(table_.token_bytes(self_, 8, &bytes, &n_bytes)).sentence, "model little: there is one token");
}

TEST_F(LittleModel, PreparedSamplesAreGivenBack) {
  ASSERT_EQ(prepare(1), OC_OK);
  EXPECT_EQ(received_.layouts, 1);
  EXPECT_EQ(prepared_alive, 1);
  oc_cost cost{};
  oc_merged_plan plan{};
  plan.max_new_tokens = 9;
  EXPECT_EQ(table_.estimate(self_, prepared_, &plan, &cost), OC_OK);
  EXPECT_EQ(cost.prefill_tokens, 9u);
  EXPECT_EQ(table_.execute(self_, prepared_, &plan, &received_.sink), OC_OK);
  EXPECT_EQ(received_.captures, 1);
  EXPECT_EQ(received_.steps, 1);
  table_.release(self_, prepared_);
  EXPECT_EQ(prepared_alive, 0);
}

TEST_F(LittleModel, FaultsBecomeStatuses) {
  EXPECT_EQ(refusal(prepare(0)), (Refusal{OC_E_SAMPLE, "model little: it needs an image"}));
  EXPECT_EQ(refusal(table_.load(self_)), (Refusal{OC_E_MEMORY, "model little: out of memory"}));
}

TEST_F(LittleModel, TheHostsStopEndsTheRun) {
  ASSERT_EQ(prepare(1), OC_OK);
  const oc_merged_plan plan{};
  received_.stop = 1;
  EXPECT_EQ(refusal(table_.execute(self_, prepared_, &plan, &received_.sink)),
            (Refusal{OC_E_CANCELLED, "model little: interrupted"}));
  EXPECT_EQ(received_.captures, 0);
  received_.stop = 0;
  received_.answer = OC_E_WRITE;
  EXPECT_EQ(table_.execute(self_, prepared_, &plan, &received_.sink), OC_E_WRITE);
  EXPECT_EQ(received_.captures, 1);
  EXPECT_EQ(received_.steps, 0) << "any answer but OC_OK means stop";
  table_.release(self_, prepared_);
}

}  // namespace
}  // namespace ocellus
