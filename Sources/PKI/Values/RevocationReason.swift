/// Why a certificate was revoked: the names and codes of RFC 5280 section 5.3.1, spelled as there.
///
/// `removeFromCRL` is missing: it occurs in delta CRLs alone.
package enum RevocationReason: String, Hashable, Sendable, CaseIterable {
  case unspecified
  case keyCompromise
  case cACompromise
  case affiliationChanged
  case superseded
  case cessationOfOperation
  case certificateHold
  case privilegeWithdrawn
  case aACompromise

  package var code: UInt8 {
    switch self {
    case .unspecified: 0
    case .keyCompromise: 1
    case .cACompromise: 2
    case .affiliationChanged: 3
    case .superseded: 4
    case .cessationOfOperation: 5
    case .certificateHold: 6
    case .privilegeWithdrawn: 9
    case .aACompromise: 10
    }
  }

  package init?(code: UInt8) {
    guard let reason = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = reason
  }
}
