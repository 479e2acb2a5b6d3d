#include "schemas/email_checks.hpp"
#include "schemas/idna.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog::schemas;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(email_domain)

BOOST_AUTO_TEST_CASE(punycode_is_that_of_rfc_3492) {
    auto const check = [](std::u32string_view shown, std::u32string_view ascii) {
        BOOST_TEST((idna::to_ascii(shown).text == ascii));
        BOOST_TEST((idna::to_unicode(ascii).text == shown));
    };
    // Section 7.1, in lower case: (B), (C), (I), (L), (R).
    check(U"他们为什么不说中文", U"xn--ihqwcrb4cv8a8dqg056pqjye");
    check(U"他們爲什麽不說中文", U"xn--ihqwctvzc91f659drss3x8bo0yb");
    check(U"почемужеонинеговорятпорусски", U"xn--b1abfaaepdrnnbgefbadotcwatmq2g4l");
    check(U"3年b組金八先生", U"xn--3b-ww4c5e180e575a65lsy2b");
    check(U"そのスピードで", U"xn--d9juau41awczczp");
    check(U"bücher", U"xn--bcher-kva");
}

BOOST_AUTO_TEST_CASE(characters_of_a_domain_are_letters_digits_hyphens_and_periods) {
    check_refused("The part after the @-sign contains invalid characters: ", ".",
                  {{"a@b_c.com", "'_'"},
                   {"a@b c.com", "SPACE"},
                   {"a@b,com", "','"},
                   {"a@b/c\\d.com", "\"\\\", '/'"},
                   {"a@\000b.com"s, "U+0000"},
                   {"a@b\177.com", "U+007F"},
                   {"a@[b.com", "'['"},
                   {"a@b].com", "']'"},
                   {"a@b☃_.com", "'_'"}});
    check_refused("The email address contains unsafe characters: ", ".",
                  {{"a@\u0301b.com", "COMBINING ACUTE ACCENT"},
                   {"a@b\u00a0c.com", "NO-BREAK SPACE"},
                   {"a@b\u200d.com", "ZERO WIDTH JOINER"},
                   {"a@b\ue000.com", "U+E000"},
                   {"a@b\u0378.com", "U+0378"}});
    check_refused(
        "The part after the @-sign is invalid (Codepoint U+2603 at position 1 of '☃' not allowed).",
        {"a@☃.com"});
}

BOOST_AUTO_TEST_CASE(a_domain_is_mapped_before_it_is_judged) {
    check_kept({"a@straße.de", "a@ς.gr"});
    check_accepted({{"A@B.COM", "A@b.com"},
                    {"a@BÜCHER.de", "a@bücher.de"},
                    {"a@ｂ.ｃｏｍ", "a@b.com"},
                    {"a@STRAẞE.de", "a@straße.de"},
                    {"a@Σ.gr", "a@σ.gr"},
                    {"a@İ.com", "a@i\u0307.com"},
                    {"a@\u212b.com", "a@å.com"},
                    {"a@u\u0308.com", "a@ü.com"},
                    {"a@b\ufe0f.com", "a@b.com"},
                    {"a@Ⅷ.com", "a@viii.com"}});
    check_refused("The part after the @-sign contains invalid characters (Codepoint U+", ").",
                  {{"a@⒈.com", "2488 not allowed at position 1 in '⒈.com'"},
                   {"a@\u3164.com", "3164 not allowed at position 1 in '\u3164.com'"},
                   {"a@\ufffd.com", "FFFD not allowed at position 1 in '\ufffd.com'"},
                   {"a@x⒈y.com", "2488 not allowed at position 2 in 'x⒈y.com'"}});
    check_refused(
        "The part after the @-sign contains invalid characters after Unicode normalization: ", ".",
        {{"a@b⑴.com", "'(', ')'"},
         {"a@b＿.com", "'_'"},
         {"a@b＠c.com", "'@'"},
         {"a@b℀.com", "'/'"},
         {"a@b\u1fef.com", "'`'"},
         {"a@\ufdfa.com", "SPACE"}});
    check_refused(
        "The part after the @-sign is invalid (Codepoint U+2260 at position 1 of '≠' not allowed).",
        {"a@≠.com"});
}

BOOST_AUTO_TEST_CASE(labels_with_hyphens_in_third_and_fourth_place_are_punycode_only) {
    check_kept({"a@abc--d.com"});
    check_accepted({{"a@xn--bcher-kva.com", "a@bücher.com"},
                    {"a@XN--BCHER-KVA.com", "a@bücher.com"},
                    {"a@ｘｎ--bcher-kva.com", "a@bücher.com"}});
    check_refused(
        "An email address cannot have two letters followed by two dashes immediately after the "
        "@-sign or after a period, except Punycode.",
        {"a@ab--c.com", "a@1x--c.com", "a@üü--c.com"});
    check_refused("An email address cannot end with a hyphen.", {"a@b.xy--"});
    check_refused("An email address cannot have a period and a hyphen next to each other.",
                  {"a@xn--.com", "a@xn--a-.com"});
}

