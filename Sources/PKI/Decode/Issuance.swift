extension IdentityResolver {
  /// What every identity of one document shares, with all defaults.
  struct Common {
    let key: KeyAlgorithm
    let lifetime: Lifetime
    let renewBefore: Lifetime
    let rotation: Identity.Rotation
    let keyUsage: KeyUsage?
    let extendedKeyUsage: [ExtendedKeyUsage]

    init(draft: IdentityDraft, issuance: IssuanceDraft, findings: FindingCollector) {
      key = issuance.key ?? .ecdsaP256
      lifetime = issuance.lifetime ?? .days(90)
      renewBefore = issuance.renewBefore ?? Lifetime(seconds: max(1, lifetime.seconds / 3))
      rotation = issuance.rotation ?? .always
      keyUsage = issuance.keyUsage
      var purposes = draft.kind.purposes
      for purpose in issuance.extendedKeyUsage ?? [] where !purposes.contains(purpose) {
        if purpose == .serverAuth || purpose == .clientAuth {
          findings.add(
            draft.place(of: "extendedKeyUsage"),
            "a \(draft.kind.rawValue) cannot have the purpose \(quoted(purpose.description))",
            hint: "declare it as a Peer, which has both")
        }
        purposes.append(purpose)
      }
      extendedKeyUsage = purposes
      checkLifetimes(draft, findings)
    }

    private func checkLifetimes(_ draft: IdentityDraft, _ findings: FindingCollector) {
      if lifetime < Lifetime.shortest {
        findings.add(
          draft.place(of: "lifetime"),
          "a lifetime of \(lifetime) is shorter than \(Lifetime.shortest)",
          hint: "five minutes of it go to clocks that differ")
      }
      if renewBefore >= lifetime {
        findings.add(
          draft.place(of: "renewBefore"),
          "\"renewBefore\" of \(renewBefore) is not shorter than the lifetime of \(lifetime)")
      }
    }
  }
}

extension Identity.Kind {
  /// The purposes that every certificate of this kind has.
  package var purposes: [ExtendedKeyUsage] {
    switch self {
    case .server: [.serverAuth]
    case .client: [.clientAuth]
    case .peer: [.serverAuth, .clientAuth]
    }
  }
}

/// Which key usage goes with a kind of identity and a kind of key.
struct KeyUsageRule {
  let kind: Identity.Kind
  let algorithm: KeyAlgorithm

  /// The declared bits when they fit, or the default ones.
  func resolve(_ declared: KeyUsage?, at place: Place, _ findings: FindingCollector) -> KeyUsage? {
    guard let declared else { return standard }
    guard let problem = problem(declared) else { return declared }
    findings.add(place, problem)
    return nil
  }

  var standard: KeyUsage {
    algorithm.isRSA && kind == .server
      ? [.digitalSignature, .keyEncipherment] : [.digitalSignature]
  }

  private func problem(_ usage: KeyUsage) -> String? {
    if !usage.contains(.digitalSignature) {
      return "\"digitalSignature\" is missing from \"keyUsage\": TLS needs it"
    }
    // RFC 5280 section 4.2.1.12: the purpose clientAuth goes with digitalSignature and keyAgreement.
    if usage.contains(.keyEncipherment), kind != .server || !algorithm.isRSA {
      return "\"keyEncipherment\" is for servers with RSA keys alone"
    }
    if usage.contains(.dataEncipherment), !algorithm.isRSA {
      return "\"dataEncipherment\" is for RSA keys alone"
    }
    // RFC 3279 section 2.3.1 and RFC 8410 section 5: neither RSA nor Ed25519 keys agree on keys.
    if usage.contains(.keyAgreement), algorithm.isRSA || algorithm == .ed25519 {
      return "\"keyAgreement\" is for ECDSA keys alone"
    }
    let halves: KeyUsage = [.encipherOnly, .decipherOnly]
    if !usage.isDisjoint(with: halves), !usage.contains(.keyAgreement) {
      return "\"encipherOnly\" and \"decipherOnly\" need \"keyAgreement\""
    }
    if usage.isSuperset(of: halves) {
      return "\"encipherOnly\" and \"decipherOnly\" exclude each other"
    }
    return nil
  }
}
