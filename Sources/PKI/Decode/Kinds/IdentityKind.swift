extension DocumentKind {
  static let server = identity(
    .server, "A server's certificate: the purpose serverAuth.",
    rules: [.atLeastOne(["dnsNames", "ipAddresses"])])
  static let client = identity(.client, "A client's certificate: the purpose clientAuth.")
  static let peer = identity(
    .peer, "A certificate for both sides: the purposes serverAuth and clientAuth.")

  private static func identity(
    _ kind: Identity.Kind, _ about: String, rules: [FieldRule] = []
  ) -> DocumentKind {
    DocumentKind(
      name: kind.rawValue, about: about, fields: IdentityFields.all,
      rules: [
        .exactlyOne(["name", "names"]), .atMostOne(["key", "request"]),
        .atMostOne(["names", "renamedFrom"]),
      ] + rules
    ) { decoder, declarations in
      IdentityFields.decode(kind, &decoder, &declarations)
    }
  }
}

/// One or more identities as one document declares them, before profile and defaults.
struct IdentityDraft: Sendable {
  let kind: Identity.Kind
  let place: Place
  let names: [Located<Name>]
  let issuer: Name
  let subject: SubjectDraft
  /// In the order of the kinds, then as written.
  let alternativeNames: [(kind: SubjectAlternativeName.Kind, template: Located<Template>)]
  let key: KeyAlgorithm?
  let request: Located<Template>?
  let lifetime: Lifetime?
  let renewBefore: Lifetime?
  let rotation: Identity.Rotation?
  let keyUsage: KeyUsage?
  let extendedKeyUsage: [ExtendedKeyUsage]?
  let profile: Name?
  let onRemoval: Identity.OnRemoval
  let isProtected: Bool
  let renamedFrom: Name?
  let fields: FieldPlaces

  func place(of field: String) -> Place { fields[field] ?? place }
}

private enum IdentityFields {
  static let name = Field("name", .name, "The name of the identity.", example: "api")
  static let names = Field(
    "names", .list(of: .name), "A batch: one identity per name, the same settings.",
    example: ["app1", "app2"])
  static let issuer = Field(
    "issuer", .name, required: true, "The authority that certifies it.", example: "edge")
  static let subject = Field(
    "subject", .mapping(SubjectFields.identity),
    "The distinguished name; the common name is the name where it is not given.",
    example: ["organization": "Example"])
  static let dnsNames = Field(
    "dnsNames", .list(of: .template("a DNS name")),
    "DNS names; a wildcard only as the whole leftmost label.",
    example: ["api.example.com", "*.api.example.com"])
  static let ipAddresses = Field(
    "ipAddresses", .list(of: .template("an address")), "IPv4 and IPv6 addresses.",
    example: ["192.0.2.1"])
  static let uris = Field(
    "uris", .list(of: .template("a URI")), "Absolute URIs, SPIFFE IDs among them.",
    example: ["spiffe://example.com/{name}"])
  static let emailAddresses = Field(
    "emailAddresses", .list(of: .template("a mail address")), "Mail addresses.",
    example: ["ops@example.com"])
  static let request = Field(
    "request", Shape<Template>.template("the path of a file").located,
    "A PKCS#10 request beside this file: the private key stays with its owner.",
    example: "billing.csr")
  static let profile = Field(
    "profile", .name, "The profile whose settings it takes where it has none itself.",
    example: "short-lived")
  static let onRemoval = Field(
    "onRemoval", Shape<Identity.OnRemoval>.choice(of: "something to do on removal"),
    "What happens when this document is removed: retire, the default, or revoke.",
    example: "retire")
  static let isProtected = Field(
    "protected", .flag, "Removal and revocation need this flag off first.", example: true)
  static let renamedFrom = Field(
    "renamedFrom", .name, "The name that this identity had before.", example: "old-api")

  static let all =
    [
      name.description, names.description, issuer.description, subject.description,
      dnsNames.description, ipAddresses.description, uris.description, emailAddresses.description,
      request.description, profile.description, onRemoval.description, isProtected.description,
      renamedFrom.description,
    ] + IssuanceFields.all

  static func decode(
    _ kind: Identity.Kind, _ decoder: inout MappingDecoder, _ declarations: inout Declarations
  ) {
    let names = takeNames(kind, &decoder, &declarations)
    let before = decoder.findings.count
    let issuer = decoder.take(issuer)
    let subject = decoder.take(subject)
    let alternativeNames = takeAlternativeNames(&decoder)
    let request = decoder.take(request)
    let issuance = IssuanceFields.take(&decoder)
    let profile = decoder.take(profile)
    let onRemoval = decoder.take(onRemoval)
    let isProtected = decoder.take(isProtected)
    let renamedFrom = decoder.take(renamedFrom)
    guard let issuer, decoder.findings.count == before else { return }
    declarations.identities.append(
      IdentityDraft(
        kind: kind, place: decoder.place, names: names, issuer: issuer,
        subject: subject ?? .empty, alternativeNames: alternativeNames, key: issuance.key,
        request: request, lifetime: issuance.lifetime, renewBefore: issuance.renewBefore,
        rotation: issuance.rotation, keyUsage: issuance.keyUsage,
        extendedKeyUsage: issuance.extendedKeyUsage, profile: profile,
        onRemoval: onRemoval ?? .retire, isProtected: isProtected ?? false,
        renamedFrom: renamedFrom, fields: decoder.places))
  }

  private static func takeNames(
    _ kind: Identity.Kind, _ decoder: inout MappingDecoder, _ declarations: inout Declarations
  ) -> [Located<Name>] {
    var names = decoder.take(names) ?? []
    if let name = decoder.take(name) {
      names.append(Located(value: name, place: decoder.place(of: "name")))
    }
    return names.filter { declarations.own($0.value, kind: kind.rawValue, place: $0.place) }
  }

  private static func takeAlternativeNames(
    _ decoder: inout MappingDecoder
  ) -> [(kind: SubjectAlternativeName.Kind, template: Located<Template>)] {
    let kinds: [(SubjectAlternativeName.Kind, Field<[Located<Template>]>)] = [
      (.dns, dnsNames), (.ip, ipAddresses), (.uri, uris), (.email, emailAddresses),
    ]
    var names: [(kind: SubjectAlternativeName.Kind, template: Located<Template>)] = []
    for (kind, field) in kinds {
      for template in decoder.take(field) ?? [] { names.append((kind, template)) }
    }
    return names
  }
}