BOOST_AUTO_TEST_CASE(a_label_must_be_valid_in_idna2008) {
    check_kept({"a@〇.com", "a@\u06fd.com"});
    check_accepted({{"a@xn----x-goa.com", "a@ü--x.com"},
                    {"a@xn--zca.com", "a@ß.com"},
                    {"a@\u1100\u1161\u11a8.com", "a@각.com"}});
    check_refused(
        "The part after the @-sign is not valid IDNA (", ").",
        {{"a@xn--a.com", "Codepoint U+0080 at position 1 of '\\x80' not allowed"},
         {"a@xn--0.com", "Invalid A-label"},
         {"a@xn--" + times(13, "9") + ".com", "Invalid A-label"},
         {"a@xn--a-xbb.com", "Label must be in Normalization Form C"},
         {"a@xn--y3b.com", "Label must be in Normalization Form C"},
         {"a@xn----eha.com", "Label must not start or end with a hyphen"},
         {"a@xn----dha.com", "Label must not start or end with a hyphen"},
         {"a@xn--ab---3ra.com", "Label has disallowed hyphens in 3rd and 4th position"},
         {"a@xn--a-wbb.com", "Label begins with an illegal combining character"},
         {"a@xn--wca.com", "Codepoint U+00DC at position 1 of 'Ü' not allowed"},
         {"a@xn--ngb1c.com", "Codepoint U+0640 at position 1 of '\u0640\u0628' not allowed"},
         {"a@xn--ypd.com", "Codepoint U+1100 at position 1 of '\u1100' not allowed"},
         {"a@xn--a-yrn.com", "Label begins with an illegal combining character"},
         {"a@xn--ud83d.com", "Codepoint U+BAAED at position 1 of '\\U000baaed' not allowed"}});
    check_refused(
        "The part after the @-sign is invalid (", ").",
        {{"a@xn--a-ü.com", "Label has disallowed hyphens in 3rd and 4th position"},
         {"a@xn--é.com", "Label has disallowed hyphens in 3rd and 4th position"},
         {"a@xn--" + times(20, "z") + ".ü.com", "Invalid A-label"},
         {"a@😀.com", "Codepoint U+1F600 at position 1 of '😀' not allowed"},
         {"a@ab😀c.com", "Codepoint U+1F600 at position 3 of 'ab😀c' not allowed"},
         {"a@☃b.com", "Codepoint U+2603 at position 1 of '☃b' not allowed"},
         {"a@x.\u0301b.com", "Label begins with an illegal combining character"},
         {"a@\u0640.com", "Codepoint U+0640 at position 1 of '\u0640' not allowed"},
         {"a@ü.xn--abc.com", "Codepoint U+0082 at position 1 of '\\x82\\x81\\x80' not allowed"}});
    check_refused("The part after the @-sign contains invalid characters: \"'\".",
                  {"a@xn--it's-3ra.com"});
    check_refused(
        "After the @-sign, periods cannot be separated by so many characters (21 characters too "
        "many).",
        {"a@xn--" + times(80, "a") + ".com"});
}

BOOST_AUTO_TEST_CASE(some_characters_are_valid_only_in_their_context) {
    check_kept({"a@l·l.com", "a@͵α.com", "a@\u05d0\u05f3.com", "a@\u05d0\u05f4\u05d1.com",
                "a@ア・ア.com", "a@・漢.com", "a@\u0628\u0660.com", "a@\u0628۰.com"});
    check_accepted({{"a@xn--11b2ezcw70k.com", "a@क\u094d\u200dष.com"},
                    {"a@xn--11b2ezcs70k.com", "a@क\u094d\u200cष.com"},
                    {"a@xn--ngba799q.com", "a@\u0628\u200c\u0628.com"},
                    {"a@xn--mgbb9ha8704a.com", "a@\u0628\u064b\u200c\u064b\u0627.com"}});
    check_refused(
        "The part after the @-sign is invalid (", ").",
        {{"a@a·l.com", "Codepoint U+00B7 not allowed at position 2 in 'a·l'"},
         {"a@·.com", "Codepoint U+00B7 not allowed at position 1 in '·'"},
         {"a@ll·.com", "Codepoint U+00B7 not allowed at position 3 in 'll·'"},
         {"a@͵a.com", "Codepoint U+0375 not allowed at position 1 in '͵a'"},
         {"a@a͵.com", "Codepoint U+0375 not allowed at position 2 in 'a͵'"},
         {"a@\u05f3\u05d0.com", "Codepoint U+05F3 not allowed at position 1 in '\u05f3\u05d0'"},
         {"a@a\u05f4.com", "Codepoint U+05F4 not allowed at position 2 in 'a\u05f4'"},
         {"a@・.com", "Codepoint U+30FB not allowed at position 1 in '・'"},
         {"a@a・b.com", "Codepoint U+30FB not allowed at position 2 in 'a・b'"},
         {"a@\u0628\u0660۰.com", "Codepoint U+0660 not allowed at position 2 in '\u0628\u0660۰'"}});
    check_refused(
        "The part after the @-sign is not valid IDNA (", ").",
        {{"a@xn--ab-m1t.com",
          "Unknown codepoint adjacent to joiner U+200D at position 2 in 'a\\u200db'"},
         {"a@xn--mgbc799q.com",
          "Unknown codepoint adjacent to joiner U+200C at position 2 in '\u0627\\u200c\u0628'"},
         {"a@xn--a-sgn.com",
          "Unknown codepoint adjacent to joiner U+200C at position 2 in 'a\\u200c'"},
         {"a@xn--ngb963k.com",
          "Unknown codepoint adjacent to joiner U+200C at position 1 in '\\u200c\u0628'"}});
}

