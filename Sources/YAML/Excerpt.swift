/// A value of the user as messages show it: in quotes, on one line, of bounded length.
enum Excerpt {
  private static let limit = 64

  static func quoted(_ text: some Sequence<Unicode.Scalar>) -> String {
    var shown = String.UnicodeScalarView()
    var count = 0
    for scalar in text {
      guard count < limit else {
        shown.append(contentsOf: "...".unicodeScalars)
        break
      }
      shown.append(contentsOf: escaped(scalar).unicodeScalars)
      count += 1
    }
    return "\"\(String(shown))\""
  }

  static func quoted(_ text: String) -> String { quoted(text.unicodeScalars) }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\t": "\\t"
    case _ where UnusableCharacter.contains(scalar):
      "\\u" + UnusableCharacter.hex(scalar.value, digits: 4)
    default: String(scalar)
    }
  }
}
