package import PKI

/// One object as people and machines read it: a title and fields in a fixed order.
package struct Inspected: Hashable, Sendable {
  package struct Field: Hashable, Sendable {
    /// For people, as in `CRL points`.
    let label: String
    /// For machines, as in `crl_points`.
    let key: String
    let value: Value
  }

  package enum Value: Hashable, Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    /// One line each.
    case list([String])
    /// For machines as it is, for people with a remark behind it, such as the days left.
    case annotated(String, remark: String)
  }

  package let title: String
  package private(set) var fields: [Field] = []

  init(_ title: String, kind: String) {
    self.title = title
    fields.append(Field(label: "", key: "kind", value: .text(kind)))
  }

  mutating func add(_ label: String, _ value: Value?) {
    guard let value else { return }
    if case .list(let lines) = value, lines.isEmpty { return }
    let key = label.lowercased().replacing(" ", with: "_").replacing("-", with: "")
    fields.append(Field(label: label, key: key, value: value))
  }

  mutating func add(_ label: String, _ text: String?) {
    add(label, text.map { .text($0) })
  }

  mutating func add(_ label: String, _ lines: [String]) {
    add(label, .list(lines))
  }
}

extension Inspected {
  package var text: String {
    let shown = fields.filter { !$0.label.isEmpty }
    let rows = shown.flatMap { field in
      field.value.lines.enumerated().map { index, line in
        ["  " + (index == 0 ? field.label.lowercased(keepingCapitals: true) : ""), line]
      }
    }
    return title + "\n" + TextTable(rows).text
  }

  package var json: JSON {
    .object(fields.map { JSON.Member($0.key, $0.value.json) })
  }
}

extension Inspected.Value {
  fileprivate var lines: [String] {
    switch self {
    case .text(let text): [text]
    case .number(let number): [String(number)]
    case .flag(let flag): [flag ? "yes" : "no"]
    case .list(let lines): lines
    case .annotated(let text, let remark): ["\(text)  (\(remark))"]
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .text(let text), .annotated(let text, _): .string(text)
    case .number(let number): .int(number)
    case .flag(let flag): .bool(flag)
    case .list(let lines): .strings(lines)
    }
  }
}

extension String {
  /// Labels stand in lower case but for words that are capitals throughout, such as `CRL`.
  fileprivate func lowercased(keepingCapitals: Bool) -> String {
    split(separator: " ").map { word in
      keepingCapitals && word == word.uppercased() ? String(word) : word.lowercased()
    }.joined(separator: " ")
  }
}
