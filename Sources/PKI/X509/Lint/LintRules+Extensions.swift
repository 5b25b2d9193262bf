extension CertificateLint {
  static let extensionRules: [Rule] = [
    Rule(name: "leaf-is-no-authority", source: "RFC 5280 4.2.1.3, 4.2.1.9") { candidate in
      let spec = candidate.spec
      guard spec.authority == nil else { return [] }
      var found: [String] = []
      if !spec.keyUsage.isDisjoint(with: [.keyCertSign, .cRLSign]) {
        found.append("an end entity has the key usage of an authority")
      }
      if spec.nameConstraints != nil { found.append("an end entity has name constraints") }
      return found
    },
    Rule(name: "leaf-has-purposes", source: "BR 7.1.2.7.6, 7.1.2.7.10") { candidate in
      let spec = candidate.spec
      guard spec.authority == nil else { return [] }
      var found: [String] = []
      if spec.keyUsage.isEmpty { found.append("an end entity has no key usage") }
      if spec.extendedKeyUsage.isEmpty { found.append("an end entity has no extended key usage") }
      return found
    },
    Rule(name: "purposes-are-explicit", source: "BR 7.1.2.7.10") { candidate in
      let purposes = candidate.spec.extendedKeyUsage
      var found = purposes.filter { $0.objectIdentifier == nil }
        .map { "the extended key usage \"\($0.oid)\" is no object identifier" }
      if purposes.contains(.any) { found.append("anyExtendedKeyUsage is never certified") }
      if Set(purposes).count != purposes.count {
        found.append("an extended key usage occurs twice")
      }
      return found
    },
    Rule(name: "key-usage-fits-the-key", source: "RFC 5280 4.2.1.3, RFC 8410 5") { candidate in
      guard let algorithm = candidate.signing?.publicKey.algorithm else { return [] }
      let usage = candidate.spec.keyUsage
      var unfit: KeyUsage = []
      if algorithm.isRSA {
        unfit = [.keyAgreement, .encipherOnly, .decipherOnly]
      } else {
        unfit = [.keyEncipherment, .dataEncipherment]
        // Ed25519 signs and does nothing else.
        if algorithm == .ed25519 { unfit.insert(.keyAgreement) }
      }
      let names = usage.intersection(unfit).names
      return names.map { "the key usage \($0) does not fit a key of \(algorithm.rawValue)" }
    },
    Rule(name: "key-encipherment-is-for-servers", source: "RFC 5280 4.2.1.12") { candidate in
      let spec = candidate.spec
      return spec.keyUsage.contains(.keyEncipherment)
        && !spec.extendedKeyUsage.contains(.serverAuth)
        ? ["keyEncipherment stands on a certificate that is no server's"] : []
    },
    Rule(name: "only-halves-need-agreement", source: "RFC 5280 4.2.1.3") { candidate in
      let usage = candidate.spec.keyUsage
      return !usage.isDisjoint(with: [.encipherOnly, .decipherOnly])
        && !usage.contains(.keyAgreement)
        ? ["encipherOnly and decipherOnly mean nothing without keyAgreement"] : []
    },
    Rule(name: "authority-signs-alone", source: "BR 7.1.2.10.7") { candidate in
      let spec = candidate.spec
      guard let authority = spec.authority else { return [] }
      var found: [String] = []
      if spec.keyUsage != [.keyCertSign, .cRLSign] {
        found.append("an authority's key usage is not exactly keyCertSign and cRLSign")
      }
      if !spec.extendedKeyUsage.isEmpty { found.append("an authority has extended key usage") }
      if !spec.alternativeNames.isEmpty { found.append("an authority has alternative names") }
      if let length = authority.pathLength, !(0...255).contains(length) {
        found.append("the path length \(length) is not between 0 and 255")
      }
      return found
    },
    Rule(name: "locations-are-urls", source: "RFC 5280 4.2.1.13, 4.2.2.1") { candidate in
      let spec = candidate.spec
      var found = (spec.distributionPoints + spec.issuerURLs).compactMap { url in
        problem(inURI: url).map { "the location \"\(url)\" \($0)" }
      }
      if Set(spec.distributionPoints).count != spec.distributionPoints.count {
        found.append("a distribution point occurs twice")
      }
      return found
    },
    Rule(name: "constraints-are-well-formed", source: "RFC 5280 4.2.1.10") { candidate in
      guard let constraints = candidate.spec.nameConstraints else { return [] }
      if constraints.isEmpty { return ["the name constraints are empty"] }
      return [constraints.permitted, constraints.excluded].flatMap(problems)
    },
  ]

  private static func problems(in subtrees: NameConstraints.Subtrees) -> [String] {
    var found: [String] = []
    for name in subtrees.dnsNames {
      if let problem = NameText.problem(inDNSName: name, allowsWildcard: false) {
        found.append("the DNS constraint \"\(name)\" \(problem)")
      }
    }
    for range in subtrees.ipRanges where !range.hasZeroHostBits {
      found.append("the range \"\(range)\" has host bits")
    }
    for name in subtrees.uriDomains + subtrees.emailAddresses
    where name.isEmpty || !NameText.isVisibleASCII(name) {
      found.append("the constraint \"\(name)\" is empty or not visible ASCII")
    }
    return found
  }
}

extension IPRange {
  var hasZeroHostBits: Bool {
    zip(address.bytes, maskBytes).allSatisfy { $0 & ~$1 == 0 }
  }
}
