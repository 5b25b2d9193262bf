import Foundation
import Git
import PKI
import Testing

@testable import Reconciler

/// Runs command lines with the real shell and remembers them.
private final class Shell {
  private(set) var lines: [String] = []

  func run(_ line: String) throws(ReconcileError) -> Installation.CommandResult {
    lines.append(line)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    do {
      try process.run()
      let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return Installation.CommandResult(
        isSuccess: process.terminationStatus == 0, output: String(decoding: output, as: UTF8.self))
    } catch {
      throw .invalid("\(error)", hint: nil)
    }
  }
}

struct InstallationTests {
  private let shell = Shell()

  private func install(
    _ world: AuditWorld, check: String? = "true", reload: String? = "true", proxy: String = "front"
  ) throws -> Installation.Outcome {
    let installation = Installation(
      world.options(), folder: world.folder + "/host", run: shell.run)
    return try installation.install(
      try #require(Name(proxy)), check: check, reload: reload,
      in: try Repository(at: world.repository))
  }

  private func text(_ path: String, _ world: AuditWorld) -> String? {
    FileManager.default.contents(atPath: "\(world.folder)/host/\(path)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func putKey(_ world: AuditWorld) throws {
    let folder = world.folder + "/host"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try SecretFile.write(Array("secret".utf8), to: folder + "/api.pem.key", replaces: false)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/notes.txt"))
  }

  /// Revokes another client, so that the bundle's CRL changes.
  private func change(_ world: AuditWorld) throws {
    try world.declare(
      "kind: Revocation\nidentity: teams/app3\nreason: superseded\n", in: "more.yaml")
    try world.apply()
  }

  @Test func `a first installation makes the folder with everything in it readable`() throws {
    let world = try AuditWorld.applied()
    let outcome = try install(world)
    let files = try world.files("proxies/front")
    let tip = try world.git("rev-parse", "published")
    #expect(outcome == .installed(try #require(ObjectID(hex: tip)), files: files.count))
    for path in files {
      let below = String(path.dropFirst("proxies/front/".count))
      #expect(text(below, world) == String(decoding: try world.published(path), as: UTF8.self))
      let attributes = try FileManager.default.attributesOfItem(
        atPath: "\(world.folder)/host/\(below)")
      #expect(attributes[.posixPermissions] as? Int == 0o644)
    }
    #expect(shell.lines == ["true", "true"])
  }

  @Test func `nothing new runs nothing`() throws {
    let world = try AuditWorld.applied()
    _ = try install(world)
    let outcome = try install(world)
    guard case .unchanged = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(shell.lines.count == 2)
  }

  @Test func `private keys and other files of the host stay where they are`() throws {
    let world = try AuditWorld.applied()
    try putKey(world)
    _ = try install(world)
    try change(world)
    _ = try install(world)
    #expect(text("api.pem.key", world) == "secret")
    #expect(text("notes.txt", world) == "mine")
    let attributes = try FileManager.default.attributesOfItem(
      atPath: world.folder + "/host/api.pem.key")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: world.folder).allSatisfy {
        !$0.contains("certwright-new")
      })
  }

  @Test(arguments: [("echo no good; exit 3", "true"), ("true", "echo no good; exit 3")])
  func `a failing command brings the previous bundle back`(
    check: String, reload: String
  ) throws {
    let world = try AuditWorld.applied()
    try putKey(world)
    _ = try install(world)
    let before = try HostFile.files(below: world.folder + "/host").map { text($0, world) }
    try change(world)
    let error = try #require(throws: ReconcileError.self) {
      try install(world, check: check, reload: reload)
    }
    #expect(error.message.contains("the previous bundle is back:\nno good"))
    #expect(try HostFile.files(below: world.folder + "/host").map { text($0, world) } == before)
    #expect(text("api.pem.key", world) == "secret")
    // The next installation is the same again, and succeeds.
    guard case .installed = try install(world) else {
      Issue.record("not installed")
      return
    }
  }

  @Test func `a first installation whose check fails leaves no folder`() throws {
    let world = try AuditWorld.applied()
    #expect(throws: ReconcileError.self) { try install(world, check: "false") }
    #expect(!FileManager.default.fileExists(atPath: world.folder + "/host"))
  }

  @Test func `an older CRL than the installed one is refused`() throws {
    let world = try AuditWorld.applied()
    let old = try world.git("rev-parse", "published")
    try change(world)
    _ = try install(world)
    try world.git("update-ref", "refs/heads/published", old)
    let error = try #require(throws: ReconcileError.self) { try install(world) }
    #expect(error.message.contains("older than the installed"))
  }

  @Test func `a stale bundle and an unknown proxy are refused`() throws {
    let world = try AuditWorld.applied()
    let unknown = try #require(throws: ReconcileError.self) {
      try install(world, proxy: "frond")
    }
    #expect(unknown.hint == "did you mean \"front\"?")
    world.now = world.now + .days(20)
    let stale = try #require(throws: ReconcileError.self) { try install(world) }
    #expect(stale.message.contains("is stale since"))
    #expect(shell.lines.isEmpty)
  }

  @Test func `a tampered certificate in the bundle is refused`() throws {
    let world = try AuditWorld.applied()
    try world.tamper { folder in
      let path = "\(folder)/proxies/front"
      let files = try HostFile.files(below: path).filter { $0.hasSuffix(".pem") }
      let edge = try PEM.blocks(in: try world.published("authorities/edge/ca.pem"))[0].der
      var forged = edge
      forged[forged.count - 1] ^= 1
      for file in files {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")))
        let blocks = try PEM.blocks(in: bytes).map {
          PEM.encode($0.label, $0.der == edge ? forged : $0.der)
        }
        try Data(blocks.joined()).write(to: URL(fileURLWithPath: "\(path)/\(file)"))
      }
    }
    let error = try #require(throws: ReconcileError.self) { try install(world) }
    #expect(error.message.contains("does not bear its issuer's signature"))
  }
}
