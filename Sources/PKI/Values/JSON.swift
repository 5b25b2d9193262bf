/// A JSON value whose text is always the same bytes for the same value: members keep the order in
/// which they are given, numbers are whole, and only what RFC 8259 demands is escaped.
package enum JSON: Hashable, Sendable {
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
  package var compact: String { String(decoding: compactBytes, as: UTF8.self) }

  package var compactBytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes, indent: nil)
    return bytes
  }

  /// Two spaces a level, and a newline at the end.
  package var pretty: String { String(decoding: prettyBytes, as: UTF8.self) }

  package var prettyBytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes, indent: 0)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  /// The same value with the members of every object in the order of their names.
  package var sorted: JSON { resorted ?? self }

  /// nil when everything is in order.
  private var resorted: JSON? {
    switch self {
    case .null, .bool, .int, .string: return nil
    case .array(let values):
      var ordered: [JSON]?
      for (index, value) in values.enumerated() {
        guard let value = value.resorted else { continue }
        ordered = ordered ?? values
        ordered?[index] = value
      }
      return ordered.map { .array($0) }
    case .object(let members):
      var ordered: [Member]?
      for (index, member) in members.enumerated() {
        guard let value = member.value.resorted else { continue }
        ordered = ordered ?? members
        ordered?[index] = Member(member.name, value)
      }
      if zip(members, members.dropFirst()).allSatisfy({ $0.name < $1.name }) {
        return ordered.map { .object($0) }
      }
      return .object((ordered ?? members).sorted { $0.name < $1.name })
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

  private func write(to bytes: inout [UInt8], indent: Int?) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .int(let value): bytes += String(value).utf8
    case .string(let value): JSON.write(value, to: &bytes)
    case .array(let values):
      JSON.write(values, brackets: ("[", "]"), to: &bytes, indent: indent) { value, bytes, indent in
        value.write(to: &bytes, indent: indent)
      }
    case .object(let members):
      JSON.write(members, brackets: ("{", "}"), to: &bytes, indent: indent) {
        member, bytes, indent in
        JSON.write(member.name, to: &bytes)
        bytes += (indent == nil ? ":" : ": ").utf8
        member.value.write(to: &bytes, indent: indent)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], brackets: (String, String), to bytes: inout [UInt8], indent: Int?,
    item: (Item, inout [UInt8], Int?) -> Void
  ) {
    bytes += brackets.0.utf8
    let inner = indent.map { $0 + 1 }
    for (index, value) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(inner, &bytes)
      item(value, &bytes, inner)
    }
    if !items.isEmpty { newLine(indent, &bytes) }
    bytes += brackets.1.utf8
  }

  private static func newLine(_ indent: Int?, _ bytes: inout [UInt8]) {
    guard let indent else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<indent { bytes += "  ".utf8 }
  }

  private static func write(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    guard string.utf8.contains(where: isEscaped) else {
      bytes += string.utf8
      return
    }
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case 0...0x1f, 0x7f: bytes += "\\u00\(Hex.encode([byte]))".utf8
      default: bytes.append(byte)
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
