/// A declared certification authority: a root when it names no issuer.
package struct Authority: Hashable, Sendable {
  package let name: Name
  package let place: Place
  package let issuer: Name?
  package let subject: Subject
  package let key: KeyAlgorithm
  package let lifetime: Lifetime
  /// As declared; ``DesiredState/renewBefore(of:)`` gives the default.
  package let renewBefore: Lifetime?
  package let crl: RevocationListSettings
  /// Where this authority's certificate can be fetched: the caIssuers access location (RFC 5280
  /// section 4.2.2.1) of what it issues.
  package let issuerURL: String?
  package let nameConstraints: NameConstraints?
  /// How many authorities may follow below this one; nil sets no limit.
  package let pathLength: Int?
  package let subjectRules: SubjectRules?
  package let isProtected: Bool
  /// Where each field was written, for reasons that point at it.
  package let fields: FieldPlaces

  package init(
    name: Name, place: Place, issuer: Name?, subject: Subject, key: KeyAlgorithm,
    lifetime: Lifetime, renewBefore: Lifetime?, crl: RevocationListSettings, issuerURL: String?,
    nameConstraints: NameConstraints?, pathLength: Int?, subjectRules: SubjectRules?,
    isProtected: Bool, fields: FieldPlaces
  ) {
    self.name = name
    self.place = place
    self.issuer = issuer
    self.subject = subject
    self.key = key
    self.lifetime = lifetime
    self.renewBefore = renewBefore
    self.crl = crl
    self.issuerURL = issuerURL
    self.nameConstraints = nameConstraints
    self.pathLength = pathLength
    self.subjectRules = subjectRules
    self.isProtected = isProtected
    self.fields = fields
  }
}

/// How an authority publishes its certificate revocation list.
package struct RevocationListSettings: Hashable, Sendable {
  /// From thisUpdate to nextUpdate.
  package let lifetime: Lifetime
  /// How long before nextUpdate a new list is signed.
  package let refreshBefore: Lifetime
  /// The cRLDistributionPoints of what the authority issues (RFC 5280 section 4.2.1.13).
  package let distributionPoints: [String]
  /// Into how many partitions the list is split besides; nil where it is only whole. The distribution
  /// points then have a placeholder for the partition's number.
  package let partitions: Int?

  package init(
    lifetime: Lifetime, refreshBefore: Lifetime, distributionPoints: [String],
    partitions: Int? = nil
  ) {
    self.lifetime = lifetime
    self.refreshBefore = refreshBefore
    self.distributionPoints = distributionPoints
    self.partitions = partitions
  }

  package static let standard = RevocationListSettings(
    lifetime: .days(7), refreshBefore: .days(3), distributionPoints: [])
}

/// The name constraints of an authority (RFC 5280 section 4.2.1.10). A kind of name without any
/// constraint is free.
package struct NameConstraints: Hashable, Sendable {
  package struct Subtrees: Hashable, Sendable {
    /// Domains without a leading dot: the domain itself and everything below it.
    package let dnsNames: [String]
    package let ipRanges: [IPRange]
    /// Host names, or domains with a leading dot.
    package let uriDomains: [String]
    /// Mailboxes, host names, or domains with a leading dot.
    package let emailAddresses: [String]

    package init(
      dnsNames: [String] = [], ipRanges: [IPRange] = [], uriDomains: [String] = [],
      emailAddresses: [String] = []
    ) {
      self.dnsNames = dnsNames
      self.ipRanges = ipRanges
      self.uriDomains = uriDomains
      self.emailAddresses = emailAddresses
    }

    package var isEmpty: Bool {
      dnsNames.isEmpty && ipRanges.isEmpty && uriDomains.isEmpty && emailAddresses.isEmpty
    }
  }

  package let permitted: Subtrees
  package let excluded: Subtrees

  package init(permitted: Subtrees = Subtrees(), excluded: Subtrees = Subtrees()) {
    self.permitted = permitted
    self.excluded = excluded
  }
}
