import Crypto

/// When a certificate is due for renewal.
///
/// Identities that were made together would all be due together. Each is moved forward by a part of
/// the time before its renewal window, taken from a hash of its name, so that the load is spread and
/// a reviewer still sees the exact date.
package enum RenewalDate {
  /// One tenth of the time between notBefore and the renewal window is spread over.
  private static let spreadDivisor = 10

  /// The first moment at which a certificate is due.
  ///
  /// - Parameter validity: the certificate's own dates. Deciding on the declared lifetime instead
  ///   loops when the two differ.
  package static func due(name: Name, validity: Validity, renewBefore: Lifetime) -> Timestamp {
    let untilWindow = max(0, validity.lifetime.seconds - renewBefore.seconds)
    let range = untilWindow / spreadDivisor
    let spread = range == 0 ? 0 : Int(hash(name) % UInt64(range))
    return Timestamp(seconds: validity.notAfter.seconds + 1 - renewBefore.seconds - spread)
  }

  private static func hash(_ name: Name) -> UInt64 {
    SHA256.hash(data: Array("certwright renewal \(name)".utf8)).prefix(8)
      .reduce(0) { $0 << 8 | UInt64($1) }
  }
}
