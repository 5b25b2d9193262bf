/// A field of a mapping: its name, the form of its value and what it is for. Decoder and schema are
/// both made of it.
struct Field<Value>: Sendable {
  let name: String
  let shape: Shape<Value>
  let isRequired: Bool
  let about: String
  let example: SchemaNode

  init(
    _ name: String, _ shape: Shape<Value>, required isRequired: Bool = false, _ about: String,
    example: SchemaNode
  ) {
    self.name = name
    self.shape = shape
    self.isRequired = isRequired
    self.about = about
    self.example = example
  }

  var description: FieldDescription {
    FieldDescription(
      name: name, isRequired: isRequired,
      schema: shape.schema.adding(["description": .string(about), "examples": [example]]))
  }
}

/// A field without the type of its value, for lists.
struct FieldDescription: Sendable {
  let name: String
  let isRequired: Bool
  let schema: SchemaNode
}

/// What holds between the fields of a mapping.
enum FieldRule: Hashable, Sendable {
  case exactlyOne([String])
  case atLeastOne([String])
  case atMostOne([String])
  /// The first only together with the second.
  case requires(String, String)

  /// What is wrong when some fields are there, if something is.
  func problem(_ has: (String) -> Bool) -> String? {
    switch self {
    case .exactlyOne(let names):
      Self.atLeastOne(names).problem(has) ?? Self.atMostOne(names).problem(has)
    case .atLeastOne(let names):
      names.contains(where: has) ? nil : "\(listed(names, "or")) is missing"
    case .atMostOne(let names):
      names.filter(has).count <= 1
        ? nil : "\(listed(names.filter(has))) exclude each other"
    case .requires(let name, let other):
      !has(name) || has(other) ? nil : "\(quoted(name)) needs \(quoted(other))"
    }
  }

  /// The same rule as a JSON Schema.
  var schema: SchemaNode {
    switch self {
    case .exactlyOne(let names): ["oneOf": .array(names.map(Self.present))]
    case .atLeastOne(let names): ["anyOf": .array(names.map(Self.present))]
    case .atMostOne(let names):
      [
        "not": [
          "anyOf": .array(Self.pairs(names).map { ["required": .array($0.map { .string($0) })] })
        ]
      ]
    case .requires(let name, let other):
      [
        "if": Self.present(name),
        "then": Self.present(other),
      ]
    }
  }

  private static func present(_ name: String) -> SchemaNode { ["required": [.string(name)]] }

  private static func pairs(_ names: [String]) -> [[String]] {
    names.indices.flatMap { index in names[(index + 1)...].map { [names[index], $0] } }
  }
}

/// A mapping with declared fields, as it stands in documents and inside their fields.
struct MappingShape<Value>: Sendable {
  /// How messages call it; nil takes the name of the field that holds it.
  let noun: String?
  let fields: [FieldDescription]
  let rules: [FieldRule]
  let decode: @Sendable (inout MappingDecoder) -> Value?

  init(
    noun: String? = nil, fields: [FieldDescription], rules: [FieldRule] = [],
    decode: @escaping @Sendable (inout MappingDecoder) -> Value?
  ) {
    self.noun = noun
    self.fields = fields
    self.rules = rules
    self.decode = decode
  }

  var schema: SchemaNode { mappingSchema(fields: fields, rules: rules) }
}

/// The JSON Schema of a mapping with these fields and no others.
func mappingSchema(fields: [FieldDescription], rules: [FieldRule]) -> SchemaNode {
  let properties = fields.map { SchemaNode.Member(name: $0.name, value: $0.schema) }
  let required = fields.filter(\.isRequired).map { SchemaNode.string($0.name) }
  var schema: SchemaNode = [
    "type": "object", "properties": .object(properties), "additionalProperties": false,
  ]
  if !required.isEmpty { schema = schema.adding(["required": .array(required)]) }
  return rules.isEmpty ? schema : schema.adding(["allOf": .array(rules.map(\.schema))])
}
