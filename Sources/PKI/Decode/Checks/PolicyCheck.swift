extension Check {
  /// Every document keeps every policy that binds its file, and some policy binds it.
  static let policies = Check { draft, findings in
    guard !draft.declarations.policies.isEmpty else { return }
    var enforcer = PolicyEnforcer(draft, findings)
    enforcer.checkDocuments()
    enforcer.checkDeclarations()
  }
}

private struct PolicyEnforcer {
  private let draft: Draft
  private let findings: FindingCollector
  private let policies: [PolicyRule]
  private var binding: [String: [PolicyRule]] = [:]

  init(_ draft: Draft, _ findings: FindingCollector) {
    self.draft = draft
    self.findings = findings
    policies = draft.declarations.policies.map(PolicyRule.init)
  }

  /// The policies that bind a file, looked up once per file.
  private mutating func policies(for file: String) -> [PolicyRule] {
    if let known = binding[file] { return known }
    let found = policies.filter { $0.binds(file) }
    binding[file] = found
    return found
  }

  mutating func checkDocuments() {
    for document in draft.declarations.documents {
      let policies = policies(for: document.place.file)
      let isPolicy = document.kind == DocumentKind.policy.name
      // A policy that no policy binds is how the first one comes to be.
      if policies.isEmpty, !isPolicy {
        findings.refuse(
          document.place, "no policy binds \(quoted(document.place.file))",
          hint: "policies are \(listed(self.policies.map(\.policy.name.text).sorted()))")
      }
      for rule in policies {
        let kinds = rule.policy.permit.kinds
        // A policy in a folder that a policy binds could loosen it, so silence permits none.
        guard kinds?.contains(document.kind) ?? !isPolicy else {
          let permitted = kinds.map {
            $0.isEmpty ? "it permits no kind" : "it permits \(listed($0))"
          }
          findings.refuse(
            document.place,
            "policy \(quoted(rule.policy.name.text)) does not permit a \(document.kind) here",
            hint: (permitted ?? "it binds this file and does not name the kind Policy")
              + "; it is declared at \(rule.policy.place)")
          continue
        }
      }
    }
  }

  mutating func checkDeclarations() {
    for resolved in draft.identities {
      for rule in policies(for: resolved.identity.place.file) {
        report(rule.problems(resolved), at: resolved.namePlace, rule)
      }
    }
    for authority in draft.declarations.authorities {
      for rule in policies(for: authority.place.file) {
        report(rule.problems(authority), at: authority.place, rule)
      }
    }
    for revocation in draft.declarations.revocations {
      for rule in policies(for: revocation.place.file) {
        report(rule.problems(revocation, draft), at: revocation.place, rule)
      }
    }
    let named =
      draft.declarations.trustBundles.map { ($0.name, $0.place) }
      + draft.declarations.proxies.map { ($0.proxy.name, $0.proxy.place) }
      + draft.declarations.profiles.values.map { ($0.name, $0.place) }
      + draft.declarations.policies.map { ($0.name, $0.place) }
    for (name, place) in named {
      for rule in policies(for: place.file) { report(rule.problems(name), at: place, rule) }
    }
  }

  private func report(_ problems: [String], at place: Place, _ rule: PolicyRule) {
    for problem in problems {
      findings.refuse(
        place, "policy \(quoted(rule.policy.name.text)) does not permit \(problem)",
        hint: "it is declared at \(rule.policy.place)")
    }
  }
}
