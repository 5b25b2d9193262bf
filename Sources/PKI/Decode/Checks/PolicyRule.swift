/// A policy with its patterns read.
struct PolicyRule: Sendable {
  let policy: Policy
  private let paths: [Pattern]
  private let names: [Pattern]?
  private let proxies: [Pattern]?
  private let patterns: [SubjectAlternativeName.Kind: [Pattern]]

  init(_ policy: Policy) {
    let permit = policy.permit
    self.policy = policy
    paths = policy.paths.map(Pattern.init)
    names = permit.names?.map(Pattern.init)
    proxies = permit.proxies?.map(Pattern.init)
    var patterns: [SubjectAlternativeName.Kind: [Pattern]] = [:]
    patterns[.dns] = permit.dnsNames?.map { Pattern($0.lowercased()) }
    patterns[.uri] = permit.uris?.map(Pattern.init)
    patterns[.email] = permit.emailAddresses?.map(Pattern.init)
    self.patterns = patterns
  }

  func binds(_ file: String) -> Bool { paths.contains { $0.matches(file) } }

  // MARK: - What is not permitted, as ends of sentences

  func problems(_ name: Name) -> [String] {
    guard let names, !names.contains(where: { $0.matches(name.text) }) else { return [] }
    return ["the name \(quoted(name.text))"]
  }

  func problems(proxy name: Name) -> [String] {
    guard let proxies, !proxies.contains(where: { $0.matches(name.text) }) else { return [] }
    return ["the proxy \(quoted(name.text))"]
  }

  /// Silence permits no policy: one in a file that this one binds could loosen it.
  var permitsPolicies: Bool {
    policy.permit.kinds?.contains(DocumentKind.policy.name) == true
  }

  func problems(_ resolved: IdentityResolver.Resolved) -> [String] {
    let identity = resolved.identity
    var problems = problems(identity.name)
    if let old = identity.renamedFrom { problems += self.problems(old) }
    problems += self.problems(issuer: identity.issuer)
    problems += self.problems(lifetime: identity.lifetime)
    for name in identity.alternativeNames {
      if let problem = problem(name) { problems.append(problem) }
    }
    if let name = hostName(in: identity), let problem = problem(name) {
      problems.append(problem + " as common name")
    }
    switch identity.key {
    case .managed(let algorithm): problems += self.problems(key: algorithm)
    case .requested(let request): problems += self.problems(key: request.publicKey.algorithm)
    }
    if let profile = resolved.profile, let permitted = policy.permit.profiles,
      !permitted.contains(profile)
    {
      problems.append("the profile \(quoted(profile.text))")
    }
    return problems
  }

  func problems(_ authority: Authority) -> [String] {
    problems(authority.name)
      + (authority.issuer.map { problems(issuer: $0) } ?? problemsOfRoot)
      + problems(lifetime: authority.lifetime) + problems(key: authority.key)
  }

  /// A revocation is judged by the name that it ends. One that gives a serial number without a name
  /// could be anybody's.
  func problems(_ revocation: Revocation, _ draft: Draft) -> [String] {
    switch revocation.target {
    case .identity(let name), .identityIssuedBefore(let name, _):
      return problems(name)
    case .authority(let name):
      return problems(name)
        + (draft.authorities[name]?.issuer.map { problems(issuer: $0) } ?? [])
    case .certificate(let issuer, _):
      guard let identity = revocation.identity else {
        return problems(issuer: issuer)
          + (permitsEveryName ? [] : ["a revocation by serial number without \"identity\""])
      }
      return problems(identity) + problems(issuer: issuer)
    }
  }

  private var permitsEveryName: Bool { policy.permit.names?.contains("**") ?? true }

  private var problemsOfRoot: [String] { policy.permit.issuers == nil ? [] : ["a root"] }

  private func problems(issuer: Name) -> [String] {
    guard let issuers = policy.permit.issuers, !issuers.contains(issuer) else { return [] }
    return ["the issuer \(quoted(issuer.text))"]
  }

  private func problems(lifetime: Lifetime) -> [String] {
    guard let longest = policy.permit.maxLifetime, lifetime > longest else { return [] }
    return ["a lifetime of \(lifetime), only up to \(longest)"]
  }

  private func problems(key: KeyAlgorithm) -> [String] {
    guard let keys = policy.permit.keys, !keys.contains(key) else { return [] }
    return ["the key algorithm \(quoted(key.rawValue))"]
  }

  private func problem(_ name: SubjectAlternativeName) -> String? {
    let isPermitted =
      switch name.kind {
      case .ip: permits(address: name.value)
      case .dns, .uri, .email:
        patterns[name.kind]?.contains { $0.matches(name.value) } ?? true
      }
    return isPermitted ? nil : "the \(name.kind.words) \(quoted(name.value))"
  }

  private func permits(address text: String) -> Bool {
    guard let ranges = policy.permit.ipRanges else { return true }
    guard let address = IPAddress(text) else { return false }
    return ranges.contains { $0.contains(address) }
  }

  /// A common name that OpenSSL takes for a DNS name: one with dots on a certificate that has no DNS
  /// names.
  private func hostName(in identity: Identity) -> SubjectAlternativeName? {
    guard patterns[.dns] != nil, let name = identity.subject.commonName, name.contains("."),
      !identity.alternativeNames.contains(where: { $0.kind == .dns })
    else { return nil }
    return try? SubjectAlternativeName(.dns, parsing: name)
  }
}
