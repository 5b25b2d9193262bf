/// What desired state says that shows in no certificate, CRL or bundle: settings, policies,
/// protections, and when things fall due. A reviewer must agree to it all the same.
package enum QuietIntent {
  /// One change that names what is quietly different, or none.
  ///
  /// - Parameter lastApplied: what is different from it is new; what another run has applied
  ///   meanwhile is not.
  package static func changes(desired: DesiredState, lastApplied: DesiredState) -> [Change] {
    let (new, old) = (entries(desired, of: desired), entries(lastApplied, of: desired))
    let changed = Set(new.keys).union(old.keys).filter { new[$0] != old[$0] }.sorted()
    guard !changed.isEmpty else { return [] }
    let texts = changed.map { "\($0): \(new[$0] ?? "none")\n" }
    return [
      Change(
        .publish, .folder(folder), .paths([]), [.declaredBesides(changed)],
        declaration: Declaration.hash(text: texts.joined()))
    ]
  }

  private static let folder = "desired"

  /// What is said, by what it is said of; that a name left shows in a change of its own.
  private static func entries(
    _ state: DesiredState, of names: DesiredState
  ) -> [String: String] {
    var entries: [String: String] = [:]
    entries["settings"] = CanonicalText.text(state.settings)
    for policy in state.policies.values {
      entries["policy \(policy.name)"] = CanonicalText.text(policy)
    }
    for identity in state.identities.values where names.identities[identity.name] != nil {
      var words: [String] = []
      if identity.isProtected { words.append("protected") }
      if identity.onRemoval != .retire { words.append("onRemoval \(identity.onRemoval)") }
      entries["\(identity.kind.rawValue.lowercased()) \(identity.name)"] = text(words)
    }
    for authority in state.authorities.values
    where authority.isProtected && names.authorities[authority.name] != nil {
      entries["authority \(authority.name)"] = "protected"
    }
    for bundle in state.trustBundles.values
    where bundle.isProtected && names.trustBundles[bundle.name] != nil {
      entries["trust \(bundle.name)"] = "protected"
    }
    for proxy in state.proxies.values
    where proxy.isProtected && names.proxies[proxy.name] != nil {
      entries["proxy \(proxy.name)"] = "protected"
    }
    return entries
  }

  private static func text(_ words: [String]) -> String? {
    words.isEmpty ? nil : words.joined(separator: ", ")
  }
}