BOOST_AUTO_TEST_CASE(a_label_with_right_to_left_letters_follows_the_bidi_rule) {
    check_kept({"a@\u05d0\u05d1.com", "a@\u05d01.com", "a@\u05d0\u0660.com", "a@\u05d0-1.com",
                "a@\u05d0\u05b0.com", "a@\u0628\u0301.com", "a@a.\u05d0.com",
                "a@\u05d0\u05f4.com"});
    check_refused(
        "The part after the @-sign is invalid (", ").",
        {{"a@1\u05d0.com", "First codepoint in label '1\u05d0' must be directionality L, R or AL"},
         {"a@a\u05d0.com",
          "Invalid direction for codepoint at position 2 in a left-to-right label"},
         {"a@\u05d0a.com",
          "Invalid direction for codepoint at position 2 in a right-to-left label"},
         {"a@\u05d0\u06601.com", "Can not mix numeral types in a right-to-left label"},
         {"a@a\u0660.com",
          "Invalid direction for codepoint at position 2 in a left-to-right label"},
         {"a@\u0660.com", "First codepoint in label '\u0660' must be directionality L, R or AL"},
         {"a@\u05d0·.com", "Codepoint U+00B7 not allowed at position 2 in '\u05d0·'"},
         {"a@\u05d01-a.com",
          "Invalid direction for codepoint at position 4 in a right-to-left label"},
         {"a@\u05d0〇\u05d0.com",
          "Invalid direction for codepoint at position 2 in a right-to-left label"}});
}

BOOST_AUTO_TEST_CASE(the_name_must_be_one_that_mail_can_reach) {
    check_kept({"a@123.com", "a@b.c", "a@x.contest", "a@test.com", "a@x.example", "a@例子.广告",
                "a@b.ü1"});
    check_accepted(
        {{"a@b.xn--p1ai", "a@b.рф"}, {"a@x.xn--ngbc5azd", "a@x.\u0634\u0628\u0643\u0629"}});
    check_refused("The part after the @-sign is not valid. It should have a period.",
                  {"a@b", "a@localhost", "a@test", "a@contest", "a@рф"});
    check_refused(
        "The part after the @-sign is not valid. It is not within a valid top-level domain.",
        {"a@b.123", "a@1.2.3.4", "a@b.c1"});
    check_refused(
        "The part after the @-sign is a special-use or reserved name that cannot be used with "
        "email.",
        {"a@x.test", "a@x.local", "a@x.localhost", "a@x.invalid", "a@x.onion", "a@x.arpa",
         "a@x.in-addr.ARPA", "a@x.ｔｅｓｔ"});
}

