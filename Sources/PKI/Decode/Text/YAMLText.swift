/// A value on its way to YAML text.
indirect enum YAMLText {
  struct Entry {
    let key: String
    let value: YAMLText
  }

  case text(String)
  case integer(Int)
  case flag(Bool)
  case null
  case list([YAMLText])
  case mapping([Entry])

  static func texts(_ values: some Sequence<String>) -> YAMLText { .list(values.map { .text($0) }) }

  /// One document in block style, without a separator before it.
  var document: String {
    var lines: [String] = []
    write(indent: "", to: &lines)
    return lines.map { $0 + "\n" }.joined()
  }

  private func write(indent: String, to lines: inout [String]) {
    switch self {
    case .mapping(let fields):
      for field in fields {
        if let inline = field.value.inline {
          lines.append("\(indent)\(field.key): \(inline)")
        } else {
          lines.append("\(indent)\(field.key):")
          field.value.write(indent: indent + "  ", to: &lines)
        }
      }
    case .list(let elements):
      for element in elements {
        let start = lines.count
        element.write(indent: indent + "  ", to: &lines)
        // The first line of an entry carries its dash.
        if start < lines.count {
          lines[start] = indent + "- " + lines[start].dropFirst(indent.count + 2)
        }
      }
    case .text, .integer, .flag, .null:
      lines.append(indent + (inline ?? ""))
    }
  }

  /// The text on one line: scalars, and lists of scalars.
  private var inline: String? {
    switch self {
    case .text(let text): return Self.quotedIfNeeded(text)
    case .integer(let number): return String(number)
    case .flag(let flag): return flag ? "true" : "false"
    case .null: return "~"
    case .mapping(let fields): return fields.isEmpty ? "{}" : nil
    case .list(let elements):
      let texts = elements.map { element -> String? in
        if case .mapping = element { return nil }
        return element.inline
      }
      return texts.contains(nil) ? nil : "[" + texts.compactMap { $0 }.joined(separator: ", ") + "]"
    }
  }

  // MARK: - Quotes

  /// Plain when no reader of YAML 1.1 or 1.2 takes it for anything but this text, even inside a flow
  /// list; else in double quotes.
  static func quotedIfNeeded(_ text: String) -> String {
    isPlain(text) ? text : doubleQuoted(text)
  }

  private static let words: Set<String> = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan",
  ]

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last,
      !words.contains(text.lowercased()),
      text.utf8.allSatisfy({ isAlphanumeric($0) || "._/@ -".utf8.contains($0) }),
      last != UInt8(ascii: " ")
    else { return false }
    // What begins with a digit could be a number, a date or a time; a lifetime cannot.
    let isLetter = isAlphanumeric(first) && !(48...57).contains(first)
    return isLetter || first == UInt8(ascii: "/") || Lifetime(text) != nil
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
  }

  private static func doubleQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          let digits = String(scalar.value, radix: 16)
          result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

/// Collects the fields of a mapping in order, leaving out what is not there.
struct YAMLFields {
  private(set) var fields: [YAMLText.Entry] = []

  var mapping: YAMLText { .mapping(fields) }

  mutating func add(_ key: String, _ value: YAMLText?) {
    if let value { fields.append(YAMLText.Entry(key: key, value: value)) }
  }

  mutating func add(_ key: String, _ text: (some CustomStringConvertible)?) {
    if let text { fields.append(YAMLText.Entry(key: key, value: .text(text.description))) }
  }

  /// A list that is not empty.
  mutating func add(_ key: String, _ values: [some CustomStringConvertible]) {
    if !values.isEmpty {
      fields.append(YAMLText.Entry(key: key, value: .texts(values.map(\.description))))
    }
  }

  /// A list that is there, even an empty one.
  mutating func add(_ key: String, declared values: [some CustomStringConvertible]?) {
    if let values {
      fields.append(YAMLText.Entry(key: key, value: .texts(values.map(\.description))))
    }
  }

  mutating func add(_ key: String, flag: Bool) {
    if flag { fields.append(YAMLText.Entry(key: key, value: .flag(true))) }
  }
}
