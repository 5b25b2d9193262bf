/// The JSON Schema (draft 2020-12) of one document of the desired state, for editors and for checks
/// outside certwright. It is made of the fields that the decoder reads.
package enum DesiredStateSchema {
  static let kindDefinition = "kind"

  /// The schema as JSON text with a final line end, always the same bytes.
  package static let text = node.jsonText

  private static var node: SchemaNode {
    let choices = DocumentKind.all.map { kind -> SchemaNode in
      [
        "if": ["properties": ["kind": ["const": .string(kind.name)]]],
        "then": ["$ref": .string("#/$defs/\(kind.name)")],
      ]
    }
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "certwright desired state",
      "description": "One document of the desired state of a private PKI.",
      "type": "object",
      "required": ["kind"],
      "properties": ["kind": ["$ref": .string("#/$defs/\(kindDefinition)")]],
      "allOf": .array(choices),
      "$defs": .object(definitions),
    ]
  }

  private static var definitions: [SchemaNode.Member] {
    let names = DocumentKind.names.map { SchemaNode.string($0) }
    let kind = SchemaNode.Member(
      name: kindDefinition, value: ["description": "What is declared.", "enum": .array(names)])
    return [kind] + DocumentKind.all.map { SchemaNode.Member(name: $0.name, value: $0.schema) }
  }
}

extension DocumentKind {
  /// The schema of documents of this kind.
  fileprivate var schema: SchemaNode {
    let kind = FieldDescription(
      name: "kind", isRequired: true,
      schema: ["const": .string(name), "description": .string(about)])
    return mappingSchema(fields: [kind] + fields, rules: rules)
      .adding(["description": .string(about)])
  }
}
