import Foundation
import Testing

/// Clocks that go back, damaged objects, and a power cut.
struct StateFaultTests {
  @Test func `a clock that goes back behind the newest CRL stops the run`() throws {
    let place = try FaultTemplate.of(.later).copy()
    let before = try place.tip
    let outcome = try place.apply(
      below: ["faketime", "-f", "-1d"], environment: ["FAKETIME_DONT_FAKE_MONOTONIC": "1"])
    outcome.expect(1, says: "the clock says")
    #expect(try place.tip == before)
    let problems = try place.problems(after: outcome, from: before)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test func `a clock that is a little behind is no reason to stop, and times still increase`()
    throws
  {
    let place = try FaultTemplate.of(.later).copy()
    let before = try place.tip
    let outcome = try place.apply(
      below: ["faketime", "-f", "-4m"], environment: ["FAKETIME_DONT_FAKE_MONOTONIC": "1"])
    outcome.expect()
    #expect(try place.git("merge-base", "--is-ancestor", before ?? "", "published").code == 0)
    try place.certwright(["verify"]).expect(says: "no problems")
    try place.apply().expect(says: "nothing to do")
  }

  /// What a power cut or a hostile neighbour makes of a loose object, in Python.
  private static let wounds = [
    "truncated": "data[:-5]",
    "cut to its header": "data[:3]",
    "empty": "b''",
    // libgit2 spins for ever on the first and writes past its buffer on this one.
    "understated": "zlib.compress(b'blob 5\\0' + b'A' * 60000, 0)",
    "overstated": "zlib.compress(b'blob 99999\\0' + b'A' * 100)",
    "huge": "zlib.compress(b'blob 999999999999\\0abc')",
    "of another content": "zlib.compress(b'blob 3\\0abc')",
  ]

  @Test(arguments: [
    "HEAD", "HEAD:desired-state", "HEAD:desired-state/more.yaml", "published",
    "published^{tree}", "published:authorities",
  ])
  func `a damaged object is an error at once, and nothing is lost`(object: String) throws {
    let place = try FaultTemplate.of(.later).copy()
    let before = try place.tip
    // Objects in packs are made loose, so that each can be wounded.
    try Program.run(
      [
        "sh", "-c",
        "mkdir ../packs && mv .git/objects/pack/* ../packs && "
          + "for p in ../packs/*.pack; do git unpack-objects -q < $p; done",
      ], in: place.repository
    ).expect()
    let id = try place.git("rev-parse", object).expect().output
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let path = ".git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
    let file = place.repository.appending(path: path)
    let sound = try Data(contentsOf: file)
    var last: Outcome?
    for (name, wound) in Self.wounds.sorted(by: { $0.key < $1.key }) {
      try FileManager.default.removeItem(at: file)
      let source = try place.folder.write("sound", Array(sound)).path
      let script =
        "import zlib; data = open('\(source)', 'rb').read(); "
        + "open('\(file.path)', 'wb').write(\(wound))"
      try Program.run(["python3", "-c", script], in: place.repository).expect()
      let clock = ContinuousClock.now
      let outcome = try place.apply()
      #expect(outcome.code == 1, "\(name): \(outcome.code) \(outcome.output)\(outcome.errors)")
      #expect(ContinuousClock.now - clock < .seconds(20), "\(name)")
      last = outcome
    }
    try FileManager.default.removeItem(at: file)
    try sound.write(to: file)
    #expect(try place.tip == before)
    let problems = try place.problems(after: try #require(last), from: before)
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test(arguments: FaultTemplate.Kind.allCases)
  func `all that a run wrote is durable before the branch moves`(kind: FaultTemplate.Kind) throws {
    let place = try FaultTemplate.of(kind).copy()
    let log = place.folder.url("trace")
    try place.apply(below: [
      "strace", "-f", "-y", "-qq", "-s", "4096", "-o", log.path, "-e",
      "trace=write,pwrite64,fsync,fdatasync,syncfs,rename,renameat,renameat2,link,linkat,mkdir,"
        + "mkdirat",
    ]).expect()
    let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
      .replacing(place.folder.root.path, with: "/case")
    let trace = DurabilityTrace(text)
    #expect(trace.moved, "the branch did not move: \(text.suffix(2_000))")
    #expect(trace.problems == [])
    #expect(trace.writtenCount >= 4)
  }
}

/// The order of writes and flushes of a run: what a power cut at the move of the branch would lose.
struct DurabilityTrace {
  private(set) var problems: [String] = []
  private(set) var moved = false
  private(set) var writtenCount = 0
  /// Files whose bytes, and folders whose names, are not yet on the disk.
  private var dirty: Set<String> = []

  init(_ text: String) {
    for line in text.split(separator: "\n") where !line.contains("= -1 ") {
      follow(String(line))
    }
    if !dirty.filter({ $0.hasSuffix("refs/heads") }).isEmpty {
      problems.append("the branch's own name was not flushed")
    }
  }

  private mutating func follow(_ line: String) {
    let paths = line.matches(of: /["<](\/[^">]*)[">]/).map { String($0.1) }
    guard let call = line.firstMatch(of: /^[0-9]+ +([a-z0-9]+)\(/).map({ String($0.1) }),
      let path = paths.first(where: { $0.hasPrefix("/case") })
    else { return }
    switch call {
    case "write", "pwrite64":
      // The lock of runs and git's reflog tell people something; nothing depends on them.
      guard !path.hasSuffix("certwright.lock"), !path.contains("/logs/") else { return }
      dirty.insert(path)
      writtenCount += 1
    case "fsync", "fdatasync": dirty.remove(path)
    case "syncfs": dirty = []
    case "mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "linkat": name(line, paths)
    default: return
    }
  }

  /// A new name is durable when its folder is flushed, and must not name bytes that are not.
  private mutating func name(_ line: String, _ paths: [String]) {
    let words = line.matches(of: /(?:<(\/[^>]*)>, )?"([^"]*)"/).map { match in
      match.2.hasPrefix("/") ? String(match.2) : "\(match.1 ?? "")/\(match.2)"
    }
    guard let target = words.last, !target.contains(".staging-"), !target.contains("/logs/") else {
      return
    }
    if words.count == 2, dirty.remove(words[0]) != nil {
      problems.append("\(target) was named before its bytes were flushed")
    }
    if target.hasSuffix("refs/heads/published") {
      moved = true
      if !dirty.isEmpty { problems.append("not flushed when the branch moved: \(dirty.sorted())") }
    }
    dirty.insert(String(target.prefix(upTo: target.lastIndex(of: "/") ?? target.startIndex)))
  }
}
