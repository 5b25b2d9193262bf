import Crypto

/// The hash of what somebody declared, for comparing what was reviewed with what is asked for now.
///
/// A certificate's whole content stands in its change; of a bundle or a CRL only that it will be
/// rewritten, so its declaration is named by its hash.
package enum Declaration {
  static func hash(_ proxy: Proxy?) -> String { hash(proxy.map { CanonicalText.text($0) }) }

  static func hash(_ bundle: TrustBundle?) -> String { hash(bundle.map { CanonicalText.text($0) }) }

  static func hash(_ list: RevocationListSettings) -> String {
    let partitions = list.partitions.map { " in \($0): \(list.distributionPoints)" } ?? ""
    return hash("crl \(list.lifetime)\(partitions)")
  }

  static func hash(text: String) -> String { hash(text) }

  private static func hash(_ text: String?) -> String {
    guard let text else { return "none" }
    return "sha256:" + Hex.encode(SHA256.hash(data: Array(text.utf8)))
  }

  /// What a state declares for the subject of a change, as plans call it.
  static func hash(kind: String, _ name: Name, in state: DesiredState) -> String? {
    switch kind {
    case Change.Subject.proxy(name).word: hash(state.proxies[name])
    case Change.Subject.trustBundle(name).word: hash(state.trustBundles[name])
    case Change.Subject.revocationList(name).word: state.authorities[name].map { hash($0.crl) }
    default: nil
    }
  }
}
