/// What of the published branch is not what it should be, beyond what the planned changes will
/// rewrite anyway.
package enum PublishingPlanner {
  /// Compares rendered files with those that are published.
  ///
  /// - Parameters:
  ///   - rendered: what the present state renders to under the new desired state, as blob ids.
  ///   - published: what the branch holds outside `ledger/` and `desired/`.
  ///   - changes: what is planned; its subjects are rewritten when it is carried out.
  package static func changes(
    rendered: [String: ObjectID], published: [String: ObjectID], desired: DesiredState,
    lastApplied: DesiredState, planned changes: [Change], isFirst: Bool
  ) -> [Change] {
    let proxies = Set(desired.proxies.keys).union(lastApplied.proxies.keys)
    var differing: [Output: [String]] = [:]
    for (path, id) in rendered where published[path] != id {
      if let output = Output(path, proxies: proxies) { differing[output, default: []].append(path) }
    }
    for path in published.keys where rendered[path] == nil {
      if let output = Output(path, proxies: proxies) {
        differing[output, default: []].append(path)
      }
    }
    let touched = Set(changes.compactMap { Output($0.subject) })
      .union(changes.flatMap(\.formerOwners).map { .identity($0) })
    var outputs = Set(differing.keys).subtracting(touched)
    outputs.remove(.readme)
    var causes = BundleCauses(changes, desired)
    outputs.formUnion(following(&causes, desired))
    outputs.formUnion(redeclared(desired, lastApplied))
    return outputs.sorted().compactMap { output in
      change(
        output, paths: (differing[output] ?? []).sorted(), desired, lastApplied, &causes)
    } + readme(differing[.readme] != nil, planned: changes, isFirst: isFirst)
  }

  /// The README follows everything; it is named only when it alone differs.
  private static func readme(
    _ differs: Bool, planned changes: [Change], isFirst: Bool
  ) -> [Change] {
    guard differs, changes.isEmpty, !isFirst else { return [] }
    return [
      Change(
        .publish, .folder("README.md"), .paths(["README.md"]), [.drift(paths: ["README.md"])])
    ]
  }

  /// Bundles that will be rewritten because something in them will.
  private static func following(
    _ causes: inout BundleCauses, _ desired: DesiredState
  ) -> Set<Output> {
    var outputs: Set<Output> = []
    for proxy in desired.proxies.values where !causes.reasons(for: proxy).isEmpty {
      outputs.insert(.proxy(proxy.name))
    }
    for bundle in desired.trustBundles.values where !causes.reasons(for: bundle).isEmpty {
      outputs.insert(.trust(bundle.name))
    }
    return outputs
  }

  /// Bundles whose declaration says something else, whatever of it can be rendered by now.
  private static func redeclared(
    _ desired: DesiredState, _ lastApplied: DesiredState
  ) -> Set<Output> {
    let proxies = lastApplied.proxies.values.filter { old in
      desired.proxies[old.name].map { !Optional($0).isSame(as: old) } ?? false
    }
    let bundles = lastApplied.trustBundles.values.filter { old in
      desired.trustBundles[old.name].map { $0.authorities != old.authorities } ?? false
    }
    return Set(proxies.map { .proxy($0.name) } + bundles.map { .trust($0.name) })
  }

  private static func change(
    _ output: Output, paths: [String], _ desired: DesiredState, _ lastApplied: DesiredState,
    _ causes: inout BundleCauses
  ) -> Change? {
    switch output {
    case .proxy(let name):
      let place = desired.proxies[name]?.place
      let reasons = declarationReasons(
        place, isNew: lastApplied.proxies[name] == nil,
        isChanged: !desired.proxies[name].isSame(as: lastApplied.proxies[name]))
      let causes = desired.proxies[name].map { causes.reasons(for: $0) } ?? []
      return publish(
        .proxy(name), paths, reasons + causes,
        declaration: reasons.isEmpty ? nil : Declaration.hash(desired.proxies[name]))
    case .trust(let name):
      let bundle = desired.trustBundles[name]
      let old = lastApplied.trustBundles[name]
      let reasons = declarationReasons(
        bundle?.place, isNew: old == nil, isChanged: bundle?.authorities != old?.authorities)
      let causes = bundle.map { causes.reasons(for: $0) } ?? []
      return publish(
        .trustBundle(name), paths, reasons + causes,
        declaration: reasons.isEmpty ? nil : Declaration.hash(bundle))
    case .identity(let name):
      let subject: Change.Subject =
        desired.identities[name].map { .identity($0.kind, name) } ?? .formerIdentity(name)
      return publish(subject, paths, [])
    case .authority(let name): return publish(.authority(name), paths, [])
    case .other(let folder): return publish(.folder(folder), paths, [])
    case .readme: return nil
    }
  }

  private static func publish(
    _ subject: Change.Subject, _ paths: [String], _ reasons: [Reason], declaration: String? = nil
  ) -> Change {
    Change(
      .publish, subject, .paths(paths), reasons.isEmpty ? [.drift(paths: paths)] : reasons,
      declaration: declaration)
  }

  private static func declarationReasons(
    _ place: Place?, isNew: Bool, isChanged: Bool
  ) -> [Reason] {
    guard let place else { return [.noLongerDeclared] }
    if isNew { return [.published(new: place)] }
    return isChanged ? [.declarationChanged(place)] : []
  }
}

