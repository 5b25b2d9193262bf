/// The README of the published branch: what exists, what expires next, what is revoked. Absolute
/// dates only; it changes when the state does and never because time passes.
package struct PublishedReadme {
  let desired: DesiredState
  let published: PublishedState
  let at: Timestamp
  /// The identities that both states leave out.
  let others: IdentityTable

  /// Longer lists are cut, and the cut is said aloud.
  package static let longestTable = 200

  package init(
    desired: DesiredState, published: PublishedState, at: Timestamp,
    others: IdentityTable = .empty
  ) {
    self.others = others
    self.desired = desired
    self.published = published
    self.at = at
  }

  package var text: String {
    var sections = [introduction]
    if published.isSimulated == true { sections.append(simulation) }
    if let suspension = published.suspension { sections.append(text(of: suspension)) }
    sections += [authorities, identities, revoked, bundles].compactMap(\.self)
    return sections.joined(separator: "\n\n") + "\n"
  }

  private var introduction: String {
    """
    # Published certificates

    This branch is written by certwright from the desired state in `desired/`. Change things there, \
    by pull request; whatever is changed here is rendered again, and a change below `ledger/` stops \
    every run.

    | folder | holds |
    | --- | --- |
    | `authorities/` | certificates, chains and CRLs of the authorities |
    | `identities/` | the current certificate of every identity, followed by its intermediates |
    | `trust/` | trust bundles: the authorities that relying parties load |
    | `proxies/` | complete bundles for nginx, HAProxy and Apache, without private keys |
    | `ledger/` | every certificate ever issued, every revocation, every run |
    """
  }

  private var simulation: String {
    """
    > **THIS BRANCH WAS BORN WITH SIMULATED TIME. ITS DATES ARE NOT REAL AND NOTHING IN IT MAY BE \
    TRUSTED.**
    """
  }

  private func text(of suspension: SuspensionRecord) -> String {
    """
    > **Suspended** since \(suspension.at) by \(suspension.by.markdownCode): \
    \(suspension.reason.markdownCode). Renewals and CRLs go on, nothing new is carried out until \
    `certwright resume`.
    """
  }

  // MARK: - Tables

  private var authorities: String? {
    let rows = desired.authoritiesFromRoots.compactMap { authority -> [String]? in
      guard let current = published.current(of: authority.name) else { return nil }
      let list = published.revocationLists[current.facts.keyID]
      return [
        "`\(authority.name)`", current.facts.subject.rfc4514.markdownCode,
        authority.issuer.map { "`\($0)`" } ?? "root", authority.key.rawValue,
        current.facts.notAfter.date, list.map { "\($0.number)" } ?? "none",
        list.map { $0.nextUpdate.description } ?? "none",
      ]
    }
    return table(
      "Authorities", rows,
      ["name", "subject", "issuer", "key", "valid until", "CRL number", "CRL valid until"])
  }

  private var identities: String? {
    let own = IdentityTable(desired: desired, published: published) { _ in Self.longestTable }
    let all = own.joined(with: others)
    return table(
      "Identities, those that expire next first", all.rows.map { [$0.line] },
      ["name", "kind", "issuer", "valid until", "renews from", "serial number"],
      count: all.count)
  }

  private var revoked: String? {
    let (latest, count) = published.latestListed(Self.longestTable)
    let rows = latest.map { status in
      [
        "`\(status.owner)`", status.reason.rawValue, status.date.description,
        status.notAfter.description, "`\(status.id.serial)`",
      ]
    }
    return table(
      "Revoked", rows, ["name", "reason", "revoked", "would have expired", "serial number"],
      count: count)
  }

  private var bundles: String? {
    let proxies = desired.proxies.values.sorted { $0.name < $1.name }.map { proxy in
      [
        "`proxies/\(proxy.name)/`", proxy.software.rawValue,
        proxy.listeners.map { "\($0.port)" }.joined(separator: ", "), "`\(proxy.directory)`",
      ]
    }
    return table("Proxies", proxies, ["bundle", "software", "ports", "place on the host"])
  }

  /// - Parameter count: of all rows, when these are not all.
  private func table(
    _ title: String, _ rows: [[String]], _ head: [String], count: Int? = nil
  ) -> String? {
    guard !rows.isEmpty else { return nil }
    let lines =
      [head, head.map { _ in "---" }] + rows.prefix(Self.longestTable)
    let more = (count ?? rows.count) - Self.longestTable
    return "## \(title)\n\n"
      + lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
      + (more > 0 ? "\n\n\(more) more are not shown." : "")
  }
}

extension String {
  /// The text as Markdown code in a table cell: a bar would end the cell, a backtick the code.
  fileprivate var markdownCode: String {
    let cell = replacing("|", with: "\\|")
    return contains("`") ? "`` \(cell) ``" : "`\(cell)`"
  }
}
