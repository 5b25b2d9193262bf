extension Check {
  /// No two documents own one path of the published branch, and no folder grows beyond what git
  /// trees bear.
  static let outputPaths = Check { draft, findings in
    let declarations = draft.declarations
    checkFolders(declarations, findings)
    for authority in declarations.authorities
    where authority.name.segments.contains(where: { KeyID(hex: $0) != nil }) {
      findings.add(
        authority.fields["name"] ?? authority.place,
        "\(quoted(authority.name.text)) has a segment that looks like the identifier of a key",
        hint: "folders of that form hold the files of an authority's keys")
    }
    checkBundles(declarations, findings)
  }

  /// The most names directly in one folder.
  static let folderLimit = 10_000

  private static func checkFolders(_ declarations: Declarations, _ findings: FindingCollector) {
    guard declarations.owners.count > folderLimit else { return }
    var counts: [Substring: Int] = [:]
    let inOrder = declarations.owners.sorted { $0.value.place < $1.value.place }
    for (name, owner) in inOrder {
      let folder = name.text.lastIndex(of: "/").map { name.text[..<$0] } ?? ""
      counts[folder, default: 0] += 1
      guard counts[folder] == folderLimit + 1 else { continue }
      let position = folder.isEmpty ? "without a folder" : "directly in \(quoted(folder))"
      findings.add(
        owner.place, "more than \(folderLimit) names stand \(position)",
        hint:
          "divide them with segments, as in \"berlin/\(name.text.split(separator: "/").last ?? "")\""
      )
    }
  }

  /// A proxy's folder is a bundle of its own: nothing else lies in it.
  private static func checkBundles(_ declarations: Declarations, _ findings: FindingCollector) {
    let places = Dictionary(
      declarations.proxies.map { ($0.proxy.name.text[...], $0.namePlace) },
      uniquingKeysWith: { first, _ in first })
    for draft in declarations.proxies {
      var folder = draft.proxy.name.text[...]
      while let slash = folder.lastIndex(of: "/") {
        folder = folder[..<slash]
        guard let other = places[folder] else { continue }
        findings.add(
          draft.namePlace,
          "\(quoted(draft.proxy.name.text)) would lie inside the bundle of proxy \(quoted(folder))",
          hint: "that proxy is declared at \(other)")
        break
      }
    }
  }
}
