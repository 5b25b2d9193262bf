import PKI
import Testing

/// Random histories of merges and time: what must hold after every step of every one.
struct PlannerHistoryTests {
  /// A random desired state over a few names, as YAML.
  private struct Wish {
    var clients: Set<Int> = []
    var revoked: [Int: String] = [:]
    var lifetime = 90

    var text: String {
      clients.sorted().map {
        "---\nkind: Client\nname: c\($0)\nissuer: edge\nlifetime: \(lifetime)d\n"
      }.joined()
        + revoked.sorted { $0.key < $1.key }.map {
          "---\nkind: Revocation\nidentity: c\($0.key)\nreason: \($0.value)\n"
        }.joined()
    }

    mutating func change(_ random: inout Seeded, known: Set<Int>) {
      switch Int.random(in: 0..<5, using: &random) {
      case 0, 1: clients.insert(Int.random(in: 0..<12, using: &random))
      case 2: if let gone = clients.randomElement(using: &random) { clients.remove(gone) }
      case 3:
        let candidates = known.subtracting(revoked.keys)
        if let victim = candidates.sorted().randomElement(using: &random) {
          revoked[victim] = ["superseded", "unspecified"].randomElement(using: &random)
        }
      default:
        if let victim = revoked.keys.sorted().randomElement(using: &random) {
          revoked[victim] = "keyCompromise"
        }
      }
    }
  }

  @Test(arguments: 0..<12)
  func `plans converge and CRLs never forget`(seed: UInt64) throws {
    var random = Seeded(seed)
    var authority = UnsignedAuthority()
    var wish = Wish()
    var known: Set<Int> = []
    var now = start
    for _ in 0..<25 {
      wish.change(&random, known: known)
      known.formUnion(wish.clients)
      now = Timestamp(seconds: now.seconds + Int.random(in: 1...1_500_000, using: &random))
      let before = authority.published
      let state = try desired(twoAuthorities + wish.text)
      try authority.apply(state, at: now)
      let again = authority.plan(state, at: now)
      #expect(again.allSatisfy { $0.action == .blocked }, "\(again.lines)")
      requireMemory(before, authority.published, now: now)
    }
  }

  /// Every CRL has a higher number and a later date than before, and every unexpired serial of the
  /// one before it.
  private func requireMemory(_ before: PublishedState, _ after: PublishedState, now: Timestamp) {
    for (key, old) in before.revocationLists {
      guard let new = after.revocationLists[key] else {
        Issue.record("a CRL vanished")
        continue
      }
      guard new.facts != old.facts else { continue }
      #expect(new.number > old.number)
      #expect(new.thisUpdate > old.thisUpdate)
      let kept = Set(new.facts.entries.map(\.serial))
      for entry in old.facts.entries {
        let id = CertificateID(issuer: key, serial: entry.serial)
        let expired = after.certificates[id].map { $0.facts.notAfter < old.thisUpdate } ?? true
        #expect(kept.contains(entry.serial) || expired)
      }
    }
  }

  @Test func `the same inputs give the same changes`() throws {
    var random = Seeded(7)
    var wish = Wish()
    for _ in 0..<20 { wish.change(&random, known: []) }
    let state = try desired(twoAuthorities + wish.text)
    let first = UnsignedAuthority().plan(state, at: start)
    #expect(first == UnsignedAuthority().plan(state, at: start))
    #expect(!first.isEmpty)
  }
}
