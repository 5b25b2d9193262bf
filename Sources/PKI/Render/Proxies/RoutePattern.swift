/// Regular expressions that all three proxies (PCRE in each) understand alike.
package enum RoutePattern {
  /// Matches exactly this text and has no character that a configuration file of any proxy could
  /// read as its own: everything but letters, digits and a few harmless signs is written in hex.
  package static func literal(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        String(UnicodeScalar(byte))
      case _ where harmless.contains(byte): String(UnicodeScalar(byte))
      case UInt8(ascii: "."): "\\."
      default: "\\x" + Hex.encode([byte])
      }
    }.joined()
  }

  private static let harmless = Set("=,/_-@: ".utf8)

  /// A decoded request path that is `path` or lies below it, at a segment boundary.
  package static func below(_ path: String) -> String {
    path == "/" ? "^/" : "^" + literal(path) + "(?:/|$)"
  }

  /// A raw request target that two programs could read differently, to be matched ignoring case:
  /// backslashes, path parameters and fragments, encoded separators and control characters,
  /// overlong UTF-8, broken percent escapes, empty segments, and `.` and `..` in any spelling.
  /// A backend that resolves such a path may arrive below a stricter route than the proxy chose,
  /// so these requests are refused rather than repaired.
  package static let ambiguous =
    "^[^?]*(?:[\\x00-\\x20\\x5c\\x7f;#]|%(?:2f|5c|3b|[01][0-9a-f]|7f|c[01])"
    + "|%(?![0-9a-f][0-9a-f])|//|/(?:\\.|%2e)(?:\\.|%2e)?(?:[/?]|$))"

  /// The value of a Host header or of SNI that names this server, to be matched ignoring case.
  /// A wildcard stands for one label, as in the certificate (RFC 9525 section 6.3).
  package static func host(_ name: String) -> String {
    name.hasPrefix("*.") ? "[^.:]+" + literal(String(name.dropFirst())) : literal(name)
  }
}
