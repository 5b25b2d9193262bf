import Foundation
import PKI
import Testing

/// A host on which jobs run: a git server that is a bare repository, a state folder, and a PATH on
/// which the real certwright writes down how it was called.
final class JobHost: Sendable {
  static let passphrase = "correct horse battery staple"

  let world: World
  var folder: URL { world.folder.root }
  var origin: URL { world.folder.url("origin.git") }
  var state: URL { world.folder.url("state") }
  private var tools: URL { world.folder.url("tools") }
  private var log: URL { world.folder.url("calls") }
  /// What a forge keeps: the comment, and the files of a job.
  var forge: URL { world.folder.url("forge") }

  /// A server with a first desired state that has been applied.
  init() throws {
    world = try World()
    for place in [state, forge, forge.appending(path: "artifact")] {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    }
    try world.folder.write("calls", "")
    try Data((Self.passphrase + "\n").utf8).write(to: state.appending(path: "passphrase"))
    try addTool(
      "certwright", "printf '%s\\n' \"$*\" >>'\(log.path)'\nexec '\(Program.certwright)' \"$@\"")
    try world.apply(environment: environment).expect()
    try world.git("init", "-q", "--bare", "-b", "main", origin.path)
    try world.git("remote", "add", "origin", origin.path)
    try world.git("push", "-q", "origin", "main", "published")
    try world.git("branch", "-D", "-q", "published")
  }

  func addTool(_ name: String, _ script: String) throws {
    let file = try world.folder.write("tools/\(name)", "#!/bin/bash\nset -eu\n\(script)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  var environment: [String: String] {
    [
      "PATH": "\(tools.path):" + (Program.environment["PATH"] ?? ""),
      "CERTWRIGHT_KEYS": state.appending(path: "keys").path,
      "CERTWRIGHT_CLONES": state.appending(path: "clones").path,
      "CERTWRIGHT_PASSPHRASE": Self.passphrase,
      // Jobs write to it. git replaces the file by another one, which /dev/null must not become.
      "GIT_CONFIG_GLOBAL": world.folder.url("gitconfig").path,
    ]
  }

  /// A file's text for this host.
  func localized(_ text: String) -> String {
    text.replacing("/var/lib/certwright", with: state.path)
      .replacing("/etc/certwright", with: state.path)
      .replacing("/run/certwright", with: state.path)
      .replacing("%d", with: state.path)
      .replacing("ssh://git@git.example.com/pki.git", with: "file://\(origin.path)")
  }

  func run(
    _ script: String, in place: URL, shell: [String] = ["bash", "-eo", "pipefail"],
    _ more: [String: String] = [:]
  ) throws -> Outcome {
    try Program.run(
      shell + ["-c", script], in: place, environment: environment.merging(more) { $1 })
  }

  /// An empty folder for a job.
  func workspace() throws -> URL {
    let place = world.folder.url("work-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    return place
  }

  /// How certwright was called so far.
  func calls() throws -> [[String]] {
    try log.text().split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }

  /// Each command line of the file was carried out, with all its flags.
  func expectEveryCommand(
    of file: JobFile, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let lines = try file.commandLines()
    #expect(!lines.isEmpty, sourceLocation: sourceLocation)
    let calls = try calls()
    for line in lines {
      #expect(
        calls.contains { $0.first == line.first && Set(line).isSubset(of: $0) },
        "\(file.path): \(line) was not run", sourceLocation: sourceLocation)
    }
  }

  // MARK: - The server

  func published(_ path: String) throws -> Bool {
    try Program.run(
      ["git", "cat-file", "-e", "published:\(path)"], in: origin
    ).code == 0
  }

  func publishedTip() throws -> String {
    try Program.run(["git", "rev-parse", "published"], in: origin).expect().output
  }

  /// Pushes a branch with a change, and what its merge would be, as forges do.
  func openRequest(_ files: [String: String?]) throws -> String {
    try world.git("switch", "-q", "-c", "topic", "main")
    try world.commit(files)
    let head = try world.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)
    try world.git("switch", "-q", "--detach", "main")
    try world.git("merge", "-q", "--no-ff", "-m", "merge of a request", "topic")
    try world.git("push", "-q", "origin", "topic:refs/pull/1/head", "HEAD:refs/pull/1/merge")
    try world.git("switch", "-q", "main")
    return head
  }

  /// Merges it as one commit.
  func squash(_ message: String) throws -> String {
    try world.git("merge", "-q", "--squash", "topic")
    try world.git("commit", "-q", "-m", message)
    return try push()
  }

  func push() throws -> String {
    try world.git("push", "-q", "origin", "main")
    return try world.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)
  }
}
