/// The form of a value: how it is read from YAML, and how JSON Schema describes the same form. One
/// value holds both, so that an editor and the decoder cannot disagree.
struct Shape<Value>: Sendable {
  let schema: SchemaNode
  /// What must stand there, for messages: `a list of names`.
  let expected: String
  /// Reports what is wrong and answers nil then.
  let read: @Sendable (Node, FieldContext) -> Value?
}

/// Where a value is read from, for messages.
struct FieldContext {
  let name: String
  let findings: FindingCollector

  func mismatch(_ node: Node, _ expected: String) {
    if node.isNull {
      findings.add(
        node.place, "\(quoted(name)) has no value", hint: "write \(expected), or leave it out")
    } else {
      findings.add(node.place, "\(quoted(name)) must be \(expected), not \(node.form)")
    }
  }

  func report(_ text: String, _ problem: ValueProblem, at place: Place) {
    findings.add(place, "\(quoted(text)) \(problem.message)", hint: problem.hint)
  }
}

/// A value with the place where it was written.
struct Located<Value> {
  let value: Value
  let place: Place
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}

extension Node {
  /// YAML 1.2 core schema, section 10.3.2.
  var isNull: Bool {
    guard case .scalar(let scalar) = self, scalar.isPlain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
  }

  /// What kind of node this is, in words.
  var form: String {
    switch self {
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

// MARK: - Scalars

extension Shape {
  /// The schema of text: an editor sees a number or a boolean where certwright sees the characters.
  static var textSchema: SchemaNode { ["type": ["string", "number", "boolean"]] }

  /// A scalar that `parse` makes a value of.
  static func scalar(
    _ expected: String, schema: SchemaNode = Shape.textSchema,
    parse: @escaping @Sendable (String) throws(ValueProblem) -> Value
  ) -> Shape {
    Shape(schema: schema, expected: expected) { node, context in
      guard case .scalar(let scalar) = node, !node.isNull else {
        context.mismatch(node, expected)
        return nil
      }
      do throws(ValueProblem) {
        return try parse(scalar.text)
      } catch {
        context.report(scalar.text, error, at: scalar.place)
        return nil
      }
    }
  }
}

extension Shape where Value == String {
  static func text(_ expected: String = "text") -> Shape {
    scalar(expected) { text throws(ValueProblem) in
      if text.isEmpty { throw ValueProblem("is empty") }
      return text
    }
  }
}

extension Shape where Value == Name {
  static var name: Shape {
    let segment = "[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?"
    let schema = textSchema.adding(["pattern": .string("^\(segment)(/\(segment))*$")])
    return scalar("a name", schema: schema) { text throws(ValueProblem) in
      guard let name = Name(text) else {
        throw ValueProblem((Name.problem(in: text) ?? "is not a name") + ", so it is not a name")
      }
      return name
    }
  }
}

extension Shape where Value == Lifetime {
  static var lifetime: Shape {
    let schema: SchemaNode = ["type": "string", "pattern": "^[1-9][0-9]*[smhdw]$"]
    return scalar("a length of time, as in \"90d\"", schema: schema) { text throws(ValueProblem) in
      guard let lifetime = Lifetime(text) else {
        throw ValueProblem(
          "is not a length of time",
          hint: "write a whole number and one of s, m, h, d and w, as in \"90d\", up to"
            + " \"\(Lifetime.longest)\"")
      }
      return lifetime
    }
  }
}

extension Shape where Value == Bool {
  static var flag: Shape {
    let expected = "true or false"
    return Shape(schema: ["type": "boolean"], expected: expected) { node, context in
      if case .scalar(let scalar) = node, scalar.isPlain {
        if scalar.text == "true" { return true }
        if scalar.text == "false" { return false }
      }
      context.mismatch(node, expected)
      return nil
    }
  }
}

extension Shape where Value == Int {
  static func integer(_ range: ClosedRange<Int>) -> Shape {
    let schema: SchemaNode = [
      "type": "integer", "minimum": .integer(range.lowerBound),
      "maximum": .integer(range.upperBound),
    ]
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Shape(schema: schema, expected: expected) { node, context in
      guard case .scalar(let scalar) = node, scalar.isPlain,
        let number = Int(decimal: scalar.text), range.contains(number)
      else {
        context.mismatch(node, expected)
        return nil
      }
      return number
    }
  }
}

extension Int {
  /// Decimal digits without a sign or leading zeros, which YAML 1.1 takes for octal.
  init?(decimal text: some StringProtocol) {
    guard text == "0" || text.first != "0", text.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int(text)
    else { return nil }
    self = number
  }
}

extension Shape where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  /// One of the words of an enumeration.
  static func choice(of what: String, _ values: [Value] = Array(Value.allCases)) -> Shape {
    let words = values.map(\.rawValue)
    return scalar(
      "\(what): \(listed(words, "or"))", schema: ["enum": .array(words.map { .string($0) })]
    ) { text throws(ValueProblem) in
      guard let value = values.first(where: { $0.rawValue == text }) else {
        let near = Suggestion.nearest(to: text, in: words)
        throw ValueProblem(
          "is not \(what)",
          hint: near.map { "did you mean \(quoted($0))?" } ?? "write \(listed(words, "or"))")
      }
      return value
    }
  }
}

// MARK: - Lists and mappings

extension Shape {
  /// A list of values of one form, each at most once.
  static func list<Element: Hashable & Sendable>(of element: Shape<Element>, minimum: Int = 1)
    -> Shape
  where Value == [Located<Element>] {
    let schema: SchemaNode = ["type": "array", "items": element.schema]
    let expected = "a list"
    return Shape(
      schema: minimum == 0 ? schema : schema.adding(["minItems": .integer(minimum)]),
      expected: expected
    ) { node, context in
      guard case .sequence(let nodes, let place) = node else {
        context.mismatch(node, expected)
        return nil
      }
      if nodes.count < minimum {
        context.findings.add(
          place, "\(quoted(context.name)) is an empty list", hint: "leave it out to say nothing")
      }
      return elements(nodes, element, context)
    }
  }

  private static func elements<Element: Hashable & Sendable>(
    _ nodes: [Node], _ element: Shape<Element>, _ context: FieldContext
  ) -> [Located<Element>] {
    var values: [Located<Element>] = []
    var seen: Set<Element> = []
    values.reserveCapacity(nodes.count)
    seen.reserveCapacity(nodes.count)
    for node in nodes {
      guard let value = element.read(node, context) else { continue }
      if nodes.count > 1, !seen.insert(value).inserted {
        let text = if case .scalar(let scalar) = node { quoted(scalar.text) } else { "this entry" }
        context.findings.add(node.place, "\(text) stands twice in \(quoted(context.name))")
      }
      values.append(Located(value: value, place: node.place))
    }
    return values
  }

  /// A mapping with declared fields.
  static func mapping(_ mapping: MappingShape<Value>) -> Shape {
    Shape(schema: mapping.schema, expected: "a mapping") { node, context in
      guard case .mapping(let entries, let place) = node else {
        context.mismatch(node, "a mapping")
        return nil
      }
      var decoder = MappingDecoder(
        noun: mapping.noun ?? quoted(context.name), entries: entries, place: place,
        findings: context.findings)
      let value = mapping.decode(&decoder)
      decoder.finish(fields: mapping.fields, rules: mapping.rules)
      return value
    }
  }

  /// The same form with another value.
  func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> Shape<Other> {
    Shape<Other>(schema: schema, expected: expected) { [read] node, context in
      read(node, context).map(transform)
    }
  }
}
