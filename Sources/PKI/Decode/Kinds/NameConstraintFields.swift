/// The fields of name constraints (RFC 5280 section 4.2.1.10).
enum NameConstraintFields {
  private static let permitted = Field(
    "permitted", .mapping(subtrees), "Names of these kinds must lie in one of these subtrees.",
    example: ["dnsNames": ["example.com"]])
  private static let excluded = Field(
    "excluded", .mapping(subtrees), "No name may lie in one of these subtrees.",
    example: ["dnsNames": ["secret.example.com"]])

  static let shape = MappingShape<NameConstraints>(
    fields: [permitted.description, excluded.description],
    rules: [.atLeastOne(["permitted", "excluded"])]
  ) { decoder in
    NameConstraints(
      permitted: decoder.take(permitted) ?? NameConstraints.Subtrees(),
      excluded: decoder.take(excluded) ?? NameConstraints.Subtrees())
  }

  private static let dnsNames = Field(
    "dnsNames", .list(of: domain), "Domains: each is itself and everything below it.",
    example: ["example.com"])
  private static let ipRanges = Field(
    "ipRanges", .list(of: .ipRange), "Blocks of addresses.", example: ["10.0.0.0/8"])
  private static let uriDomains = Field(
    "uriDomains", .list(of: hostOrDomain),
    "Hosts of URIs; with a leading dot the hosts below a domain.", example: [".example.com"])
  private static let emailAddresses = Field(
    "emailAddresses", .list(of: mailbox),
    "Mailboxes, mail hosts, or with a leading dot the mail hosts below a domain.",
    example: ["example.com"])

  private static let subtrees = MappingShape<NameConstraints.Subtrees>(
    fields: [
      dnsNames.description, ipRanges.description, uriDomains.description,
      emailAddresses.description,
    ],
    rules: [.atLeastOne(["dnsNames", "ipRanges", "uriDomains", "emailAddresses"])]
  ) { decoder in
    NameConstraints.Subtrees(
      dnsNames: decoder.take(dnsNames)?.map(\.value) ?? [],
      ipRanges: decoder.take(ipRanges)?.map(\.value) ?? [],
      uriDomains: decoder.take(uriDomains)?.map(\.value) ?? [],
      emailAddresses: decoder.take(emailAddresses)?.map(\.value) ?? [])
  }

  private static let domain = Shape<String>.scalar("a domain") { text throws(ValueProblem) in
    if text.hasPrefix(".") || text.hasPrefix("*.") {
      let name = text.drop { $0 == "." || $0 == "*" }
      throw ValueProblem(
        "begins with a dot or a wildcard", hint: "\"\(name)\" covers itself and all below it")
    }
    return try DNSName.host(text)
  }

  private static let hostOrDomain = Shape<String>.scalar("a host or a domain") {
    text throws(ValueProblem) in try readHostOrDomain(text)
  }

  private static let mailbox = Shape<String>.scalar("a mailbox, a mail host or a domain") {
    text throws(ValueProblem) in
    text.contains("@") ? try EmailAddress.canonical(text) : try readHostOrDomain(text)
  }

  private static func readHostOrDomain(_ text: String) throws(ValueProblem) -> String {
    text.hasPrefix(".") ? try "." + DNSName.host(String(text.dropFirst())) : try DNSName.host(text)
  }
}

extension Shape where Value == IPRange {
  static var ipRange: Shape {
    scalar("a block of addresses, as in \"10.0.0.0/8\"") { text throws(ValueProblem) in
      try IPRange(parsing: text)
    }
  }
}
