import Foundation
import Testing

/// Repositories come in many shapes; what is planned must not depend on them.
struct RepositoryShapeTests {
  /// The text of a plan at a moment, made in a folder.
  private func plan(_ world: World, in place: URL, _ more: String...) throws -> String {
    try world.certwright(["plan", "--at", "2031-01-01T00:00:00Z"] + more, in: place).expect().output
  }

  private func applied() throws -> World {
    let world = try World()
    try world.converge(at: World.start)
    try world.commit(["more.yaml": Sample.client("app2")])
    return world
  }

  @Test func `bare, packed, cloned and linked repositories and subfolders plan the same`() throws {
    let world = try applied()
    let expected = try plan(world, in: world.repository)
    #expect(expected.contains("issue   client app2"))

    let bare = world.folder.url("bare.git")
    try world.git("clone", "-q", "--bare", ".", bare.path)
    #expect(try plan(world, in: bare) == expected)
    #expect(try plan(world, in: world.folder.root, "--repository", bare.path) == expected)

    let linked = world.folder.url("linked")
    try world.git("worktree", "add", "-q", "--detach", linked.path)
    #expect(try plan(world, in: linked) == expected)

    let folder = world.repository.appending(path: "desired-state")
    #expect(try plan(world, in: folder) == expected)

    try world.git("gc", "-q", "--prune=now")
    try world.git("pack-refs", "--all")
    #expect(try plan(world, in: world.repository) == expected)
  }

  @Test func `a clone of depth one plans the same and can apply`() throws {
    let world = try applied()
    let expected = try plan(world, in: world.repository)
    let shallow = world.folder.url("shallow")
    try world.git(
      "clone", "-q", "--depth", "1", "--no-single-branch", "file://\(world.repository.path)",
      shallow.path)
    _ = try Program.run(["git", "branch", "-q", "published", "origin/published"], in: shallow)
    let lines = try plan(world, in: shallow).split(separator: "\n")
    // What could not be checked is said, and nothing else differs.
    let warnings = lines.filter { $0.hasPrefix("warning: ") }
    // The commit that brought a line lies beyond the cut.
    let unnamed = expected.replacing(/, commit [0-9a-f]{12} by Ada/, with: "")
    #expect(lines.filter { !warnings.contains($0) } == unnamed.split(separator: "\n"))
    try world.certwright(
      ["apply", "--auto-approve", "--at", "2031-01-01T00:00:00Z", "--allow", "authorities=9"],
      in: shallow
    ).expect(says: "applied")
  }

  @Test func `a bare repository can be applied`() throws {
    let world = try applied()
    let bare = world.folder.url("bare.git")
    try world.git("clone", "-q", "--bare", ".", bare.path)
    try world.certwright(
      ["apply", "--auto-approve", "--at", "2030-01-01T01:00:00Z"], in: bare
    ).expect(says: "applied")
    try world.certwright(["validate", "--worktree"], in: bare).expect(1, says: "bare")
  }

  @Test func `desired state can lie in another folder, at the root and on another revision`() throws
  {
    let world = try World([:])
    try world.folder.write("repository/pki/ca/all.yaml", Sample.authorities)
    try world.git("add", "-A")
    try world.git("commit", "-qm", "elsewhere")
    try world.git("tag", "reviewed")
    try world.git("rm", "-rq", "pki")
    try world.git("commit", "-qm", "gone")
    try world.certwright(["plan", "--path", "pki/ca"]).expect(1, says: "has no folder \"pki/ca\"")
    try world.certwright(["plan", "--path", "pki/ca", "--ref", "reviewed"])
      .expect(says: "issue   authority root")
  }

  @Test func `the published branch can have another name, by flag and by settings`() throws {
    let world = try World()
    try world.apply(at: nil, "--published", "pki/live").expect()
    #expect(try world.tip("pki/live") != nil)
    #expect(try world.tip() == nil)
    try world.commit([
      "settings.yaml": "kind: Settings\nname: s\npublish: {branch: chosen}\n"
    ])
    try world.apply().expect()
    #expect(try world.tip("chosen") != nil)
    try world.apply(at: nil, "--published", "chosen").expect(says: "nothing to do")
  }
}
