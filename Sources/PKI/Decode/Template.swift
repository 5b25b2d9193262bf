/// A text in which `{name}` stands for the name of the identity, so that one document can declare
/// many.
struct Template: Hashable, Sendable {
  let text: String
  private let hasPlaceholder: Bool

  init(_ text: String) throws(ValueProblem) {
    self.text = text
    hasPlaceholder = text.utf8.contains(UInt8(ascii: "{")) || text.utf8.contains(UInt8(ascii: "}"))
    guard hasPlaceholder else { return }
    var rest = text[...]
    while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      guard rest[brace...].hasPrefix(Self.placeholder) else {
        throw ValueProblem("has a brace that is not part of {name}, the only placeholder")
      }
      rest = rest[brace...].dropFirst(Self.placeholder.count)
    }
  }

  private static let placeholder = "{name}"

  /// Whether every name gives the same text.
  var isConstant: Bool { !hasPlaceholder }

  func filled(with name: Name) -> String {
    guard hasPlaceholder else { return text }
    var result = ""
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      result += rest[..<brace] + name.text
      rest = rest[brace...].dropFirst(Self.placeholder.count)
    }
    return result + rest
  }
}

extension Shape where Value == Template {
  static func template(_ expected: String) -> Shape {
    scalar(expected) { text throws(ValueProblem) in
      if text.isEmpty { throw ValueProblem("is empty") }
      return try Template(text)
    }
  }
}
