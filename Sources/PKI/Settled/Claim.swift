/// What only one declaration may have, or what another one can refer to: the ways in which files that
/// do not know each other decide over one another.
enum Claim {
  static func name(_ name: String) -> String { "name \(name)" }

  /// A request by its path below the folder of desired state.
  static func request(_ path: String) -> String { "request \(path)" }

  static func key(_ id: KeyID) -> String { "key \(id)" }

  static func subject(_ subject: Subject, issuer: Name) -> String {
    "subject \(issuer) \(subject.comparisonKey)"
  }

  /// A subject as it is published, whatever the case of its letters.
  static func holder(_ subject: DistinguishedName) -> String { "subject \(subject.caseFolded)" }
}

extension Identity {
  /// Everything that this identity claims, and the name that it left.
  package var claims: [String] {
    var claims = [Claim.name(name.text), Claim.subject(subject, issuer: issuer)]
    if let old = renamedFrom { claims.append(Claim.name(old.text)) }
    if case .requested(let request) = key {
      claims.append(Claim.key(request.publicKey.id))
      claims.append(Claim.request(request.file))
    }
    return claims
  }
}
