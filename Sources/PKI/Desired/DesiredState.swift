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
  /// Follows from authorities and identities; kept because every plan asks for all of it.
  private let renewals: [Name: Lifetime]

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
    renewals =
      RenewalSchedule(AuthorityTree(authorities), identities: identities.values).renewBefore
  }

  package static let empty = DesiredState(
    authorities: [:], identities: [:], revocations: [], trustBundles: [:], proxies: [:],
    policies: [:], settings: .standard)

  /// How long before expiry an authority is renewed: as declared, or the longest lifetime that it
  /// issues plus the renewBefore of that, or a third of its lifetime when it issues nothing. nil
  /// for a name that is no authority.
  package func renewBefore(of authority: Name) -> Lifetime? { renewals[authority] }
}
