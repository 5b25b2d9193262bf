/// What the files below some paths of the desired state may ask for.
package struct Policy: Hashable, Sendable {
  package struct Permit: Hashable, Sendable {
    /// Kinds of document; nil permits all.
    package let kinds: [String]?
    package let issuers: [Name]?
    /// Patterns with `*` for any run of characters but `/`, and `**` for any run.
    package let names: [String]?
    package let dnsNames: [String]?
    package let ipRanges: [IPRange]?
    package let uris: [String]?
    package let emailAddresses: [String]?
    package let keys: [KeyAlgorithm]?
    package let profiles: [Name]?
    /// Patterns of names of proxies.
    package let proxies: [String]?
    package let maxLifetime: Lifetime?

    package init(
      kinds: [String]?, issuers: [Name]?, names: [String]?, dnsNames: [String]?,
      ipRanges: [IPRange]?, uris: [String]?, emailAddresses: [String]?, keys: [KeyAlgorithm]?,
      profiles: [Name]?, proxies: [String]?, maxLifetime: Lifetime?
    ) {
      self.kinds = kinds
      self.issuers = issuers
      self.names = names
      self.dnsNames = dnsNames
      self.ipRanges = ipRanges
      self.uris = uris
      self.emailAddresses = emailAddresses
      self.keys = keys
      self.profiles = profiles
      self.proxies = proxies
      self.maxLifetime = maxLifetime
    }
  }

  package let name: Name
  package let place: Place
  /// Patterns of files below the desired-state folder, with `*` and `**`.
  package let paths: [String]
  package let permit: Permit

  package init(name: Name, place: Place, paths: [String], permit: Permit) {
    self.name = name
    self.place = place
    self.paths = paths
    self.permit = permit
  }
}
