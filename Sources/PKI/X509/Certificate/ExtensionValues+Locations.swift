import SwiftASN1

// Distribution points and name constraints: the two extensions with structure inside structure.

extension ExtensionValues {
  /// CRLDistributionPoints (RFC 5280 section 4.2.1.13). Points with a URI alone become the list of
  /// URIs; what is more than that is noted.
  mutating func readDistributionPoints(_ nodes: DERNodes) throws(DERError) {
    var nodes = nodes
    while !nodes.isAtEnd {
      var point = try nodes.inside("a distribution point")
      if let name = point.optional(.context(0)) { try readPointName(name) }
      while !point.isAtEnd {
        let more = try point.next("a distribution point")
        let kind = more.identifier == .context(1) ? "reasons" : "cRLIssuer"
        others.append("cRLDistributionPoints: \(kind) \(Hex.encode(more.encodedBytes))")
      }
    }
  }

  private mutating func readPointName(_ node: ASN1Node) throws(DERError) {
    let what = "the name of a distribution point"
    var nodes = try DERNodes(node, what)
    let name = try nodes.next(what)
    guard name.identifier == .context(0) else {
      others.append(
        "cRLDistributionPoints: nameRelativeToCRLIssuer \(Hex.encode(name.encodedBytes))")
      return
    }
    try nodes.finish(what)
    let list = try GeneralName.list(DERNodes(name, what), "a distribution point")
    for (index, name) in list.enumerated() {
      switch name {
      case .known(let uri) where uri.kind == .uri && index == 0:
        distributionPoints.append(uri.value)
      default: others.append("cRLDistributionPoints: \(name)")
      }
    }
  }

  /// NameConstraints (RFC 5280 section 4.2.1.10).
  mutating func readNameConstraints(_ nodes: DERNodes) throws(DERError) {
    var nodes = nodes
    var both: [NameConstraints.Subtrees] = []
    for (number, word) in [(UInt(0), "permitted"), (1, "excluded")] {
      guard let node = nodes.optional(.context(number)) else {
        both.append(.init())
        continue
      }
      both.append(try readSubtrees(DERNodes(node, "nameConstraints"), word))
    }
    try nodes.finish("nameConstraints")
    nameConstraints = NameConstraints(permitted: both[0], excluded: both[1])
  }

  private mutating func readSubtrees(
    _ nodes: DERNodes, _ word: String
  ) throws(DERError) -> NameConstraints.Subtrees {
    var nodes = nodes
    guard !nodes.isAtEnd else {
      throw DERError("nameConstraints has an empty list", at: nodes.position)
    }
    let what = "a subtree of nameConstraints"
    var (dns, ranges, uris, mails): ([String], [IPRange], [String], [String]) = ([], [], [], [])
    while !nodes.isAtEnd {
      var subtree = try nodes.inside(what)
      let base = try subtree.next(what)
      // Minimum and maximum mean nothing in X.509 (RFC 5280 section 4.2.1.10) and are not to be.
      try subtree.finish(what)
      if base.identifier == .context(7) {
        let content = try base.primitive(what)
        if let range = Self.range(content) {
          ranges.append(range)
        } else {
          others.append("nameConstraints: \(word) IP range, no prefix, \(Hex.encode(content))")
        }
        continue
      }
      switch try GeneralName(base) {
      case .known(let name) where name.kind == .dns: dns.append(name.value)
      case .known(let name) where name.kind == .uri: uris.append(name.value)
      case .known(let name): mails.append(name.value)
      case .other: others.append("nameConstraints: \(word) \(Hex.encode(base.encodedBytes))")
      }
    }
    return .init(dnsNames: dns, ipRanges: ranges, uriDomains: uris, emailAddresses: mails)
  }

  /// An address and a mask without holes, of equal length.
  private static func range(_ content: ArraySlice<UInt8>) -> IPRange? {
    let half = content.count / 2
    return IPRange(address: Array(content.prefix(half)), mask: Array(content.dropFirst(half)))
  }
}
