import PKI
import Testing

/// Random histories: whatever people merge and whenever the job runs, the CRLs forget nothing.
struct HistoryPropertyTests {
  /// SplitMix64: small, and the same on every machine.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return value ^ (value >> 31)
    }
  }

  /// Desired state as the generator changes it.
  struct Model {
    var clients: [String: Int] = ["c0": 0]
    var revoked: [String: String] = [:]
    var released: Set<String> = []
    var ended: Set<String> = []
    var count = 1

    mutating func change(_ random: inout Generator) {
      switch Int.random(in: 0..<10, using: &random) {
      case 0...2:
        clients["c\(count)"] = 0
        count += 1
      case 3:
        guard let name = pick(clients.keys.sorted(), &random) else { return }
        clients[name, default: 0] += 1
      case 4...5:
        guard let name = pick(clients.keys.sorted(), &random) else { return }
        clients[name] = nil
        ended.insert(name)
      case 6...7:
        // What removal has revoked already keeps its reason.
        let names = ended.filter { !$0.hasSuffix("3") }.union(clients.keys)
          .filter { revoked[$0] == nil }.sorted()
        guard let name = pick(names, &random) else { return }
        let reasons = ["superseded", "keyCompromise", "certificateHold", "unspecified"]
        revoked[name] = pick(reasons, &random)
      case 8:
        let held = revoked.filter { $0.value == "certificateHold" }.keys.sorted()
        guard let name = pick(held, &random) else { return }
        if released.remove(name) == nil { released.insert(name) }
      default:
        guard let name = pick(revoked.keys.sorted(), &random) else { return }
        if !released.contains(name) { revoked[name] = "keyCompromise" }
      }
    }

    private func pick(_ values: [String], _ random: inout Generator) -> String? {
      values.randomElement(using: &random)
    }

    var text: String {
      let clients = clients.sorted { $0.key < $1.key }.map {
        Sample.client(
          $0.key, "uris: [\"urn:v:\($0.value)\"]",
          $0.key.hasSuffix("3") ? "onRemoval: revoke" : "lifetime: 40d")
      }
      let revocations = revoked.sorted { $0.key < $1.key }.map { name, reason in
        Sample.revocation("identity: \(name)", "reason: \(reason)")
          + (released.contains(name) ? "released: true\n" : "")
      }
      return Sample.authorities + (clients + revocations).joined()
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `numbers rise, nothing unexpired vanishes and nothing is left to do`(_ seed: UInt64) throws {
    var random = Generator(state: seed)
    var model = Model()
    var time = World.start
    let world = try World(["all.yaml": model.text])
    try world.converge(at: time)
    var last = try world.revocationList("issuing")
    for step in 0..<14 {
      for _ in 0..<Int.random(in: 0...2, using: &random) { model.change(&random) }
      let held = Set(model.released)
      time = time + Lifetime(seconds: Int.random(in: 1...(6 * 86_400), using: &random))
      try world.commit(["all.yaml": model.text])
      let outcome = try world.apply(at: time)
      #expect(outcome.code == 0, "seed \(seed), step \(step): \(outcome.output)\(outcome.errors)")
      let left = try world.plan(at: time).changes.filter { $0.action != "blocked" }.map(\.line)
      #expect(left == [], "seed \(seed), step \(step)")
      let list = try world.revocationList("issuing")
      try check(list, after: last, releasing: held, in: world, "seed \(seed), step \(step)")
      last = list
    }
    try world.certwright(["verify", "--at", "\(time)"]).expect()
    #expect(try world.git("rev-list", "--merges", "--count", "published") == "0\n")
  }

  private func check(
    _ list: RevocationListFacts, after last: RevocationListFacts, releasing: Set<String>,
    in world: World, _ comment: Comment
  ) throws {
    guard list.der != last.der else { return }
    #expect(try #require(list.number) > #require(last.number), comment)
    #expect(list.thisUpdate > last.thisUpdate, comment)
    let present = Set(list.entries.map(\.serial))
    for entry in last.entries where !present.contains(entry.serial) {
      let path = try #require(
        try world.publishedPaths("ledger/issued").first { $0.contains("\(entry.serial)") })
      let facts = try world.certificate(at: path)
      let name = facts.subject.rfc4514.replacing("CN=", with: "")
      // Gone: expired when the list before was issued, or a hold that was released.
      #expect(
        facts.notAfter < last.thisUpdate
          || entry.reason == .certificateHold && releasing.contains(name), comment)
    }
  }
}
