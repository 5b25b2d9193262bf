// Distribution points and name constraints: the two extensions with structure inside structure.

extension ExtensionValues {
  /// CRLDistributionPoints (RFC 5280 section 4.2.1.13). Points with a URI alone become the list of
  /// URIs; what is more than that is noted.
  mutating func readDistributionPoints(_ value: inout DERReader) throws(DERError) {
    var inner = try value.readSequence("cRLDistributionPoints")
    while !inner.isAtEnd {
      var point = try inner.readSequence("a distribution point")
      if let name = try point.readOptional(.constructedContext(0)) {
        try readPointName(point.inside(name))
      }
      while !point.isAtEnd {
        let more = try point.read()
        let kind = more.tag == DERTag.context(1).byte ? "reasons" : "cRLIssuer"
        others.append("cRLDistributionPoints: \(kind) \(Hex.encode(point.slice(more.content)))")
      }
    }
  }

  private mutating func readPointName(_ reader: DERReader) throws(DERError) {
    var reader = reader
    let name = try reader.read()
    guard name.tag == DERTag.constructedContext(0).byte else {
      others.append(
        "cRLDistributionPoints: nameRelativeToCRLIssuer \(Hex.encode(reader.slice(name.content)))")
      return
    }
    try reader.finish("the name of a distribution point")
    for (index, name) in try GeneralName.list(reader.inside(name), "a distribution point")
      .enumerated()
    {
      switch name {
      case .known(let uri) where uri.kind == .uri && index == 0:
        distributionPoints.append(uri.value)
      default: others.append("cRLDistributionPoints: \(name)")
      }
    }
  }

  /// NameConstraints (RFC 5280 section 4.2.1.10).
  mutating func readNameConstraints(_ value: inout DERReader) throws(DERError) {
    var inner = try value.readSequence("nameConstraints")
    var both: [NameConstraints.Subtrees] = []
    for (number, word) in [(UInt8(0), "permitted"), (1, "excluded")] {
      guard let element = try inner.readOptional(.constructedContext(number)) else {
        both.append(.init())
        continue
      }
      both.append(try readSubtrees(inner.inside(element), word))
    }
    try inner.finish("nameConstraints")
    nameConstraints = NameConstraints(permitted: both[0], excluded: both[1])
  }

  private mutating func readSubtrees(
    _ reader: DERReader, _ word: String
  ) throws(DERError) -> NameConstraints.Subtrees {
    var reader = reader
    guard !reader.isAtEnd else {
      throw DERError("nameConstraints has an empty list", at: reader.position)
    }
    var (dns, ranges, uris, mails): ([String], [IPRange], [String], [String]) = ([], [], [], [])
    while !reader.isAtEnd {
      var subtree = try reader.readSequence("a subtree of nameConstraints")
      let base = try subtree.read()
      let content = subtree.slice(base.content)
      switch base.tag {
      case DERTag.context(1).byte: mails.append(try subtree.ascii(base, "a mail constraint"))
      case DERTag.context(2).byte:
        dns.append(try subtree.ascii(base, "a DNS constraint").lowercased())
      case DERTag.context(6).byte: uris.append(try subtree.ascii(base, "a URI constraint"))
      case DERTag.context(7).byte where content.count == 8 || content.count == 32:
        let half = content.count / 2
        if let range = IPRange(
          address: Array(content.prefix(half)), mask: Array(content.suffix(half)))
        {
          ranges.append(range)
        } else {
          others.append("nameConstraints: \(word) IP range, no prefix, \(Hex.encode(content))")
        }
      default:
        others.append("nameConstraints: \(word) \(Hex.encode(subtree.slice(base.range)))")
      }
      // Minimum and maximum mean nothing in X.509 (RFC 5280 section 4.2.1.10) and are not to be.
      try subtree.finish("a subtree of nameConstraints")
    }
    return .init(dnsNames: dns, ipRanges: ranges, uriDomains: uris, emailAddresses: mails)
  }
}
