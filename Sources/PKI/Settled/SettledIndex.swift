/// Where to look when a little changes of two states between which nothing is left to do: which file
/// declares a name or holds what others may not have, which certificates a name has, and what falls
/// due when.
///
/// An index finds more than is meant at times, since it knows texts by their hashes, and never less.
/// What it leads to is read from its own bytes; nothing is decided from the index.
package struct SettledIndex: Hashable, Sendable {
  /// Hash of a ``Claim``, number of the file.
  let claims: SortedTable
  /// Hash of an owner's name, issuer's number, notAfter, serial number.
  let certificates: SortedTable
  /// Hash of a subject or key that is published, hash of the owner's name.
  let holders: SortedTable
  /// When an identity is due, number of the file.
  let due: SortedTable
  /// The end of every certificate of an identity that is neither revoked nor expired.
  let ends: SortedTable
  let paths: TextTable
  let issuers: [KeyID]
  /// Files that every plan needs: all that declare something else than identities, and those of the
  /// deciders.
  let common: [Int]
  /// The identities that decide when authorities renew.
  package let deciders: RenewalDeciders
  /// The identities that expire next.
  let table: IdentityTable
  /// Every file of the folder.
  package let fileCount: Int
  /// The most names that stand directly in one folder, or more.
  package let largestFolder: Int

  /// How many rows of the README's table are kept at least: each renewal takes one away.
  static let shortestTable = 1_000

  // MARK: - Files

  /// The files to which a claim leads.
  package func files(claiming claim: String) -> [String] {
    claims.rows(for: StableHash.of(claim)).compactMap {
      path(Int($0.bigEndian(at: 8, UInt32.self)))
    }
  }

  package func files(naming text: String) -> [String] { files(claiming: Claim.name(text)) }

  package func files(requesting path: String) -> [String] {
    files(claiming: Claim.request(path))
  }

  package var commonFiles: [String] { common.compactMap(path) }

  /// The files of identities that are due.
  package func filesDue(at now: Timestamp) -> [String] {
    let count = due.count(below: UInt64(clamping: now.seconds) + 1)
    return (0..<count).compactMap { path(Int(due.row($0).bigEndian(at: 8, UInt32.self))) }
  }

  private func path(_ number: Int) -> String? { paths[number] }

  // MARK: - Certificates

  /// A certificate's place in the ledger.
  package struct Reference: Hashable, Sendable {
    package let id: CertificateID
    package let notAfter: Timestamp

    package var path: String { LedgerPath.certificate(id, notAfter: notAfter) }
  }

  package func certificates(of name: Name) -> [Reference] {
    certificates(ofHash: StableHash.of(name.text))
  }

  /// The certificates of whoever has the subject or the key of this one.
  package func certificates(resembling certificate: IssuedCertificate) -> [Reference] {
    certificates(holding: [
      Claim.holder(certificate.facts.subject), Claim.key(certificate.facts.keyID),
    ])
  }

  /// The certificates of whoever has the subject or the key that an identity is to get.
  package func certificates(resembling identity: Identity) -> [Reference] {
    var texts = [Claim.holder(DistinguishedName(identity.subject))]
    if case .requested(let request) = identity.key {
      texts.append(Claim.key(request.publicKey.id))
    }
    return certificates(holding: texts)
  }

  private func certificates(holding texts: [String]) -> [Reference] {
    let owners = Set(
      texts.flatMap { holders.rows(for: StableHash.of($0)) }
        .map { $0.bigEndian(at: 8, UInt64.self) })
    return owners.flatMap { certificates(ofHash: $0) }
  }

  private func certificates(ofHash hash: UInt64) -> [Reference] {
    certificates.rows(for: hash).compactMap { row in
      let issuer = Int(row.bigEndian(at: 8, UInt32.self))
      guard issuers.indices.contains(issuer),
        let serial = SerialNumber(magnitude: row.dropFirst(20))
      else { return nil }
      return Reference(
        id: CertificateID(issuer: issuers[issuer], serial: serial),
        notAfter: Timestamp(seconds: Int(clamping: row.bigEndian(at: 12, UInt64.self))))
    }
  }

  /// Whether this many further names surely fit into any folder.
  package func hasRoom(for count: Int) -> Bool { largestFolder + count <= Check.folderLimit }

  /// How many certificates of identities are in force.
  package func countInForce(at now: Timestamp) -> Int {
    ends.count - ends.count(below: UInt64(clamping: now.seconds))
  }
}
