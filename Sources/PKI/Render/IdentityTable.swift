/// The README's table of identities: those that expire next, and how many there are.
///
/// Of a table, the first rows can be known alone: what is needed to say what the README will be when
/// a few identities change and nothing else has been read.
package struct IdentityTable: Hashable, Sendable {
  package struct Row: Hashable, Sendable, Comparable {
    let notAfter: Timestamp
    /// The cells, the name first, with bars between them.
    let line: String

    /// Names end with a backtick, which they do not contain: lines are in the order of names.
    package static func < (first: Row, second: Row) -> Bool {
      (first.notAfter, first.line) < (second.notAfter, second.line)
    }
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

  /// The identities with a current certificate that is not revoked.
  ///
  /// - Parameter longest: how many rows are put into words.
  init(
    desired: DesiredState, published: PublishedState, longest: (_ count: Int) -> Int = { $0 }
  ) {
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
      living.filter { $0.current.facts.notAfter <= last }.map(Row.init).sorted().prefix(longest))
    count = living.count
  }

  private var isComplete: Bool { rows.count == count }

  /// Whether so many of the first rows are known.
  package func covers(_ longest: Int) -> Bool { isComplete || rows.count >= longest }

  /// The table without the rows of another one, which has all of its own.
  func without(_ other: IdentityTable) -> IdentityTable {
    var left: [Row] = []
    left.reserveCapacity(rows.count)
    var next = other.rows[...]
    for row in rows {
      while let first = next.first, first < row { next.removeFirst() }
      if next.first == row { continue }
      left.append(row)
    }
    return IdentityTable(rows: left, count: max(0, count - other.count))
  }

  /// This table and one of other identities, as far as both are known.
  func joined(with other: IdentityTable) -> IdentityTable {
    var all: [Row] = []
    all.reserveCapacity(rows.count + other.rows.count)
    var next = other.rows[...]
    for row in rows {
      while let first = next.first, first < row { all.append(next.removeFirst()) }
      all.append(row)
    }
    all += next
    // Behind the last row that is known of either, there may be more.
    for table in [self, other] where !table.isComplete {
      while let last = all.last, table.rows.last.map({ $0 < last }) ?? true { all.removeLast() }
    }
    return IdentityTable(rows: all, count: count + other.count)
  }
}

extension IdentityTable.Row {
  init(_ identity: Identity, _ current: IssuedCertificate) {
    notAfter = current.facts.notAfter
    let renewAt = RenewalDate.due(
      name: identity.name, validity: current.facts.validity, renewBefore: identity.renewBefore)
    line = [
      "`\(identity.name)`", identity.kind.rawValue.lowercased(), "`\(identity.issuer)`",
      current.facts.notAfter.description, renewAt.date, "`\(current.id.serial)`",
    ].joined(separator: " | ")
  }
}
