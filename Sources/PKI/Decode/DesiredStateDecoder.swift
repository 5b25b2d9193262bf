extension DesiredState {
  /// Reads desired state: every document, then what they say together.
  ///
  /// `requests` holds the checked certification requests by their paths below the desired-state
  /// folder; ``requestPaths(in:)`` says which are needed. `policiesInForce` judge the documents
  /// besides the policies among them. The time is linear in the documents.
  package static func decode(
    _ files: [SourceFile],
    requests: [String: Result<CertificationRequest, RequestProblem>] = [:],
    policiesInForce: PoliciesInForce? = nil
  ) -> Decoded {
    let findings = FindingCollector()
    var declarations = Declarations(findings: findings)
    for file in files.sorted(by: { $0.path < $1.path }) {
      for document in file.documents { DocumentKind.decode(document, into: &declarations) }
    }
    return decode(declarations, requests: requests, policiesInForce: policiesInForce)
  }

  /// The same from files that were read one by one, perhaps side by side.
  ///
  /// - Returns: nil when two files declare the same, which only reading them in order can report.
  package static func decode(
    _ files: [DeclaredFile],
    requests: [String: Result<CertificationRequest, RequestProblem>] = [:],
    policiesInForce: PoliciesInForce? = nil
  ) -> Decoded? {
    var declarations = Declarations(findings: FindingCollector())
    declarations.reserve(files.count)
    for file in files.sorted(by: { $0.path < $1.path }) {
      guard declarations.add(file.declarations) else { return nil }
    }
    return decode(declarations, requests: requests, policiesInForce: policiesInForce)
  }

  private static func decode(
    _ declarations: Declarations,
    requests: [String: Result<CertificationRequest, RequestProblem>],
    policiesInForce: PoliciesInForce?
  ) -> Decoded {
    let findings = declarations.findings
    let resolver = IdentityResolver(declarations: declarations, requests: requests)
    let draft = Draft(
      declarations: declarations,
      identities: declarations.identities.flatMap { resolver.resolve($0) },
      policiesInForce: policiesInForce)
    for check in Check.all { check.run(draft, findings) }
    let sorted = findings.sorted
    return sorted.isEmpty ? .state(draft.state) : .findings(sorted)
  }
}

/// What one file declares, before it is compared with other files.
package struct DeclaredFile: Sendable {
  package let path: String
  /// The certification requests that it mentions, as paths below the desired-state folder.
  package let requestPaths: [String]
  let declarations: Declarations

  package init(_ file: SourceFile) {
    path = file.path
    requestPaths = DesiredState.requestPaths(in: [file])
    var declarations = Declarations(findings: FindingCollector())
    for document in file.documents { DocumentKind.decode(document, into: &declarations) }
    self.declarations = declarations
  }
}

/// Everything that could be read, on its way to a valid state.
struct Draft {
  let declarations: Declarations
  let identities: [IdentityResolver.Resolved]
  let authorities: [Name: Authority]
  let tree: AuthorityTree
  let policiesInForce: PoliciesInForce?

  init(
    declarations: Declarations, identities: [IdentityResolver.Resolved],
    policiesInForce: PoliciesInForce?
  ) {
    self.policiesInForce = policiesInForce
    self.declarations = declarations
    self.identities = identities
    authorities = Dictionary(
      declarations.authorities.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    tree = AuthorityTree(authorities)
  }

  var state: DesiredState {
    DesiredState(
      authorities: authorities,
      identities: Self.indexed(identities.map(\.identity), by: \.name),
      revocations: declarations.revocations,
      trustBundles: Self.indexed(declarations.trustBundles, by: \.name),
      proxies: Self.indexed(declarations.proxies.map(\.proxy), by: \.name),
      policies: Self.indexed(declarations.policies, by: \.name),
      settings: declarations.settings.first ?? .standard)
  }

  static func indexed<Value>(
    _ values: [Value], by key: (Value) -> Name
  ) -> [Name: Value] {
    Dictionary(values.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
  }
}

/// One comparison of what the documents say together.
struct Check: Sendable {
  /// Every check, in the order of the folder's files; findings are sorted afterwards.
  static let all: [Check] = [
    .outputPaths, .issuers, .lifetimes, .pathLengths, .subjects, .subjectRules, .nameConstraints,
    .requests, .renames, .revocations, .proxies, .policies,
  ]

  let run: @Sendable (Draft, FindingCollector) -> Void
}
