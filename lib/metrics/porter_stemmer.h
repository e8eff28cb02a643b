#pragma once

#include <string>

namespace finetune::metrics {

/// The Porter stemmer (Porter 1980, "An algorithm for suffix stripping") with NLTK's extensions, as
/// nltk.stem.porter.PorterStemmer() has them by default. `word` is lower-case ASCII.
std::string porter_stem(std::string word);

}  // namespace finetune::metrics
