/// Patterns as ssh_config(5) describes them: `*` stands for any run of characters, `?` for one, and
/// a pattern after `!` excludes what it matches.
package struct SSHPatternList: Hashable, Sendable {
  package struct Element: Hashable, Sendable {
    package let text: String
    package let isNegated: Bool

    package var isLiteral: Bool { !text.contains { $0 == "*" || $0 == "?" } }
  }

  package let elements: [Element]

  init(_ patterns: [String]) {
    elements = patterns.map { text in
      text.hasPrefix("!")
        ? Element(text: String(text.dropFirst()), isNegated: true)
        : Element(text: text, isNegated: false)
    }
  }

  /// Reads patterns with commas between them.
  init(commaSeparated text: String) {
    self.init(text.split(separator: ",").map(String.init))
  }

  /// Whether one of the patterns matches and none that excludes does.
  package func matches(_ text: String) -> Bool {
    var isMatched = false
    for element in elements where Self.matches(element.text, text) {
      if element.isNegated { return false }
      isMatched = true
    }
    return isMatched
  }

  /// In time proportional to both lengths: only the newest `*` is ever tried again.
  static func matches(_ pattern: String, _ text: String) -> Bool {
    let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
    var (p, t) = (0, 0)
    var retry: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        retry = (p + 1, t)
        p += 1
      } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let again = retry {
        retry = (again.pattern, again.text + 1)
        (p, t) = (again.pattern, again.text + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

extension SSHPatternList: CustomStringConvertible {
  package var description: String {
    elements.map { ($0.isNegated ? "!" : "") + $0.text }.joined(separator: ",")
  }
}
