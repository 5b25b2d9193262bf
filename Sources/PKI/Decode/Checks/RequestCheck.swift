extension Check {
  /// One key belongs to one identity, and a request asks for no name that is not declared.
  static let requests = Check { draft, findings in
    var owners: [KeyID: IdentityResolver.Resolved] = [:]
    for resolved in draft.identities {
      guard case .requested(let request) = resolved.identity.key else { continue }
      let place = resolved.identity.place(of: "request")
      if let first = owners[request.publicKey.id] {
        findings.add(
          place,
          "\(quoted(resolved.identity.name.text)) and \(quoted(first.identity.name.text)) would share"
            + " one key",
          hint: "the other request is \(quoted(file(of: first))), named at"
            + " \(first.identity.place(of: "request"))")
      } else {
        owners[request.publicKey.id] = resolved
      }
      checkNames(request, resolved.identity, at: place, findings)
    }
  }

  private static func file(of resolved: IdentityResolver.Resolved) -> String {
    guard case .requested(let request) = resolved.identity.key else { return "" }
    return request.file
  }

  private static func checkNames(
    _ request: CertificationRequest, _ identity: Identity, at place: Place,
    _ findings: FindingCollector
  ) {
    for name in request.alternativeNames
    where !identity.alternativeNames.contains(canonical(name)) {
      findings.add(
        place,
        "request \(quoted(request.file)) asks for \(name.kind.words) \(quoted(name.value)), which"
          + " \(quoted(identity.name.text)) does not have",
        hint: "names come from this document: add it below \(quoted(name.kind.field)), or make a"
          + " request without it")
    }
    guard let asked = askedNames(request.subject) else {
      findings.add(place, "request \(quoted(request.file)) has a subject that cannot be read")
      return
    }
    let granted =
      identity.subject.values(of: .commonName) + identity.subject.values(of: .emailAddress)
      + identity.alternativeNames.map(\.value)
    for name in asked where !granted.contains(name) {
      findings.add(
        place,
        "request \(quoted(request.file)) asks for the name \(quoted(name)), which"
          + " \(quoted(identity.name.text)) does not have",
        hint: "names come from this document: add it here, or make a request without it")
    }
  }

  /// A request may spell a name as nobody has to: domains with capital letters.
  private static func canonical(_ name: SubjectAlternativeName) -> SubjectAlternativeName {
    do throws(ValueProblem) {
      return try SubjectAlternativeName(name.kind, parsing: name.value)
    } catch {
      return name
    }
  }

  /// The common names and mail addresses in a subject; nil when it is no distinguished name.
  private static func askedNames(_ subject: DistinguishedName) -> [String]? {
    do throws(DERError) {
      let subject = try DistinguishedName(parsing: subject.der)
      return subject.values(of: .commonName) + subject.values(of: .emailAddress)
    } catch {
      return nil
    }
  }
}

extension SubjectAlternativeName.Kind {
  /// The field of desired state that lists names of this kind.
  package var field: String {
    switch self {
    case .dns: "dnsNames"
    case .ip: "ipAddresses"
    case .uri: "uris"
    case .email: "emailAddresses"
    }
  }

  /// What people call a name of this kind.
  package var words: String {
    switch self {
    case .dns: "DNS name"
    case .ip: "address"
    case .uri: "URI"
    case .email: "mail address"
    }
  }
}
