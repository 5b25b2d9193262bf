extension DocumentKind {
  static let authority = DocumentKind(
    name: "Authority",
    about: "A certification authority: a root when it names no issuer.",
    fields: AuthorityFields.all, decode: AuthorityFields.decode)
}

private enum AuthorityFields {
  static let name = Field(
    "name", .name, required: true,
    "Segments joined by slashes; authorities and identities share one namespace.", example: "edge")
  static let issuer = Field(
    "issuer", .name, "The authority that certifies this one; a root has none.",
    example: "example-root")
  static let subject = Field(
    "subject", .mapping(SubjectFields.authority), required: true,
    "The distinguished name, which no other authority has.",
    example: ["commonName": "Example Edge CA", "organization": "Example", "country": "US"])
  static let key = Field(
    "key", Shape<KeyAlgorithm>.choice(of: "a key algorithm"),
    "The kind of key; ecdsa-p256 where it is not given.",
    example: "ecdsa-p256")
  static let lifetime = Field(
    "lifetime", .lifetime, required: true, "How long each of its certificates is valid.",
    example: "1095d")
  static let renewBefore = Field(
    "renewBefore", .lifetime,
    "How long before expiry it is renewed; the longest lifetime that it issues plus the renewBefore"
      + " of that, where it is not given.", example: "400d")
  static let crl = Field(
    "crl", .mapping(RevocationListFields.shape), "How it publishes its revocation list.",
    example: ["lifetime": "7d", "refreshBefore": "3d"])
  static let issuerURL = Field(
    "issuerUrl", .webAddress, "Where its certificate can be fetched (caIssuers).",
    example: "http://crl.example.com/edge.der")
  static let nameConstraints = Field(
    "nameConstraints", .mapping(NameConstraintFields.shape),
    "The names that certificates below it may carry.",
    example: ["permitted": ["dnsNames": ["example.com"]]])
  static let pathLength = Field(
    "pathLength", .integer(0...100), "How many authorities may follow below it.", example: 0)
  static let subjectRules = Field(
    "subjectRules", SubjectRuleFields.shape,
    "What it asks of the subjects that it certifies: strict, loose, or a rule per field.",
    example: "strict")
  static let isProtected = Field(
    "protected", .flag, "Removal and revocation need this flag off first.", example: true)

  static let all = [
    name.description, issuer.description, subject.description, key.description,
    lifetime.description, renewBefore.description, crl.description, issuerURL.description,
    nameConstraints.description, pathLength.description, subjectRules.description,
    isProtected.description,
  ]

  static func decode(_ decoder: inout MappingDecoder, _ declarations: inout Declarations) {
    let name = decoder.take(name)
    let before = decoder.findings.count
    let issuer = decoder.take(issuer)
    let subject = decoder.take(subject)
    let key = decoder.take(key)
    let lifetime = decoder.take(lifetime)
    let renewBefore = decoder.take(renewBefore)
    let crl = decoder.take(crl)
    let issuerURL = decoder.take(issuerURL)
    let nameConstraints = decoder.take(nameConstraints)
    let pathLength = decoder.take(pathLength)
    let subjectRules = decoder.take(subjectRules)
    let isProtected = decoder.take(isProtected)
    guard let name, declarations.own(name, kind: "Authority", place: decoder.place(of: "name")),
      let subject, let lifetime, decoder.findings.count == before
    else { return }
    declarations.authorities.append(
      Authority(
        name: name, place: decoder.place, issuer: issuer, subject: subject.subject,
        key: key ?? .ecdsaP256, lifetime: lifetime, renewBefore: renewBefore,
        crl: crl ?? .standard, issuerURL: issuerURL, nameConstraints: nameConstraints,
        pathLength: pathLength, subjectRules: subjectRules, isProtected: isProtected ?? false,
        fields: decoder.places))
  }
}

extension Shape where Value == String {
  /// An address that relying parties fetch something from.
  static var webAddress: Shape {
    scalar("an address that begins with \"http://\"") { text throws(ValueProblem) in
      try UniformResourceIdentifier.webAddress(text)
    }
  }
}

// MARK: - Revocation lists

private enum RevocationListFields {
  static let lifetime = Field(
    "lifetime", .lifetime, "From thisUpdate to nextUpdate; 7d where it is not given.",
    example: "7d")
  static let refreshBefore = Field(
    "refreshBefore", .lifetime,
    "How long before nextUpdate a new list is signed; three sevenths of the lifetime, at most 3d,"
      + " where it is not given.", example: "3d")
  static let distributionPoints = Field(
    "distributionPoints", .list(of: PartitionFields.point),
    "Where the list can be fetched, for the certificates that the authority issues.",
    example: ["http://crl.example.com/edge.crl"])

  static let shape = MappingShape<RevocationListSettings>(
    fields: [
      lifetime.description, refreshBefore.description, distributionPoints.description,
      PartitionFields.count.description,
    ]
  ) { decoder in
    let standard = RevocationListSettings.standard
    let lifetime = decoder.take(lifetime) ?? standard.lifetime
    let refreshBefore =
      decoder.take(refreshBefore)
      ?? min(standard.refreshBefore, Lifetime(seconds: max(1, lifetime.seconds / 7 * 3)))
    let points = decoder.take(distributionPoints) ?? []
    let partitions = decoder.take(PartitionFields.count)
    PartitionFields.check(points, partitions: partitions, &decoder)
    if lifetime < Lifetime.shortest {
      decoder.findings.add(
        decoder.place(of: "lifetime"),
        "a revocation list's lifetime of \(lifetime) is shorter than \(Lifetime.shortest)",
        hint: "five minutes of it go to clocks that differ")
    }
    if refreshBefore >= lifetime {
      decoder.findings.add(
        decoder.place(of: "refreshBefore"),
        "\"refreshBefore\" of \(refreshBefore) is not shorter than the list's lifetime of"
          + " \(lifetime)")
    }
    return RevocationListSettings(
      lifetime: lifetime, refreshBefore: refreshBefore,
      distributionPoints: points.map(\.value), partitions: partitions)
  }
}

extension Lifetime {
  /// Below this a certificate or list would be of no use: five minutes before the signature are
  /// given away to clocks that differ.
  static let shortest = Lifetime(seconds: 600)
}

// MARK: - Subject rules

private enum SubjectRuleFields {
  private static let fields = Subject.Field.allCases.map { field in
    (
      field,
      Field<SubjectRules.Rule>(
        field.rawValue, .choice(of: "a subject rule"),
        "Whether \(field.rawValue) must match the authority's, must be there, or may be.",
        example: "match")
    )
  }

  private static let mapping = MappingShape<SubjectRules>(fields: fields.map(\.1.description)) {
    decoder in
    var rules: [Subject.Field: SubjectRules.Rule] = [:]
    for (field, description) in fields { rules[field] = decoder.take(description) }
    return SubjectRules(rules)
  }

  private enum Preset: String, CaseIterable {
    case strict
    case loose
  }

  static let shape: Shape<SubjectRules> = {
    let preset = Shape<Preset>.choice(of: "a set of subject rules")
    let rules = Shape.mapping(mapping)
    return Shape(
      schema: ["anyOf": [preset.schema, rules.schema]],
      expected: "\"strict\", \"loose\" or a rule per field"
    ) { node, context in
      switch node {
      case .mapping: rules.read(node, context)
      case .scalar, .sequence: preset.read(node, context).map { $0 == .strict ? .strict : .loose }
      }
    }
  }()
}
