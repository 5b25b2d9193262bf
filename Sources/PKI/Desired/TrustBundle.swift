/// A declared set of authorities whose directly issued leaves a relying party accepts.
package struct TrustBundle: Hashable, Sendable {
  package let name: Name
  package let place: Place
  package let authorities: [Name]
  package let isProtected: Bool

  package init(name: Name, place: Place, authorities: [Name], isProtected: Bool) {
    self.name = name
    self.place = place
    self.authorities = authorities
    self.isProtected = isProtected
  }
}
