/// A declared revocation.
package struct Revocation: Hashable, Sendable {
  package enum Target: Hashable, Sendable {
    /// Every unexpired certificate of an identity, and nothing is issued for it any more.
    case identity(Name)
    /// The certificates of an identity whose notBefore is earlier.
    case identityIssuedBefore(Name, Timestamp)
    /// One certificate.
    case certificate(issuer: Name, serial: SerialNumber)
    /// An intermediate authority.
    case authority(Name)
  }

  package let place: Place
  package let target: Target
  package let reason: RevocationReason
  /// Only with certificateHold: the hold has ended.
  package let isReleased: Bool
  package let fields: FieldPlaces
  /// The identity that the document names. With ``Target/certificate(issuer:serial:)`` the
  /// certificate must be one of this identity: policies permit revocations by that name.
  package let identity: Name?

  package init(
    place: Place, target: Target, reason: RevocationReason, isReleased: Bool,
    fields: FieldPlaces, identity: Name? = nil
  ) {
    self.place = place
    self.target = target
    self.reason = reason
    self.isReleased = isReleased
    self.fields = fields
    self.identity = identity
  }
}
