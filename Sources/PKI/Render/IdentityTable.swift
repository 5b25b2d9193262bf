/// The README's table of identities: those that expire next, and how many there are.
///
/// Of a table, the first rows can be known alone: what is needed to say what the README will be when
/// a few identities change and nothing else has been read.
package struct IdentityTable: Hashable, Sendable {
  package struct Row: Hashable, Sendable {
    let notAfter: Timestamp
    let cells: [String]
  }

  /// The first rows, in order.
  let rows: [Row]
  /// Of all rows, when these are not all.
  let count: Int

  init(rows: [Row], count: Int) {
    self.rows = rows
    self.count = count
  }

  package static let empty = IdentityTable(rows: [], count: 0)

  /// The identities whose current certificate is in force or expired, but not revoked.
  ///
  /// - Parameter longest: how many rows are put into words.
  init(desired: DesiredState, published: PublishedState, longest: (_ count: Int) -> Int) {
    let living = desired.identities.values.compactMap {
      identity -> (identity: Identity, current: IssuedCertificate)? in
      guard let current = published.current(of: identity.name),
        !published.isRevoked(current.id)
      else { return nil }
      return (identity, current)
    }
    let longest = longest(living.count)
    let ends = living.map(\.current.facts.notAfter).sorted()
    let last = ends.dropFirst(max(0, longest - 1)).first ?? .endOfTime
    rows = Array(
      living.filter { $0.current.facts.notAfter <= last }.map(Row.init)
        .sorted(by: Row.isBefore).prefix(longest))
    count = living.count
  }

  var isComplete: Bool { rows.count == count }

  /// Whether rows that were taken out of the table would still leave its first ones known.
  package func covers(_ longest: Int) -> Bool { isComplete || rows.count >= longest }

  /// The table without some names.
  ///
  /// - Parameter living: how many of these stand in the table.
  package func leaving(_ names: Set<Name>, living: Int) -> IdentityTable {
    let cells = Set(names.map(Row.cell))
    return IdentityTable(
      rows: rows.filter { !cells.contains($0.cells[0]) }, count: max(0, count - living))
  }

  /// This table and one of others that is known as far as this one.
  func joined(with other: IdentityTable) -> IdentityTable {
    let ends = [self, other].filter { !$0.isComplete }.map(\.rows.last)
    let all = (rows + other.rows).sorted(by: Row.isBefore)
    // Between the last row that is known of a table and the end of the other, there may be more.
    let known = all.filter { row in
      ends.allSatisfy { end in end.map { !Row.isBefore($0, row) } ?? false }
    }
    return IdentityTable(rows: known, count: count + other.count)
  }
}

extension IdentityTable.Row {
  init(_ identity: Identity, _ current: IssuedCertificate) {
    notAfter = current.facts.notAfter
    let renewAt = RenewalDate.due(
      name: identity.name, validity: current.facts.validity, renewBefore: identity.renewBefore)
    cells = [
      Self.cell(identity.name), identity.kind.rawValue.lowercased(), "`\(identity.issuer)`",
      current.facts.notAfter.description, renewAt.date, "`\(current.id.serial)`",
    ]
  }

  static let width = 6

  /// A name as the table shows it.
  static func cell(_ name: Name) -> String { "`\(name)`" }

  static func isBefore(_ first: Self, _ second: Self) -> Bool {
    (first.notAfter, first.cells[0]) < (second.notAfter, second.cells[0])
  }
}
