/// Everything that is declared, valid by construction: names are unique, issuers exist and form no
/// cycle, lifetimes fit their issuers, and every reference leads somewhere.
package struct DesiredState: Hashable, Sendable {
  package let authorities: [Name: Authority]
  package let identities: [Name: Identity]
  /// In file order.
  package let revocations: [Revocation]
  package let trustBundles: [Name: TrustBundle]
  package let proxies: [Name: Proxy]
  package let policies: [Name: Policy]
  package let settings: Settings

  package init(
    authorities: [Name: Authority], identities: [Name: Identity], revocations: [Revocation],
    trustBundles: [Name: TrustBundle], proxies: [Name: Proxy], policies: [Name: Policy],
    settings: Settings
  ) {
    self.authorities = authorities
    self.identities = identities
    self.revocations = revocations
    self.trustBundles = trustBundles
    self.proxies = proxies
    self.policies = policies
    self.settings = settings
  }

  package static let empty = DesiredState(
    authorities: [:], identities: [:], revocations: [], trustBundles: [:], proxies: [:],
    policies: [:], settings: .standard)
}
