#include "host/media/decoder.hpp"

#define BOOST_DLL_USE_STD_FS
#include <fmt/format.h>

#include <array>
#include <boost/dll/shared_library.hpp>
#include <ocellus/sdk/error.hpp>
#include <system_error>
#include <utility>

namespace ocellus::media {

Decoder::Decoder(std::filesystem::path library) : library_path_(std::move(library)) {}

Decoder::~Decoder() = default;

const oc_media_library_v0& Decoder::library() {
  std::call_once(opened_, [this] {
    const auto refuse = [this](std::string_view reason) {
      throw Error(OC_E_INTERNAL,
                  fmt::format("the picture library '{}' cannot be used: {}; build or install Ocellus again",
                              library_path_.string(), reason));
    };
    if (!std::filesystem::exists(library_path_)) refuse("it is missing");
    std::error_code error;
    auto handle = std::make_shared<boost::dll::shared_library>();
    handle->load(library_path_, error, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    if (error) refuse("it does not load");
    if (!handle->has(OCELLUS_MEDIA_ENTRY)) refuse("it has no entry " OCELLUS_MEDIA_ENTRY);
    const auto* table = handle->get<const oc_media_library_v0*()>(OCELLUS_MEDIA_ENTRY)();
    if (table->struct_size != sizeof(oc_media_library_v0)) refuse("it belongs to another version");
    handle_ = std::move(handle);
    table_ = table;
  });
  return *table_;
}

Picture Decoder::decode(const std::filesystem::path& file) {
  const oc_media_library_v0& media = library();
  oc_decoded decoded{};
  std::array<char, 8192> message{};
  const oc_status status = media.decode(file.c_str(), &decoded, message.data(), message.size());
  if (status != OC_OK) throw Error(status, message.data());
  return {
      static_cast<int>(decoded.width), static_cast<int>(decoded.height),
      std::shared_ptr<const std::uint8_t[]>(
          decoded.rgb, [decoded, &media, keep = handle_](const std::uint8_t*) mutable { media.release(&decoded); })};
}

}  // namespace ocellus::media
