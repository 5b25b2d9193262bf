/// Desired state as YAML text in one spelling: fields in a fixed order, defaults left out where that
/// keeps a document short. What is written is read back as the same state.
///
/// Paths of requests are written for a file directly in the desired-state folder.
package enum CanonicalText {
  /// Every document of a state, separated by `---`: authorities with issuers first, then the other
  /// kinds by name.
  package static func text(_ state: DesiredState) -> String {
    let identities = state.identities.values.sorted { $0.name < $1.name }
    let documents =
      AuthorityTree(state.authorities).parentsFirst.map { text($0) }
      + identities.map { text($0) }
      + state.revocations.map { text($0) }
      + state.trustBundles.values.sorted { $0.name < $1.name }.map { text($0) }
      + state.proxies.values.sorted { $0.name < $1.name }.map { text($0) }
      + state.policies.values.sorted { $0.name < $1.name }.map { text($0) }
      + (state.settings == .standard ? [] : [text(state.settings)])
    return documents.joined(separator: "---\n")
  }

  package static func text(_ authority: Authority) -> String {
    var fields = document("Authority", authority.name)
    fields.add("issuer", authority.issuer)
    fields.add("subject", subject(authority.subject))
    fields.add("key", authority.key.rawValue)
    fields.add("lifetime", authority.lifetime)
    fields.add("renewBefore", authority.renewBefore)
    fields.add("crl", revocationList(authority.crl))
    fields.add("issuerUrl", authority.issuerURL)
    fields.add("nameConstraints", authority.nameConstraints.map(nameConstraints))
    fields.add("pathLength", authority.pathLength.map { .integer($0) })
    fields.add("subjectRules", authority.subjectRules.map(subjectRules))
    fields.add("protected", flag: authority.isProtected)
    return fields.mapping.document
  }

  package static func text(_ identity: Identity) -> String {
    var fields = document(identity.kind.rawValue, identity.name)
    fields.add("issuer", identity.issuer)
    fields.add("subject", subject(of: identity))
    for kind in [SubjectAlternativeName.Kind.dns, .ip, .uri, .email] {
      let names = identity.alternativeNames.filter { $0.kind == kind }
      fields.add(kind.field, names.map(\.value))
    }
    let algorithm: KeyAlgorithm
    switch identity.key {
    case .managed(let key):
      algorithm = key
      fields.add("key", key.rawValue)
    case .requested(let request):
      algorithm = request.publicKey.algorithm
      fields.add("request", request.file)
    }
    fields.add("lifetime", identity.lifetime)
    fields.add("renewBefore", identity.renewBefore)
    if identity.rotation != .always { fields.add("rotation", identity.rotation.rawValue) }
    if identity.keyUsage != KeyUsageRule(kind: identity.kind, algorithm: algorithm).standard {
      fields.add("keyUsage", identity.keyUsage.names)
    }
    let own = identity.kind.purposes
    fields.add("extendedKeyUsage", identity.extendedKeyUsage.filter { !own.contains($0) })
    if identity.onRemoval != .retire { fields.add("onRemoval", identity.onRemoval.rawValue) }
    fields.add("protected", flag: identity.isProtected)
    fields.add("renamedFrom", identity.renamedFrom)
    return fields.mapping.document
  }

  package static func text(_ revocation: Revocation) -> String {
    var fields = YAMLFields()
    fields.add("kind", "Revocation")
    switch revocation.target {
    case .identity(let name): fields.add("identity", name)
    case .identityIssuedBefore(let name, let time):
      fields.add("identity", name)
      fields.add("issuedBefore", time)
    case .authority(let name): fields.add("authority", name)
    case .certificate(let issuer, let serial):
      fields.add("identity", revocation.identity)
      fields.add("issuer", issuer)
      fields.add("serial", serial)
    }
    fields.add("reason", revocation.reason.rawValue)
    fields.add("released", flag: revocation.isReleased)
    return fields.mapping.document
  }

  package static func text(_ bundle: TrustBundle) -> String {
    var fields = document("TrustBundle", bundle.name)
    fields.add("authorities", bundle.authorities)
    fields.add("protected", flag: bundle.isProtected)
    return fields.mapping.document
  }

  package static func text(_ policy: Policy) -> String {
    var permit = YAMLFields()
    permit.add("kinds", declared: policy.permit.kinds)
    permit.add("issuers", declared: policy.permit.issuers)
    permit.add("names", declared: policy.permit.names)
    permit.add("dnsNames", declared: policy.permit.dnsNames)
    permit.add("ipRanges", declared: policy.permit.ipRanges)
    permit.add("uris", declared: policy.permit.uris)
    permit.add("emailAddresses", declared: policy.permit.emailAddresses)
    permit.add("keys", declared: policy.permit.keys?.map(\.rawValue))
    permit.add("profiles", declared: policy.permit.profiles)
    permit.add("maxLifetime", policy.permit.maxLifetime)
    var fields = document("Policy", policy.name)
    fields.add("paths", policy.paths)
    fields.add("permit", permit.mapping)
    return fields.mapping.document
  }

  package static func text(_ settings: Settings) -> String {
    let limits = settings.limits
    var fields = YAMLFields()
    fields.add("kind", "Settings")
    fields.add("name", "settings")
    var limit = YAMLFields()
    limit.add("issues", limits.issues.map(text))
    limit.add("reissues", limits.reissues.map(text))
    limit.add("revocations", limits.revocations.map(text))
    limit.add("retirements", limits.retirements.map(text))
    limit.add("removedFiles", limits.removedFiles.map(text))
    limit.add("minimum", .integer(limits.minimum))
    fields.add("limits", limit.mapping)
    fields.add(
      "publish",
      settings.publishBranch.map { .mapping([YAMLText.Entry(key: "branch", value: .text($0))]) })
    fields.add("unattended", settings.unattended.map(\.rawValue).sorted())
    return fields.mapping.document
  }

  static func document(_ kind: String, _ name: Name) -> YAMLFields {
    var fields = YAMLFields()
    fields.add("kind", kind)
    fields.add("name", name)
    return fields
  }

  private static func text(_ limit: Settings.Limit) -> YAMLText {
    switch limit {
    case .count(let count): .integer(count)
    case .percent(let percent): .text("\(percent)%")
    }
  }
}
