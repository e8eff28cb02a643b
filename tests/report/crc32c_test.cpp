#include "report/crc32c.h"

#include <catch2/catch.hpp>
#include <string>

using finetune::report::crc32c;
using finetune::report::masked_crc32c;

TEST_CASE("CRC-32C has the published values") {
  CHECK(crc32c("123456789") == 0xe3069283U);
  CHECK(masked_crc32c("123456789") == 0xc78ab0e5U);
  CHECK(crc32c("") == 0U);
  // RFC 3720, appendix B.4: 32 bytes of 0x00, of 0xff, and 0 .. 31
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aaU);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43U);
  std::string ascending;
  for (char byte = 0; byte < 32; ++byte) ascending.push_back(byte);
  CHECK(crc32c(ascending) == 0x46dd794eU);
}
