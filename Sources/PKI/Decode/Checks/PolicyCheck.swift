extension Check {
  /// Every document keeps every policy that binds its file, and some policy binds it: those that it
  /// comes with, and those in force where it is judged before it is merged.
  static let policies = Check { draft, findings in
    let declared = draft.declarations.policies
    if !declared.isEmpty {
      var enforcer = PolicyEnforcer(draft, findings, declared)
      enforcer.checkDocuments()
      enforcer.checkDeclarations()
    }
    guard let inForce = draft.policiesInForce, !inForce.policies.isEmpty else { return }
    var enforcer = PolicyEnforcer(
      draft, findings, inForce.policies.values.sorted { $0.name < $1.name },
      origin: inForce.source, repeated: declared)
    enforcer.checkDocuments()
    enforcer.checkDeclarations()
    let changes = inForce.changes(to: Draft.indexed(declared, by: \.name))
    for change in changes where !inForce.permits(change) {
      findings.refuse(
        change.place,
        "policy \(quoted(change.name.text)) is \(change.kind.rawValue), which no policy of"
          + " \(inForce.source) permits",
        hint: "a policy of \(inForce.source) must bind its file and name the kind Policy")
    }
  }
}

private struct PolicyEnforcer {
  private let draft: Draft
  private let findings: FindingCollector
  private let policies: [PolicyRule]
  /// Where the policies come from, when they are not the documents' own.
  private let origin: String?
  /// Policies that are enforced already, so that nothing is said twice.
  private let repeated: Set<Policy>
  private var binding: [String: [PolicyRule]] = [:]

  init(
    _ draft: Draft, _ findings: FindingCollector, _ policies: [Policy], origin: String? = nil,
    repeated: [Policy] = []
  ) {
    self.draft = draft
    self.findings = findings
    self.origin = origin
    self.repeated = Set(repeated.map(\.unplaced))
    self.policies = policies.map(PolicyRule.init)
  }

  /// The policies that bind a file, looked up once per file.
  private mutating func policies(for file: String) -> [PolicyRule] {
    if let known = binding[file] { return known }
    let found = policies.filter { $0.binds(file) }
    binding[file] = found
    return found
  }

  /// Those that are enforced here alone.
  private mutating func ownPolicies(for file: String) -> [PolicyRule] {
    policies(for: file).filter { !repeated.contains($0.policy.unplaced) }
  }

  mutating func checkDocuments() {
    for document in draft.declarations.documents {
      let isPolicy = document.kind == DocumentKind.policy.name
      // Changes of policies are compared with those in force; one that stays was merged with them.
      if isPolicy, origin != nil { continue }
      // A policy that no policy binds is how the first one comes to be.
      if policies(for: document.place.file).isEmpty, !isPolicy {
        findings.refuse(
          document.place,
          "no policy\(origin.map { " of \($0)" } ?? "") binds \(quoted(document.place.file))",
          hint: "policies are \(listed(self.policies.map(\.policy.name.text).sorted()))")
      }
      for rule in ownPolicies(for: document.place.file) {
        let kinds = rule.policy.permit.kinds
        guard kinds?.contains(document.kind) ?? !isPolicy else {
          let permitted = kinds.map {
            $0.isEmpty ? "it permits no kind" : "it permits \(listed($0))"
          }
          findings.refuse(
            document.place,
            "policy \(quoted(rule.policy.name.text)) does not permit a \(document.kind) here",
            hint: (permitted ?? "it binds this file and does not name the kind Policy")
              + "; it is declared at \(place(of: rule))")
          continue
        }
      }
    }
  }

  mutating func checkDeclarations() {
    for resolved in draft.identities {
      for rule in ownPolicies(for: resolved.identity.place.file) {
        report(rule.problems(resolved), at: resolved.namePlace, rule)
      }
    }
    for authority in draft.declarations.authorities {
      for rule in ownPolicies(for: authority.place.file) {
        report(rule.problems(authority), at: authority.place, rule)
      }
    }
    for revocation in draft.declarations.revocations {
      for rule in ownPolicies(for: revocation.place.file) {
        report(rule.problems(revocation, draft), at: revocation.place, rule)
      }
    }
    for draft in draft.declarations.proxies {
      for rule in ownPolicies(for: draft.proxy.place.file) {
        report(rule.problems(proxy: draft.proxy.name), at: draft.proxy.place, rule)
      }
    }
    for (name, place) in named {
      for rule in ownPolicies(for: place.file) { report(rule.problems(name), at: place, rule) }
    }
  }

  /// What has a name and nothing else that policies speak of.
  private var named: [(Name, Place)] {
    draft.declarations.trustBundles.map { ($0.name, $0.place) }
      + draft.declarations.proxies.map { ($0.proxy.name, $0.proxy.place) }
      + draft.declarations.profiles.values.map { ($0.name, $0.place) }
      + (origin == nil ? draft.declarations.policies.map { ($0.name, $0.place) } : [])
  }

  private func report(_ problems: [String], at place: Place, _ rule: PolicyRule) {
    for problem in problems {
      findings.refuse(
        place, "policy \(quoted(rule.policy.name.text)) does not permit \(problem)",
        hint: "it is declared at \(self.place(of: rule))")
    }
  }

  private func place(of rule: PolicyRule) -> String {
    "\(rule.policy.place)" + (origin.map { " of \($0)" } ?? "")
  }
}
