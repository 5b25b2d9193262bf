import Foundation
import PKI
import Testing

/// What a plan without changes leaves for the next one: less to read, and never another plan.
struct PlanCacheTests {
  /// A repository with a file for each client, which nothing is left to do for.
  private static func settledWorld(_ more: [String: String] = [:]) throws -> World {
    var files = [
      "authorities.yaml": Sample.authorities,
      "servers.yaml": Sample.server("api", "dnsNames: [api.example.com]"),
      "edge.yaml": Sample.proxy(clients: ", allow: [c0, c1]"),
    ]
    for number in 0..<12 {
      // The longest-lived ones of an issuer are looked at by every plan.
      files["clients/c\(number).yaml"] = Sample.client(
        "c\(number)", number == 3 ? "lifetime: 30d" : "lifetime: 50d")
    }
    let world = try World(files.merging(more) { $1 })
    try world.converge(at: World.start)
    return world
  }

  private static func later(_ days: Int) -> Timestamp { World.start + .days(days) }

  /// Takes away the content of a file of the commit: whoever reads it fails.
  private static func hide(_ path: String, in world: World) throws {
    let id = try world.git("rev-parse", "HEAD:desired-state/\(path)")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try FileManager.default.removeItem(
      at: world.repository.appending(path: ".git/objects/\(id.prefix(2))/\(id.dropFirst(2))"))
  }

  @Test func `a file that did not change is not read again`() throws {
    let world = try Self.settledWorld()
    try world.commit(["clients/c5.yaml": Sample.client("c5", "lifetime: 40d")])
    let time = "\(Self.later(1))"
    let whole = try world.certwright(["plan", "--no-cache", "--at", time]).expect()
    try Self.hide("clients/c3.yaml", in: world)
    try world.certwright(["plan", "--no-cache", "--at", time]).expect(1, says: "is missing")
    let part = try world.certwright(["plan", "--at", time]).expect(says: "replace client c5")
    #expect(part.output == whole.output)
  }

  @Test func `an apply of a small change reads and writes nothing of anybody else`() throws {
    let world = try Self.settledWorld()
    try world.commit([
      "clients/c5.yaml": Sample.client("c5", "lifetime: 40d"),
      "revoked/c4.yaml": Sample.revocation("identity: c4"),
    ])
    let time = Self.later(1)
    try Self.hide("clients/c3.yaml", in: world)
    try world.apply(at: time, "--no-cache").expect(1, says: "is missing")
    try world.apply(at: time).expect(says: "replace client c5")
    // And so does the next one, which finds what this one left.
    try world.git("hash-object", "-w", "desired-state/clients/c3.yaml")
    try world.commit(["clients/c12.yaml": Sample.client("c12")])
    try Self.hide("clients/c3.yaml", in: world)
    try world.apply(at: time + .days(1)).expect(says: "issue   client c12")
    try world.apply(at: time + .days(2)).expect(says: "nothing to do")
    try world.git("hash-object", "-w", "desired-state/clients/c3.yaml")
    #expect(try world.plan(at: time + .days(2)).changes.map(\.line) == [])
    let readme = try world.published("README.md")
    #expect(readme.contains("| `c12` | client |") && readme.contains("| `c3` | client |"))
    #expect(!readme.contains("| `c4` | client |"))
  }

  @Test func `nothing is read at all while nothing has changed and nothing is due`() throws {
    let world = try Self.settledWorld()
    try Self.hide("authorities.yaml", in: world)
    let time = "\(Self.later(1))"
    try world.certwright(["plan", "--at", time]).expect(says: "no changes")
    try world.certwright(["reconcile", "--simulated-time", "--at", time]).expect()
    // The CRL falls due on the fourth day.
    try world.certwright(["plan", "--at", "\(Self.later(5))"]).expect(1, says: "is missing")
  }

  @Test func `a note that is damaged, gone or of another program counts for nothing`() throws {
    let world = try Self.settledWorld()
    let tip = try #require(try world.tip())
    let note = world.cache.appending(path: "\(tip).json")
    let index = world.cache.appending(path: "\(tip).index")
    let time = "\(Self.later(1))"
    try world.commit(["clients/c5.yaml": Sample.client("c5", "lifetime: 40d")])
    let expected = try world.certwright(["plan", "--at", time]).expect().output
    let (text, bytes) = (try Data(contentsOf: note), try Data(contentsOf: index))
    let other = String(decoding: text, as: UTF8.self).replacing("bytes of", with: "octets of")
    let damages: [(URL, Data)] = [
      (note, Data(other.utf8)), (note, text.prefix(text.count / 2)), (note, Data()),
      (index, bytes.prefix(bytes.count / 2)), (index, Data(bytes.reversed())), (index, Data()),
    ]
    for (file, damaged) in damages {
      try text.write(to: note)
      try bytes.write(to: index)
      try damaged.write(to: file)
      #expect(try world.certwright(["plan", "--at", time]).expect().output == expected)
    }
    try FileManager.default.removeItem(at: world.cache)
    #expect(try world.certwright(["plan", "--at", time]).expect().output == expected)
    try Self.hide("clients/c3.yaml", in: world)
    try text.write(to: world.folder.url("unused"))
    try world.certwright(["plan", "--at", time]).expect(1, says: "is missing")
  }

