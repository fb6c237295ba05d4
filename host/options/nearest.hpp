// "Did you mean": names close to a misspelt one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocellus::options {

// Up to three of `names`, nearest first, at most a third of the letters away (edit distance). May be empty.
std::vector<std::string> nearest(std::string_view written, const std::vector<std::string>& names);

// "; did you mean a or b?" or, with nothing near, "; there are a, b, c"; of many the first 20, and how many more.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& names);

}  // namespace ocellus::options
