import Testing

@testable import PKI

/// An index that follows a change by taking a part out and putting another one in.
struct SettledIndexTests {
  private static func clients(_ lifetimes: [Int: Int]) -> String {
    lifetimes.sorted { $0.key < $1.key }.map {
      "---\nkind: Client\nname: c\($0.key)\nissuer: edge\nlifetime: \($0.value)d\n"
    }.joined()
  }

  private static func index(
    _ state: DesiredState, _ published: PublishedState, _ now: Timestamp
  ) -> SettledIndex {
    SettledIndex(
      desired: state, published: published, commonFiles: [], fileCount: 1, now: now)
  }

  @Test(arguments: 0..<8)
  func `an index that was changed is one that was made anew`(seed: UInt64) throws {
    var random = Seeded(seed)
    var authority = UnsignedAuthority()
    var lifetimes = Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, 60) })
    var now = start
    var state = try desired(twoAuthorities + Self.clients(lifetimes))
    try authority.apply(state, at: now)
    var index = Self.index(state, authority.published, now)
    for _ in 0..<12 {
      for _ in 0..<3 {
        let number = Int.random(in: 0..<25, using: &random)
        lifetimes[number] =
          Bool.random(using: &random) ? Int.random(in: 20...70, using: &random) : nil
      }
      // No certificate has expired: those are dropped from an index only when it is made anew.
      now = now + Lifetime(seconds: Int.random(in: 1...100_000, using: &random))
      let (before, published) = (state, authority.published)
      state = try desired(twoAuthorities + Self.clients(lifetimes))
      try authority.apply(state, at: now)
      index = index.replacing(
        SettledPart(
          before: before, after: state, published: published, commonFiles: [], fileCount: 1),
        published: authority.published, now: now)
      let anew = Self.index(state, authority.published, now)
      #expect(index.claims == anew.claims)
      #expect(index.due == anew.due)
      #expect(index.holders == anew.holders)
      #expect(index.ends == anew.ends)
      #expect(index.table == anew.table)
      for name in authority.published.owners {
        #expect(Set(index.certificates(of: name)) == Set(anew.certificates(of: name)))
      }
      #expect(SettledIndex(index.bytes) == index)
    }
  }

  @Test(arguments: 0..<8)
  func `the README's table is the same of a part and the others`(seed: UInt64) throws {
    var random = Seeded(seed)
    var authority = UnsignedAuthority()
    let lifetimes = Dictionary(
      uniqueKeysWithValues: (0..<60).map { ($0, Int.random(in: 20...24, using: &random)) })
    let numbers = Set((0..<60).filter { _ in Int.random(in: 0..<5, using: &random) == 0 })
    let whole = try desired(twoAuthorities + Self.clients(lifetimes))
    try authority.apply(whole, at: start)
    let published = authority.published
    let chosen = lifetimes.filter { numbers.contains($0.key) }
    let part = try desired(twoAuthorities + Self.clients(chosen))
    let table = IdentityTable(desired: whole, published: published)
    // As much of the table as an index may know.
    let known = IdentityTable(desired: whole, published: published) { _ in 40 }
    let own = IdentityTable(desired: part, published: published)
    let others = known.without(own)
    let joined = others.joined(with: own)
    #expect(joined.count == table.count)
    // Known is what stands before the last row of the others, and that row.
    let last = try #require(others.rows.last)
    #expect(joined.rows == table.rows.filter { $0 <= last })
    #expect(joined.rows.count > 20)
  }

  @Test func `those who decide stay the longest-lived ones, whoever else changes`() throws {
    var random = Seeded(3)
    var lifetimes = Dictionary(
      uniqueKeysWithValues: (0..<60).map { ($0, Int.random(in: 20...80, using: &random)) })
    var state = try desired(twoAuthorities + Self.clients(lifetimes))
    var deciders = RenewalDeciders(state.identities.values)
    for _ in 0..<40 {
      let before = state
      for _ in 0..<4 { lifetimes[Int.random(in: 0..<60, using: &random)] = nil }
      for _ in 0..<3 {
        lifetimes[Int.random(in: 0..<60, using: &random)] = Int.random(in: 20...80, using: &random)
      }
      state = try desired(twoAuthorities + Self.clients(lifetimes))
      guard deciders.decide(before, state) else {
        deciders = RenewalDeciders(state.identities.values)
        continue
      }
      deciders = deciders.updated(before, state)
      let longest = RenewalDeciders(state.identities.values)
      for (issuer, group) in deciders.groups {
        #expect(longest.groups[issuer]?.names.starts(with: group.names) == true)
      }
    }
  }
}