BOOST_AUTO_TEST_CASE(bracketed_addresses_are_read_and_then_refused) {
    check_refused("A bracketed IP address after the @-sign is not allowed here.",
                  {"a@[127.0.0.1]", "a@[IPv6:::1]", "a@[IPv6:1:2:3:4:5:6:7:8]",
                   "a@[IPv6:::1.2.3.4]", "a@[IPv6:fe80::1%eth0]"});
    check_refused(
        "The part after the @-sign in brackets is not an IPv4 address and has no address literal "
        "tag.",
        {"a@[foo]", "a@[]", "a@[1.2.3.4 ]"});
    check_refused("The part after the @-sign contains invalid characters: '['.", {"a@["});
    check_refused("The part after the @-sign contains an invalid address literal tag in brackets.",
                  {"a@[x:y]", "a@[ipv6:::1]"});
    check_refused("The part after the @-sign contains invalid characters in brackets: 'Ā', SPACE.",
                  {"a@[x: yĀ]"});
    check_refused(
        "The address in brackets after the @-sign is not valid: It is not an IPv4 address (",
        ") or is missing an address literal tag.",
        {{"a@[1.2.3]", "Expected 4 octets in '1.2.3'"},
         {"a@[1.2.3.4.5]", "Expected 4 octets in '1.2.3.4.5'"},
         {"a@[256.1.1.1]", "Octet 256 (> 255) not permitted in '256.1.1.1'"},
         {"a@[1..2.3]", "Empty octet not permitted in '1..2.3'"},
         {"a@[01.2.3.4]", "Leading zeros are not permitted in '01' in '01.2.3.4'"},
         {"a@[0.0.0.0000]", "At most 3 characters permitted in '0000' in '0.0.0.0000'"},
         {"a@[1.2.3.4\n]", "Only decimal digits permitted in '4\\n' in '1.2.3.4\\n'"}});
    check_refused(
        "The IPv6 address in brackets after the @-sign is not valid (", ").",
        {{"a@[IPv6:]", "Address cannot be empty"},
         {"a@[IPv6:1]", "At least 3 parts expected in '1'"},
         {"a@[IPv6:1:2]", "At least 3 parts expected in '1:2'"},
         {"a@[IPv6:1::2::3]", "At most one '::' permitted in '1::2::3'"},
         {"a@[IPv6::1::2]", "Leading ':' only permitted as part of '::' in ':1::2'"},
         {"a@[IPv6:1::2:]", "Trailing ':' only permitted as part of '::' in '1::2:'"},
         {"a@[IPv6::1:2:3:4:5:6:7]",
          "Leading ':' only permitted as part of '::' in ':1:2:3:4:5:6:7'"},
         {"a@[IPv6:1:2:3:4:5:6:7:]",
          "Trailing ':' only permitted as part of '::' in '1:2:3:4:5:6:7:'"},
         {"a@[IPv6:1:2:3:4:5:6:7]", "Exactly 8 parts expected without '::' in '1:2:3:4:5:6:7'"},
         {"a@[IPv6:1:2:3:4::5:6:7:8]",
          "Expected at most 7 other parts with '::' in '1:2:3:4::5:6:7:8'"},
         {"a@[IPv6:1:2:3:4:5:6:7:8:9]",
          "Exactly 8 parts expected without '::' in '1:2:3:4:5:6:7:8:9'"},
         {"a@[IPv6:1:2:3:4:5:6:7:8:9:10]", "At most 8 colons permitted in '1:2:3:4:5:6:7:8:9:10'"},
         {"a@[IPv6:::12345]", "At most 4 characters permitted in '12345' in '::12345'"},
         {"a@[IPv6:::g]", "Only hex digits permitted in 'g' in '::g'"},
         {"a@[IPv6:::1.2.3]", "Expected 4 octets in '1.2.3' in '::1.2.3'"},
         {"a@[IPv6:::1.2.3.400]",
          "Octet 400 (> 255) not permitted in '1.2.3.400' in '::1.2.3.400'"},
         {"a@[IPv6:1:2:3:4:5:6:7:1.2.3.4]",
          "Exactly 8 parts expected without '::' in '1:2:3:4:5:6:7:1.2.3.4'"},
         {"a@[IPv6:1:2:3:4:5:6:7:8:1.2.3.4]",
          "At most 8 colons permitted in '1:2:3:4:5:6:7:8:1.2.3.4'"},
         {"a@[IPv6:fe80::1%]", "Invalid IPv6 address: \"'fe80::1%'\""},
         {"a@[IPv6:fe80::1%a%b]", "Invalid IPv6 address: \"'fe80::1%a%b'\""},
         {"a@[IPv6:::1/64]", "Unexpected '/' in '::1/64'"},
         {"a@[IPv6:::'\"]", "Only hex digits permitted in '\\'\"' in '::\\'\"'"},
         {"a@[IPv6:::']", "Only hex digits permitted in \"'\" in \"::'\""},
         {"a@[IPv6:::\té\u200b😀]",
          "Only hex digits permitted in '\\té\\u200b😀' in '::\\té\\u200b😀'"},
         {"a@[IPv6" + times(23, ":1") + ":]",
          "At most 45 characters expected in '" + times(23, "1:") + "'"},
         {"a@[IPv6" + times(30, ":abcd") + ":]", "At most 45 characters expected in '" +
                                                     times(9, "abcd:") + "(60 chars elided)" +
                                                     times(9, "abcd:") + "'"},
         {"a@[IPv6:::" + times(43, "f") + "]", "At most 4 characters permitted in '" +
                                                   times(43, "f") + "' in '::" + times(43, "f") +
                                                   "'"}});
}

BOOST_AUTO_TEST_SUITE_END()
