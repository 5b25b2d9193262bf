/// How values are written in Apache's configuration language.
enum ApacheText {
  /// A pattern as mod_rewrite reads it: it parses its arguments itself and, unlike the rest of
  /// Apache, leaves backslashes alone. Patterns hold no quotes and nothing that begins an
  /// expansion: ``RoutePattern/literal(_:)`` writes those in hex.
  static func pattern(_ text: String) -> String { "\"\(text)\"" }

  /// The whole of a text, case-sensitively.
  static func exactly(_ text: String) -> String { pattern("^" + RoutePattern.literal(text) + "$") }

  /// A subject as the key of a `txt:` map, which blanks would end: what mod_rewrite's `int:escape`
  /// makes of it (`ap_os_escape_path`). Releases of 2.4 differ about the semicolon, so a subject
  /// with one has a key for either; no other subject has one of these, since `%` is escaped too.
  static func keys(_ subject: String) -> Set<String> {
    let key = subject.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        String(UnicodeScalar(byte))
      case _ where unescaped.contains(byte): String(UnicodeScalar(byte))
      default: "%" + Hex.encode([byte])
      }
    }.joined()
    return [key, key.replacing(";", with: "%3b")]
  }

  private static let unescaped = Set("$-_.+!*'(),:;@&=/~".utf8)

  /// A `txt:` map in which every key has the value `yes`.
  static func map(_ keys: [String]) -> String { keys.map { $0 + " yes\n" }.joined() }
}
