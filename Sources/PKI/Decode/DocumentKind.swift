/// A kind of document of the desired state.
///
/// A new kind is a file in `Kinds` and a word in ``all``; decoder, schema and hints follow.
struct DocumentKind: Sendable {
  static let all: [DocumentKind] = [
    .authority, .server, .client, .peer, .profile, .revocation, .trustBundle, .proxy, .policy,
    .settings,
  ]

  let name: String
  let about: String
  let fields: [FieldDescription]
  let rules: [FieldRule]
  /// Reads the fields and adds what they declare.
  let decode: @Sendable (inout MappingDecoder, inout Declarations) -> Void

  static let names = all.map(\.name)
  private static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  init(
    name: String, about: String, fields: [FieldDescription], rules: [FieldRule] = [],
    decode: @escaping @Sendable (inout MappingDecoder, inout Declarations) -> Void
  ) {
    self.name = name
    self.about = about
    self.fields = fields
    self.rules = rules
    self.decode = decode
  }

  /// Reads one document of any kind into the declarations.
  static func decode(_ node: Node, into declarations: inout Declarations) {
    let findings = declarations.findings
    if node.isNull { return }
    guard case .mapping(let entries, let place) = node else {
      findings.add(node.place, "a document must be a mapping, not \(node.form)")
      return
    }
    guard let entry = entries.first(where: { $0.key.text == "kind" }) else {
      findings.add(place, "\"kind\" is missing", hint: "kinds are \(listed(names))")
      return
    }
    guard case .scalar(let scalar) = entry.value, !entry.value.isNull else {
      FieldContext(name: "kind", findings: findings).mismatch(entry.value, "a kind of document")
      return
    }
    guard let kind = byName[scalar.text] else {
      findings.add(
        scalar.place, "\(quoted(scalar.text)) is not a kind of document",
        hint: Suggestion.hint(for: scalar.text, in: names, what: "kinds"))
      return
    }
    kind.decode(entries, place, into: &declarations)
  }

  private func decode(
    _ entries: [Node.Entry], _ place: Place, into declarations: inout Declarations
  ) {
    declarations.documents.append(Declarations.Document(kind: name, place: place))
    var decoder = MappingDecoder(
      noun: name, entries: entries.filter { $0.key.text != "kind" }, place: place,
      findings: declarations.findings)
    decode(&decoder, &declarations)
    decoder.finish(fields: fields, rules: rules)
  }
}