extension Change {
  /// Names that a rename leaves behind.
  fileprivate var formerOwners: [Name] {
    guard action == .rename, case .events(let events) = detail else { return [] }
    return events.map(\.owner)
  }
}

/// What a published file belongs to.
private enum Output: Hashable, Comparable {
  case authority(Name)
  case identity(Name)
  case trust(Name)
  case proxy(Name)
  case readme
  case other(String)

  /// - Parameter proxies: every name that has, or had, a bundle: names and folders in bundles both
  ///   hold slashes, so only the names tell them apart.
  init?(_ path: String, proxies: Set<Name>) {
    let parts = path.split(separator: "/", maxSplits: 1)
    let rest = parts.count == 2 ? parts[1] : ""
    switch parts.first {
    case "README.md" where rest.isEmpty: self = .readme
    case "authorities": self = Output.owner(rest).map { .authority($0) } ?? .other(path)
    case "identities":
      self =
        Name(rest.hasSuffix(".pem") ? rest.dropLast(4) : rest).map { .identity($0) }
        ?? .other(path)
    case "trust":
      self =
        Name(rest.hasSuffix(".pem") ? rest.dropLast(4) : rest).map { .trust($0) }
        ?? .other(path)
    case "proxies": self = Output.proxyOwner(rest, proxies).map { .proxy($0) } ?? .other(path)
    case "ledger", "desired": return nil
    default: self = .other(path)
    }
  }

  init?(_ subject: Change.Subject) {
    switch subject {
    case .authority(let name), .revocationList(let name): self = .authority(name)
    case .identity(_, let name), .formerIdentity(let name): self = .identity(name)
    case .trustBundle(let name): self = .trust(name)
    case .proxy(let name): self = .proxy(name)
    case .folder, .run, .policy: return nil
    }
  }

  /// `NAME/FILE` or `NAME/KEYID/FILE`.
  private static func owner(_ rest: Substring) -> Name? {
    var parts = rest.split(separator: "/")
    guard parts.count >= 2 else { return nil }
    parts.removeLast()
    if let last = parts.last, KeyID(hex: last) != nil { parts.removeLast() }
    return Name(parts.joined(separator: "/"))
  }

  private static func proxyOwner(_ rest: Substring, _ proxies: Set<Name>) -> Name? {
    var parts = rest.split(separator: "/").dropLast()
    while !parts.isEmpty {
      if let name = Name(parts.joined(separator: "/")), proxies.contains(name) { return name }
      parts = parts.dropLast()
    }
    return nil
  }
}

extension DesiredState {
  /// The authorities of these names and every authority above them.
  package func withAncestors(_ names: [Name]) -> Set<Name> {
    var all: Set<Name> = []
    for name in names {
      var next: Name? = name
      while let current = next, all.insert(current).inserted {
        next = authorities[current]?.issuer
      }
    }
    return all
  }
}

extension Proxy? {
  /// Whether two declarations say the same, wherever they stand.
  fileprivate func isSame(as other: Proxy?) -> Bool {
    switch (self, other) {
    case (nil, nil): true
    case (let left?, let right?): left.withoutPlaces == right.withoutPlaces
    default: false
    }
  }
}

extension Proxy {
  fileprivate var withoutPlaces: Proxy {
    let nowhere = Place(file: "", line: 0, column: 0)
    return Proxy(
      name: name, place: nowhere, software: software, directory: directory,
      listeners: listeners.map { $0.moved(to: nowhere) }, isProtected: isProtected)
  }
}

extension Listener {
  fileprivate func moved(to place: Place) -> Listener {
    Listener(
      place: place, server: server, address: address, port: port, trust: trust, verify: verify,
      allow: allow, addresses: addresses,
      routes: routes.map { $0.with(place: place, allow: $0.allow, identities: $0.identities) })
  }
}
