/// A subject as it is written: per field its values, with places.
struct SubjectDraft: Sendable {
  var values: [Subject.Field: [Located<String>]] = [:]
  /// `commonName: ~`: not even the default one.
  var omitsCommonName = false

  static let empty = SubjectDraft()

  /// The subject without any templates.
  var subject: Subject {
    Subject(values.flatMap { field, values in values.map { Subject.Attribute(field, $0.value) } })
  }
}

extension Subject.Field {
  /// Upper bounds of RFC 5280 appendix A.1.
  var longest: Int {
    switch self {
    case .country: 2
    case .stateOrProvince, .locality: 128
    case .organization, .organizationalUnit, .commonName: 64
    case .emailAddress: 255
    }
  }

  private var example: String {
    switch self {
    case .country: "US"
    case .stateOrProvince: "State"
    case .locality: "City"
    case .organization: "Example"
    case .organizationalUnit: "Payments"
    case .commonName: "Example Root CA"
    case .emailAddress: "pki@example.com"
    }
  }

  /// What is wrong with a text as a value of this field.
  func problem(in text: String) -> ValueProblem? {
    if text.isEmpty { return ValueProblem("is empty") }
    if self == .country {
      let isCode = text.utf8.count == 2 && text.utf8.allSatisfy { (65...90).contains($0) }
      return isCode
        ? nil : ValueProblem("is not a country code: two capital letters (ISO 3166-1 alpha-2)")
    }
    if text.unicodeScalars.count > longest {
      return ValueProblem("is longer than \(longest) characters")
    }
    for scalar in text.unicodeScalars where Self.isUnfit(scalar) {
      return ValueProblem("has a control character")
    }
    if text.first?.isWhitespace == true || text.last?.isWhitespace == true {
      return ValueProblem("begins or ends with a space")
    }
    if self == .emailAddress {
      do throws(ValueProblem) { _ = try EmailAddress.canonical(text) } catch { return error }
    }
    return nil
  }

  private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
      .privateUse:
      true
    default: false
    }
  }

  /// One value or several, as a list of values.
  fileprivate var field: Field<[Located<String>]> {
    let one = Shape<String>.text().located
    let shape: Shape<[Located<String>]> =
      self == .organizationalUnit
      ? .oneOrMore(.text())
      : Shape(schema: one.schema, expected: one.expected) { one.read($0, $1).map { [$0] } }
    return Field(rawValue, shape, "The \(rawValue) attribute.", example: .string(example))
  }
}

extension Shape {
  /// The same form with the place of the value.
  var located: Shape<Located<Value>> {
    Shape<Located<Value>>(schema: schema, expected: expected) { [read] node, context in
      read(node, context).map { Located(value: $0, place: node.place) }
    }
  }

  /// One value, or a list of them.
  static func oneOrMore<Element: Hashable & Sendable>(_ element: Shape<Element>) -> Shape
  where Value == [Located<Element>] {
    let list = Shape.list(of: element)
    return Shape(
      schema: ["anyOf": [element.schema, list.schema]],
      expected: "\(element.expected) or a list of them"
    ) { node, context in
      if case .sequence = node { return list.read(node, context) }
      return element.read(node, context).map { [Located(value: $0, place: node.place)] }
    }
  }

  /// The same form, or null, which gives nil inside.
  var nullable: Shape<Value?> {
    Shape<Value?>(
      schema: ["anyOf": [schema, ["type": "null"]]], expected: expected
    ) { [read] node, context in
      if node.isNull { return .some(nil) }
      return read(node, context).map { .some($0) }
    }
  }
}

enum SubjectFields {
  private static let fields = Subject.Field.allCases.filter { $0 != .commonName }.map {
    ($0, $0.field)
  }
  private static let plainCommonName = Subject.Field.commonName.field
  private static let optionalCommonName = Field(
    "commonName", Subject.Field.commonName.field.shape.nullable,
    "The commonName attribute; the name where it is not given, none where it is null.",
    example: "{name}")

  /// The subject of an authority.
  static let authority = MappingShape<SubjectDraft>(
    fields: fields.map(\.1.description) + [plainCommonName.description]
  ) { decoder in
    var draft = SubjectDraft()
    take(&decoder, &draft)
    draft.values[.commonName] = decoder.take(plainCommonName)
    for (field, values) in draft.values {
      for value in values { check(value.value, field, value.place, decoder.findings) }
    }
    return draft
  }

  /// The subject of an identity, whose values may hold `{name}`; checked when they are filled in.
  static let identity = MappingShape<SubjectDraft>(
    fields: fields.map(\.1.description) + [optionalCommonName.description]
  ) { decoder in
    var draft = SubjectDraft()
    take(&decoder, &draft)
    if let value = decoder.take(optionalCommonName) {
      draft.values[.commonName] = value
      draft.omitsCommonName = value == nil
    }
    return draft
  }

  private static func take(_ decoder: inout MappingDecoder, _ draft: inout SubjectDraft) {
    for (field, description) in fields {
      draft.values[field] = decoder.take(description)
    }
  }

  private static func check(
    _ text: String, _ field: Subject.Field, _ place: Place, _ findings: FindingCollector
  ) {
    guard let problem = field.problem(in: text) else { return }
    findings.add(place, "\(quoted(text)) \(problem.message)", hint: problem.hint)
  }
}
