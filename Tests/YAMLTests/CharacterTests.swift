import PKI
import Testing
import YAML

/// Encodings, and characters that have no place in a file.
@Suite struct CharacterTests {
  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x00], "1:1 the file is UTF-16"),
      ([0xFE, 0xFF, 0x00, 0x61], "1:1 the file is UTF-16"),
      ([0x61, 0x00, 0x3A, 0x00, 0x20, 0x00], "1:1 the file is UTF-16"),
      ([0x00, 0x61, 0x00, 0x3A], "1:1 the file is UTF-16"),
      ([0xFF, 0xFE, 0x00, 0x00, 0x61, 0x00, 0x00, 0x00], "1:1 the file is UTF-32"),
      ([0x00, 0x00, 0xFE, 0xFF, 0x00, 0x00, 0x00, 0x61], "1:1 the file is UTF-32"),
      ([0x61, 0x00, 0x00, 0x00], "1:1 the file is UTF-32"),
      ([0x61, 0x3A, 0x20, 0xC3], "1:4 byte 0xC3 is not valid UTF-8"),
      ([0x61, 0x0A, 0xC3, 0xA4, 0x80], "2:2 byte 0x80 is not valid UTF-8"),
      ([0x61, 0x0D, 0x0A, 0xC0, 0x80], "2:1 byte 0xC0 is not valid UTF-8"),
      ([0xED, 0xA0, 0x80], "1:1 byte 0xED is not valid UTF-8"),
      ([0x61, 0xF4, 0x90, 0x80, 0x80], "1:2 byte 0xF4 is not valid UTF-8"),
      ([0xF0, 0x9F, 0x98, 0x80, 0xFF], "1:2 byte 0xFF is not valid UTF-8"),
      ([0xEF, 0xBB, 0xBF, 0x61, 0xFF], "1:2 byte 0xFF is not valid UTF-8"),
      ([0xEF, 0xBB], "1:1 byte 0xEF is not valid UTF-8"),
    ] as [([UInt8], String)])
  func `other encodings and invalid UTF-8 are refused`(bytes: [UInt8], expected: String) {
    #expect(findings(bytes) == [expected])
  }

  @Test(arguments: [
    ("a: \u{0}b", "1:4 NUL (U+0000) is not allowed"),
    ("a: b\u{7}", "1:5 the control character U+0007 is not allowed"),
    ("a: \u{1B}[1m", "1:4 the control character U+001B is not allowed"),
    ("ä: \u{7F}", "1:4 the control character U+007F is not allowed"),
    ("a: b\u{85}c: d", "1:5 the line separator U+0085 is not allowed"),
    ("a: b\u{9F}", "1:5 the control character U+009F is not allowed"),
    ("a: b\nc: d\u{2028}e", "2:5 the line separator U+2028 is not allowed"),
    ("a: 'b\u{2029}'", "1:6 the line separator U+2029 is not allowed"),
    ("a: b # \u{202E}x", "1:8 the text direction control U+202E is not allowed"),
    ("\u{2066}a: b", "1:1 the text direction control U+2066 is not allowed"),
    ("a: \u{2069}", "1:4 the text direction control U+2069 is not allowed"),
    ("a: \u{FEFF}b", "1:4 a byte order mark (U+FEFF) is not allowed"),
    ("\u{FEFF}\u{FEFF}a: b", "1:1 a byte order mark (U+FEFF) is not allowed"),
    ("a: b\n---\n\u{FEFF}c: d", "3:1 a byte order mark (U+FEFF) is not allowed"),
    ("a: \u{FFFF}", "1:4 the noncharacter U+FFFF is not allowed"),
  ])
  func `unusable characters are refused`(text: String, expected: String) {
    #expect(findings(text) == [expected])
  }

  @Test(arguments: [
    ("\\0", "NUL (U+0000)"),
    ("\\x00", "NUL (U+0000)"),
    ("\\a", "the control character U+0007"),
    ("\\e", "the control character U+001B"),
    ("\\r", "the control character U+000D"),
    ("\\N", "the line separator U+0085"),
    ("\\L", "the line separator U+2028"),
    ("\\P", "the line separator U+2029"),
    ("\\u202A", "the text direction control U+202A"),
    ("\\U00002067", "the text direction control U+2067"),
    ("\\uFEFF", "a byte order mark (U+FEFF)"),
  ])
  func `escapes do not get unusable characters in`(escape: String, name: String) {
    #expect(findings("a: \"x\(escape)y\"") == ["1:4 \(name) is not allowed, even escaped"])
    #expect(findings("\"x\(escape)y\": a") == ["1:1 \(name) is not allowed, even escaped"])
  }

  @Test(arguments: ["\\uD800", "\\uDFFF", "\\U00110000", "\\uD83D\\uDE00"])
  func `escapes of no character are refused`(escape: String) {
    let message = "found invalid Unicode character escape code while parsing a quoted scalar"
    #expect(findings("\"\(escape)\"") == ["1:4 \(message)"])
  }

  @Test(arguments: [
    "\u{A0}", "\u{2019}", "\u{20AC}", "\u{202F}", "\u{206A}", "\u{FF01}", "\u{200B}",
  ])
  func `characters beside the refused ones are read`(character: String) throws {
    #expect(try outline("a: x\(character)y") == ["{a: x\(character)y}"])
  }

  @Test func `every unusable character is reported with its place`() {
    #expect(
      findings("a: \u{1}\u{2}\r\nb: \u{3}\n") == [
        "1:4 the control character U+0001 is not allowed",
        "1:5 the control character U+0002 is not allowed",
        "2:4 the control character U+0003 is not allowed",
      ])
  }
}
