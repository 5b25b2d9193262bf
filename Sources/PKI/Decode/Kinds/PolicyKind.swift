extension DocumentKind {
  static let policy = DocumentKind(
    name: "Policy",
    about: "What the files below some paths may ask for. Once there is one, a document under none"
      + " is refused.",
    fields: PolicyFields.all, decode: PolicyFields.decode)
}

private enum PolicyFields {
  static let name = Field(
    "name", .name, required: true, "The name of the policy.", example: "payments")
  static let paths = Field(
    "paths", .list(of: .pattern("a pattern of paths")), required: true,
    "Files below the desired-state folder that it binds, with * and **.",
    example: ["payments/**"])
  static let permit = Field(
    "permit", .mapping(PermitFields.shape), required: true,
    "What the files may ask for; what is not given is free, an empty list permits nothing.",
    example: ["kinds": ["Client"], "issuers": ["edge"], "maxLifetime": "90d"])

  static let all = [name.description, paths.description, permit.description]

  static func decode(_ decoder: inout MappingDecoder, _ declarations: inout Declarations) {
    let name = decoder.take(name)
    let before = decoder.findings.count
    let paths = decoder.take(paths)
    let permit = decoder.take(permit)
    guard let name,
      declarations.declare(name, kind: "Policy", place: decoder.place(of: "name")), let paths,
      let permit, decoder.findings.count == before
    else { return }
    declarations.policies.append(
      Policy(name: name, place: decoder.place, paths: paths.map(\.value), permit: permit))
  }
}

private enum PermitFields {
  static let kinds = Field(
    "kinds", .list(of: .kindName, minimum: 0), "Kinds of document.", example: ["Client"])
  static let issuers = Field(
    "issuers", .list(of: .name, minimum: 0), "Authorities to be certified by.", example: ["edge"])
  static let names = Field(
    "names", patterns, "Patterns of names of whatever is declared or revoked.",
    example: ["payments/**"])
  static let dnsNames = Field(
    "dnsNames", patterns, "Patterns of DNS names.", example: ["*.payments.example.com"])
  static let ipRanges = Field(
    "ipRanges", .list(of: .ipRange, minimum: 0), "Blocks in which IP addresses lie.",
    example: ["10.1.0.0/16"])
  static let uris = Field(
    "uris", patterns, "Patterns of URIs.", example: ["spiffe://example.com/payments/*"])
  static let emailAddresses = Field(
    "emailAddresses", patterns, "Patterns of mail addresses.", example: ["*@example.com"])
  static let keys = Field(
    "keys", .list(of: Shape<KeyAlgorithm>.choice(of: "a key algorithm"), minimum: 0),
    "Kinds of key.", example: ["ecdsa-p256"])
  static let profiles = Field(
    "profiles", .list(of: .name, minimum: 0), "Profiles that identities may use.",
    example: ["short-lived"])
  static let proxies = Field(
    "proxies", patterns, "Patterns of names of proxies.", example: ["payments/*"])
  static let maxLifetime = Field(
    "maxLifetime", .lifetime, "The longest lifetime.", example: "90d")

  private static let patterns = Shape<[Located<String>]>.list(
    of: .pattern("a pattern"), minimum: 0)

  static let shape = MappingShape<Policy.Permit>(
    fields: [
      kinds.description, issuers.description, names.description, dnsNames.description,
      ipRanges.description, uris.description, emailAddresses.description, keys.description,
      profiles.description, proxies.description,
      maxLifetime.description,
    ]
  ) { decoder in
    Policy.Permit(
      kinds: decoder.take(kinds)?.map(\.value), issuers: decoder.take(issuers)?.map(\.value),
      names: decoder.take(names)?.map(\.value), dnsNames: decoder.take(dnsNames)?.map(\.value),
      ipRanges: decoder.take(ipRanges)?.map(\.value), uris: decoder.take(uris)?.map(\.value),
      emailAddresses: decoder.take(emailAddresses)?.map(\.value),
      keys: decoder.take(keys)?.map(\.value), profiles: decoder.take(profiles)?.map(\.value),
      proxies: decoder.take(proxies)?.map(\.value),
      maxLifetime: decoder.take(maxLifetime))
  }
}

extension Shape where Value == String {
  /// Text with wildcards; paths and names have no leading slash.
  static func pattern(_ expected: String) -> Shape {
    scalar(expected) { text throws(ValueProblem) in
      if text.isEmpty { throw ValueProblem("is empty") }
      if text.utf8.count > 1_024 { throw ValueProblem("is longer than 1024 bytes") }
      if text.hasPrefix("/") || text.hasPrefix("./") {
        throw ValueProblem(
          "does not begin below the desired-state folder", hint: "leave the slash out")
      }
      return text
    }
  }

  /// The name of a kind. The schema refers to a definition, because the list of kinds holds the kind
  /// that uses this.
  static var kindName: Shape {
    scalar(
      "a kind of document",
      schema: ["$ref": .string("#/$defs/\(DesiredStateSchema.kindDefinition)")]
    ) { text throws(ValueProblem) in
      guard DocumentKind.names.contains(text) else {
        throw ValueProblem(
          "is not a kind of document",
          hint: Suggestion.hint(for: text, in: DocumentKind.names, what: "kinds"))
      }
      return text
    }
  }
}
