import Foundation
import PKI
import Testing

/// What a proxy host takes over the network, by the commands that its guide names.
struct HostFetchTests {
  /// A fleet whose proxy lets one client in, and the remote that hosts fetch from.
  private static func remote(_ count: Int) throws -> (world: World, remote: URL) {
    let world = try World([
      "authorities.yaml": Sample.authorities,
      "servers.yaml": Sample.server("api", "dnsNames: [api.example.com]"),
      "edge.yaml": Sample.proxy(clients: ", allow: [fleet/c0]"),
      "fleet.yaml": Sample.clients((0..<count).map { "fleet/c\($0)" }),
    ])
    try world.converge(at: World.start)
    let remote = world.folder.url("remote.git")
    try world.git("clone", "--quiet", "--bare", world.repository.path, remote.path)
    try world.git("-C", remote.path, "config", "uploadpack.allowFilter", "true")
    return (world, remote)
  }

  /// Fetches the bundle as a new host does.
  private static func clone(_ remote: URL, in world: World) throws -> URL {
    let clone = world.folder.url("host.git")
    try world.git(
      "clone", "--quiet", "--bare", "--depth=1", "--filter=tree:1", "--branch=published",
      "file://\(remote.path)", clone.path)
    try archive(clone, in: world)
    return clone
  }

  private static func archive(_ clone: URL, in world: World) throws {
    try world.git(
      "-C", clone.path, "archive", "--output=\(world.folder.url("bundle.tar").path)",
      "published:proxies/edge")
  }

  /// Every object that a clone has, be it in a pack or loose.
  private static func count(_ clone: URL, in world: World) throws -> Int {
    try world.git("-C", clone.path, "count-objects", "-v").split(separator: "\n")
      .filter { $0.hasPrefix("count: ") || $0.hasPrefix("in-pack: ") }
      .reduce(0) { $0 + (Int($1.drop { $0 != " " }.dropFirst()) ?? 0) }
  }

  @Test func `a host's first fetch is as small for a large fleet as for a small one`() throws {
    let counts = try [20, 400].map { count in
      let (world, remote) = try Self.remote(count)
      return try Self.count(try Self.clone(remote, in: world), in: world)
    }
    #expect(counts[0] == counts[1])
  }

  @Test func `a later fetch brings what changed, and both can be installed`() throws {
    let (world, remote) = try Self.remote(20)
    let clone = try Self.clone(remote, in: world)
    let folder = world.folder.url("edge").path
    let install = ["install", "edge", "--repository", clone.path, "--to", folder]
    let first = "\(World.start)"
    try world.certwright(install + ["--at", first]).expect(says: "installed")
    let before = try Self.count(clone, in: world)
    try world.commit(["revoked.yaml": Sample.revocation("identity: fleet/c0")])
    let later = World.start + Lifetime.days(1)
    try world.converge(at: later)
    try world.git("push", "--quiet", remote.path, "published")
    try world.git("-C", clone.path, "fetch", "--quiet", "origin", "published:published")
    try Self.archive(clone, in: world)
    #expect(try Self.count(clone, in: world) < 2 * before)
    try world.certwright(install + ["--at", "\(later)"]).expect(says: "installed")
    try world.certwright(install + ["--at", "\(later)"]).expect(says: "unchanged")
  }
}
