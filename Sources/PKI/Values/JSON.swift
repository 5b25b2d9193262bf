/// A JSON value whose text is always the same bytes for the same value: members keep the order in
/// which they are given, numbers are whole, and only what RFC 8259 demands is escaped.
package indirect enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case string(String)
  case array([JSON])
  case object([Member])

  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// An object of the members whose value is there.
  package static func members(_ members: [(String, JSON?)]) -> JSON {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  package static func strings(_ values: some Sequence<String>) -> JSON {
    .array(values.map { .string($0) })
  }

  /// One line without spaces: what digests are taken of.
  package var compact: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// Two spaces a level, and a newline at the end.
  package var pretty: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  /// The same value with the members of every object in the order of their names.
  package var sorted: JSON {
    switch self {
    case .null, .bool, .int, .string: self
    case .array(let values): .array(values.map(\.sorted))
    case .object(let members):
      .object(
        members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
    }
  }

  // MARK: - Reading

  /// The member of an object; nil where there is none or this is no object.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  package var number: Int? {
    if case .int(let number) = self { number } else { nil }
  }

  package var isTrue: Bool { self == .bool(true) }

  /// The elements of an array; none of anything else.
  package var elements: [JSON] {
    if case .array(let values) = self { values } else { [] }
  }

  /// The texts of an array of strings.
  package var texts: [String] { elements.compactMap(\.text) }

  /// This object without some members.
  package func without(_ names: Set<String>) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { !names.contains($0.name) })
  }

  // MARK: - Writing

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .string(let value): JSON.write(value, to: &text)
    case .array(let values):
      JSON.write(values, brackets: ("[", "]"), to: &text, indent: indent) { value, text, indent in
        value.write(to: &text, indent: indent)
      }
    case .object(let members):
      JSON.write(members, brackets: ("{", "}"), to: &text, indent: indent) { member, text, indent in
        JSON.write(member.name, to: &text)
        text += indent == nil ? ":" : ": "
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], brackets: (String, String), to text: inout String, indent: Int?,
    item: (Item, inout String, Int?) -> Void
  ) {
    text += brackets.0
    let inner = indent.map { $0 + 1 }
    for (index, value) in items.enumerated() {
      if index > 0 { text += "," }
      newLine(inner, &text)
      item(value, &text, inner)
    }
    if !items.isEmpty { newLine(indent, &text) }
    text += brackets.1
  }

  private static func newLine(_ indent: Int?, _ text: inout String) {
    guard let indent else { return }
    text += "\n" + String(repeating: "  ", count: indent)
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    defer { text += "\"" }
    // Nearly all text: a scalar at a time takes ten times as long.
    guard string.utf8.contains(where: isEscaped) else {
      text += string
      return
    }
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case "\u{0}"..."\u{1f}", "\u{7f}":
        text += "\\u00" + Hex.encode([UInt8(truncatingIfNeeded: scalar.value)])
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }
}

extension JSON: Decodable {
  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads what any decoder of JSON gives; objects come out sorted by name. Fractions are refused.
  package init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: Key.self) {
      self = .object(
        try object.allKeys.map {
          Member($0.stringValue, try object.decode(JSON.self, forKey: $0))
        }.sorted { $0.name < $1.name })
      return
    }
    if var array = try? decoder.unkeyedContainer() {
      var values: [JSON] = []
      while !array.isAtEnd { values.append(try array.decode(JSON.self)) }
      self = .array(values)
      return
    }
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let int = try? value.decode(Int.self) {
      self = .int(int)
    } else {
      self = .string(try value.decode(String.self))
    }
  }
}
