// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include <cerrno>
#include <iconv.h>
#include <new>

namespace segmenta {
inline namespace v0 {
namespace {

// One iconv conversion, opened for one call: a descriptor has state and must not be shared between threads.
class converter {
public:
    converter(char const* to, char const* from) : handle_(::iconv_open(to, from)) {
        if (handle_ != invalid()) return;
        if (errno == ENOMEM) throw std::bad_alloc();
        throw issue_error("base.encoding", std::string(from) + " to " + to,
                          "the system has no converter for this encoding", {}, "utf-8, latin-1",
                          "Install the character set modules of the C library (package libc6 or locales), or "
                          "convert the file to UTF-8");
    }
    converter(converter const&) = delete;
    converter& operator=(converter const&) = delete;
    ~converter() { ::iconv_close(handle_); }

    conversion run(std::string_view bytes) const {
        conversion result;
        result.text.resize(bytes.size() + bytes.size() / 2 + 16); // GB18030 grows by half at most: 2 bytes to 3
        // iconv does not write to its input; the parameter is not const for history's sake
        char* in = const_cast<char*>(bytes.data());
        std::size_t in_left = bytes.size();
        std::size_t written = 0;
        while (in_left > 0) {
            char* out = result.text.data() + written;
            std::size_t out_left = result.text.size() - written;
            std::size_t const status = ::iconv(handle_, &in, &in_left, &out, &out_left);
            int const error = errno;
            written = result.text.size() - out_left;
            if (status == static_cast<std::size_t>(-1) && error == E2BIG) {
                result.text.resize(result.text.size() * 2);
                continue;
            }
            if (status == static_cast<std::size_t>(-1)) // malformed, or cut off at the end
                result.bad_offset = bytes.size() - in_left;
            break;
        }
        result.text.resize(written);
        return result;
    }

private:
    static iconv_t invalid() noexcept { return reinterpret_cast<iconv_t>(-1); }
    iconv_t handle_;
};

conversion from_latin1(std::string_view bytes) {
    conversion result;
    result.text.reserve(bytes.size() + bytes.size() / 8);
    for (char const c : bytes) {
        auto const code = static_cast<unsigned char>(c);
        if (code < 0x80) {
            result.text += c;
            continue;
        }
        result.text += static_cast<char>(0xC0 | (code >> 6));
        result.text += static_cast<char>(0x80 | (code & 0x3F));
    }
    return result;
}

conversion to_latin1(std::string_view text) {
    conversion result;
    result.text.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const first = static_cast<unsigned char>(text[i]);
        if (first < 0x80) {
            result.text += text[i];
            continue;
        }
        if (first > 0xC3 || i + 1 == text.size()) { // U+0100 and later
            result.bad_offset = i;
            return result;
        }
        result.text += static_cast<char>(((first & 3U) << 6) | (static_cast<unsigned char>(text[i + 1]) & 0x3FU));
        ++i;
    }
    return result;
}

conversion checked_utf8(std::string_view bytes) {
    std::size_t const bad = find_invalid_utf8(bytes);
    return {std::string(bytes.substr(0, bad)), bad};
}

} // namespace

conversion convert_to_utf8(std::string_view bytes, encoding from) {
    if (from == encoding::utf8) return checked_utf8(bytes);
    if (from == encoding::latin1) return from_latin1(bytes);
    return converter("UTF-8", "GB18030").run(bytes);
}

conversion convert_from_utf8(std::string_view text, encoding to) {
    if (to == encoding::utf8) return checked_utf8(text);
    if (to == encoding::latin1) return to_latin1(text);
    return converter("GB18030", "UTF-8").run(text);
}

} // namespace v0
} // namespace segmenta