  @Test func `a folder that cannot hold notes stops nothing`() throws {
    let world = try Self.settledWorld()
    try world.folder.write("file", "")
    for cache in [world.folder.url("file").path, "/proc/none"] {
      try world.certwright(["plan", "--at", "\(Self.later(1))", "--cache", cache])
        .expect(says: "no changes")
    }
  }

  /// Desired state in many files, as the generator changes it.
  private struct Model {
    var files: [String: String] = [
      "authorities.yaml": Sample.authorities,
      "servers.yaml": Sample.server("api", "dnsNames: [api.example.com]"),
      "edge.yaml": Sample.proxy(clients: ", allow: [c0, c1]"),
    ]
    var count = 16

    init() { for number in 0..<count { write(number, "lifetime: 40d") } }

    mutating func write(_ number: Int, _ lines: String...) {
      files["clients/c\(number).yaml"] = lines.reduce(Sample.client("c\(number)")) {
        $0 + $1 + "\n"
      }
    }

    /// Of what files say of each other, as much as fits into one hand.
    mutating func change(_ random: inout HistoryPropertyTests.Generator) {
      let number = Int.random(in: 2..<count, using: &random)
      let other = Int.random(in: 2..<count, using: &random)
      switch Int.random(in: 0..<13, using: &random) {
      case 0, 1:
        write(count, "lifetime: \(Int.random(in: 20...50, using: &random))d")
        count += 1
      case 2: write(number, "uris: [\"urn:v:\(other)\"]", "lifetime: 30d")
      case 3: files["clients/c\(number).yaml"] = nil
      case 4: write(number, "subject: {commonName: C\(other)}")
      case 5: write(number, "protected: true", "lifetime: 40d")
      case 6: write(number, "onRemoval: revoke", "lifetime: 40d")
      case 7:
        files["clients/c\(number).yaml"] = nil
        files["clients/m\(count).yaml"] = Sample.client("m\(count)", "renamedFrom: c\(number)")
        count += 1
      case 8: files["revoked/c\(number).yaml"] = Sample.revocation("identity: c\(number)")
      case 9: files["revoked/c\(number).yaml"] = nil
      case 10: files["edge.yaml"] = Sample.proxy(clients: ", allow: [c0, c1, c\(number)]")
      case 11: files["servers.yaml", default: ""] += "# \(other)\n"
      default: files["more.yaml"] = Sample.clients(["x\(number)", "x\(other)y"])
      }
    }
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `with and without notes every plan of a random history is the same`(
    _ seed: UInt64
  ) throws {
    var random = HistoryPropertyTests.Generator(state: seed)
    var model = Model()
    var time = World.start
    let world = try World(model.files)
    try world.converge(at: time)
    var planned = 0
    for _ in 0..<16 {
      let before = model.files
      for _ in 0..<Int.random(in: 0...2, using: &random) { model.change(&random) }
      time = time + Lifetime(seconds: Int.random(in: 1...(3 * 86_400), using: &random))
      let removed = before.keys.filter { model.files[$0] == nil }.map { ($0, String?.none) }
      try world.commit(
        model.files.mapValues { Optional($0) }.merging(removed) { first, _ in first })
      for format in ["json", "text", "markdown"] {
        let arguments = ["plan", "--at", "\(time)", "--format", format]
        let with = try world.certwright(arguments)
        let without = try world.certwright(arguments + ["--no-cache"])
        #expect(with.output == without.output, "seed \(seed), \(time)")
        #expect(with.errors == without.errors, "seed \(seed), \(time)")
        #expect(with.code == without.code, "seed \(seed), \(time)")
        planned += with.code == 0 ? 1 : 0
      }
      // A change with findings is taken back, and so is now and then a good one.
      if try world.apply(at: time).code != 0 || Int.random(in: 0..<6, using: &random) == 0 {
        model.files = before
        let added = try world.git("ls-files", "desired-state").split(separator: "\n")
          .map { String($0.dropFirst("desired-state/".count)) }
          .filter { before[$0] == nil }.map { ($0, String?.none) }
        try world.commit(
          before.mapValues { Optional($0) }.merging(added) { first, _ in first })
        _ = try world.apply(at: time)
      }
      // What an apply from a part has written is what one from everything would have.
      let left = ["plan", "--at", "\(time)", "--format", "json"]
      let (with, without) = (
        try world.certwright(left), try world.certwright(left + ["--no-cache"])
      )
      #expect(with.output == without.output, "seed \(seed), \(time)")
      #expect(!without.output.contains("README.md"), "seed \(seed), \(time)")
    }
    #expect(planned > 12)
  }
}
