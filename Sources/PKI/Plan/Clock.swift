/// The first and the last second in which a certificate or CRL is valid, both included.
package struct Validity: Hashable, Sendable {
  package let notBefore: Timestamp
  package let notAfter: Timestamp

  package init(notBefore: Timestamp, notAfter: Timestamp) {
    self.notBefore = notBefore
    self.notAfter = notAfter
  }

  package init(notBefore: Timestamp, lifetime: Lifetime) {
    self.init(
      notBefore: notBefore,
      notAfter: Timestamp(seconds: notBefore.seconds + lifetime.seconds - 1))
  }

  package var lifetime: Lifetime {
    Lifetime(seconds: notAfter.seconds - notBefore.seconds + 1)
  }
}

/// How dates follow from the moment of signing.
package enum Clock {
  /// Relying parties' clocks differ: what is signed begins this much earlier.
  package static let skew = Lifetime(seconds: 300)

  /// notBefore of a certificate signed at a moment, never before the floor.
  package static func notBefore(signing: Timestamp, floor: Timestamp?) -> Timestamp {
    max(signing - skew, floor ?? signing - skew)
  }

  /// thisUpdate of a CRL signed at a moment: later than the one before it, because relying parties
  /// take the latest thisUpdate and ignore the number.
  package static func thisUpdate(signing: Timestamp, previous: Timestamp?) -> Timestamp {
    let backdated = signing - skew
    guard let previous else { return backdated }
    return max(backdated, Timestamp(seconds: previous.seconds + 1))
  }
}
