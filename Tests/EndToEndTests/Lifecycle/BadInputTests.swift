import Foundation
import PKI
import Testing

/// What is broken or hostile is refused with exit code 1 and a message; nothing is published and no
/// signal ends the program.
struct BadInputTests {
  private func refuse(
    _ world: World, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for command in [["validate"], ["plan"]] {
      try world.certwright(command).expect(1, says: message, sourceLocation: sourceLocation)
    }
    try world.apply().expect(1, says: message, sourceLocation: sourceLocation)
    #expect(try world.tip() == nil, sourceLocation: sourceLocation)
    #expect(
      !FileManager.default.fileExists(atPath: world.keys.path), sourceLocation: sourceLocation)
  }

  // MARK: - Documents

  static let documents: [(String, String)] = [
    ("kind: Cleint\nname: a\n", "a.yaml:1:7: "),
    ("kind: Client\nname: ../../etc/passwd\nissuer: root\n", "a.yaml:2:7: "),
    ("kind: Client\nname: a\nname: b\nissuer: root\n", "a.yaml:3:1: "),
    ("kind: Client\nname: a\nissuer: root\nlifetime: 010d\n", "a.yaml:4:11: "),
    ("kind: Client\nname: a\nissuer: root\nlifetime: 99999999999999999999d\n", "a.yaml:4:11: "),
    ("kind: Client\nname: a\nissuer: root\nuris: [\"urn:a\\nb\"]\n", "a.yaml:4:8: "),
    ("kind: Client\nname: \"a\\0b\"\nissuer: root\n", "a.yaml:2:7: "),
    ("kind: Server\nname: a\nissuer: root\ndnsNames: [\"a.example.com,DNS:b\"]\n", "a.yaml:4:12: "),
    ("kind: Server\nname: a\nissuer: root\ndnsNames: [\"*.*.example.com\"]\n", "a.yaml:4:12: "),
    ("kind: Server\nname: a\nissuer: root\nipAddresses: [\"1.2.3.256\"]\n", "a.yaml:4:15: "),
    (
      "kind: Client\nname: a\nissuer: root\nsubject: {commonName: \"a\\u202eb\"}\n",
      "a.yaml:4:22: "
    ),
    ("kind: Client\nname: a\nissuer: root\nrequest: ../../secret.csr\n", "a.yaml:4:10: "),
    ("kind: Client\nname: a\nissuer: root\nrequest: /etc/passwd\n", "a.yaml:4:10: "),
    ("kind: Client\nname: a\nissuer: nobody\n", "a.yaml:3:9: "),
    ("kind: Authority\nname: root\nsubject: {commonName: B}\nlifetime: 9d\n", "already"),
    ("kind: Client\nname: root\nissuer: root\n", "already"),
    ("a: &a [*a]\n", "a.yaml:1:"), ("a: !!python/object:os.system x\n", "a.yaml:1:"),
    ("{", "a.yaml:"), ("\u{0}", "a.yaml:"), ("- kind: Client\n", "a.yaml:1:1: "),
    (String(repeating: "[", count: 5_000), "a.yaml:1:"),
  ]

  @Test(arguments: documents)
  func `a bad document is refused with its place`(_ text: String, _ message: String) throws {
    try refuse(try World(["a.yaml": text, "z.yaml": Sample.root]), message)
  }

  @Test func `every finding of every file is reported in one run`() throws {
    let bad = (0..<40).map { ("d\($0)/f.yaml", "kind: Nothing\nname: x\n") }
    let world = try World(Dictionary(uniqueKeysWithValues: bad))
    let outcome = try world.certwright(["validate"]).expect(1, says: "40 findings")
    #expect(
      outcome.errors.split(separator: "\n").filter { $0.contains("f.yaml:1:7: ") }.count == 40)
  }

  @Test func `authorities in a cycle are refused`() throws {
    try refuse(
      try World([
        "a.yaml": Sample.authority("one", issuer: "two") + Sample.authority("two", issuer: "one")
      ]), "a.yaml:")
  }

  @Test func `two outputs at one path are refused`() throws {
    try refuse(
      try World(["a.yaml": Sample.authorities + Sample.client("team") + Sample.client("team/a.pem")]
      ),
      "a.yaml:")
    try refuse(
      try World([
        "a.yaml": Sample.authorities + Sample.client("same")
          + Sample.server("same", "dnsNames: [a.b]")
      ]), "same")
  }

  @Test func `a text with a byte that is not UTF-8 is refused`() throws {
    let world = try World([:])
    try world.folder.write("repository/desired-state/a.yaml", [0x6b, 0xff, 0xfe, 0x0a])
    try world.commit([:])
    try refuse(world, "a.yaml:1:2: ")
  }

  // MARK: - Trees

  /// Commits a desired-state tree with one raw entry beside the sample's files.
  private func commitRaw(_ world: World, _ entries: [(mode: String, name: String, id: String)])
    throws
  {
    var bytes: [UInt8] = []
    for entry in entries {
      bytes += Array("\(entry.mode) \(entry.name)".utf8) + [0] + (Hex.decode(entry.id) ?? [])
    }
    let file = try world.folder.write("tree", bytes)
    func line(_ text: String) -> String { text.trimmingCharacters(in: .newlines) }
    let tree = line(
      try world.git("hash-object", "-w", "-t", "tree", "--literally", file.path))
    let top = try world.folder.write("top", "040000 tree \(tree)\tdesired-state\n")
    let root = line(
      try Program.run(["sh", "-c", "git mktree < \(top.path)"], in: world.repository).expect()
        .output)
    let commit = line(try world.git("commit-tree", root, "-m", "hostile"))
    try world.git("update-ref", "refs/heads/main", commit)
  }

  @Test(arguments: [
    ("120000", "link.yaml"), ("160000", "module"), ("100644", ".."), ("40000", ".."),
    ("100644", ".git"), ("100644", "a/b.yaml"), ("100644", "a\\b.yaml"), ("100644", ""),
    ("100644", "new\nline.yaml"), ("0", "zero.yaml"), ("777777", "mode.yaml"),
  ])
  func `a hostile tree entry is refused`(_ mode: String, _ name: String) throws {
    let world = try World()
    let blob = try world.git("rev-parse", "HEAD:desired-state/authorities.yaml")
      .trimmingCharacters(in: .newlines)
    let good = ("100644", "0.yaml", blob)
    try commitRaw(world, [good, (mode, name, blob)])
    for command in [["validate"], ["plan"]] {
      let outcome = try world.certwright(command).expect(1)
      #expect(outcome.errors.hasPrefix("certwright: error: "))
    }
    try world.apply().expect(1)
    #expect(try world.tip() == nil)
  }

  @Test func `duplicate, unsorted and dangling entries are refused`() throws {
    let world = try World()
    let blob = try world.git("rev-parse", "HEAD:desired-state/authorities.yaml")
      .trimmingCharacters(in: .newlines)
    let missing = String(repeating: "ab", count: 20)
    for entries in [
      [("100644", "a.yaml", blob), ("100644", "a.yaml", blob)],
      [("100644", "b.yaml", blob), ("100644", "a.yaml", blob)],
      [("100644", "a.yaml", missing)], [("40000", "folder", missing)],
      [("40000", "folder", blob)],
    ] {
      try commitRaw(world, entries.map { (mode: $0.0, name: $0.1, id: $0.2) })
      try world.certwright(["plan"]).expect(1)
      try world.apply().expect(1)
    }
    #expect(try world.tip() == nil)
  }

  // MARK: - Repositories

  @Test func `no repository, no commit, no folder and SHA-256 are told apart`() throws {
    let world = try World([:])
    let place = world.folder.url("elsewhere")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try world.certwright(["plan"], in: place).expect(1, says: "no git repository at \".\" or above")
    try world.certwright(["plan", "--repository", "/nonexistent"]).expect(1, says: "/nonexistent")
    try world.certwright(["plan"]).expect(1, says: "HEAD has no folder \"desired-state\"")
    try world.certwright(["plan", "--ref", "nowhere"]).expect(
      1, says: "\"nowhere\" is not a commit")
    try Program.run(["git", "init", "-q", "-b", "main", "."], in: place).expect()
    try world.certwright(["plan"], in: place)
      .expect(1, says: "HEAD is the branch \"main\", which has no commit yet")
    let modern = world.folder.url("modern")
    try Program.run(
      ["git", "init", "-q", "--object-format=sha256", modern.path], in: place
    ).expect()
    try world.certwright(["plan"], in: modern).expect(1, says: "SHA-256")
  }

  @Test func `a loose object that a power cut truncated ends the run at once`() throws {
    let world = try World()
    let id = try world.git("rev-parse", "HEAD:desired-state/identities.yaml")
      .trimmingCharacters(in: .newlines)
    let file = world.repository.appending(path: ".git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
    let whole = try Data(contentsOf: file)
    try Program.run(["chmod", "u+w", file.path], in: world.repository).expect()
    for length in [0, 1, 10, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: file)
      try world.certwright(["plan"]).expect(1, says: id)
      try world.apply().expect(1, says: "the repository is damaged")
    }
    #expect(try world.tip() == nil)
  }

  @Test func `a file where the desired state should be is refused`() throws {
    let world = try World([:])
    try world.folder.write("repository/desired-state", "a file")
    try world.commit([:])
    try refuse(world, "has no folder \"desired-state\"")
  }
}
