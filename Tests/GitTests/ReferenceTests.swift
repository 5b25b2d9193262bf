import Foundation
import Git
import PKI
import Testing

@Suite struct ReferenceTests {
  private let branch = "refs/heads/published"

  private func move(
    _ repository: borrowing Repository, to: ObjectID, expecting: ObjectID?
  ) throws -> ReferenceUpdate {
    try repository.updateReference(
      branch, to: to, expecting: expecting, by: ada, message: "certwright: publish")
  }

  @Test(arguments: [false, true])
  func `of two writers one loses`(packed: Bool) throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let second = try repository.resolve("HEAD").id
    let first = try repository.resolve("HEAD~1").id
    #expect(try move(repository, to: first, expecting: second) == .lost(found: nil))
    #expect(try move(repository, to: first, expecting: nil) == .moved)
    if packed { try sandbox.git("pack-refs", "--all") }
    #expect(try move(repository, to: second, expecting: nil) == .lost(found: first))
    #expect(try move(repository, to: second, expecting: first) == .moved)
    #expect(try move(repository, to: first, expecting: first) == .lost(found: second))
    #expect(try repository.reference(branch) == second)
    #expect(try sandbox.git("rev-parse", branch) == second.hex)
  }

  @Test func `racing creators have one winner`() async throws {
    let sandbox = try Sandbox.withHistory()
    let head = try Repository(at: sandbox.path).resolve("HEAD").id
    let first = try Repository(at: sandbox.path).resolve("HEAD~1").id
    let (path, branch) = (sandbox.path, branch)
    let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          let target = number.isMultiple(of: 2) ? head : first
          let repository = try Repository(at: path)
          return try repository.updateReference(
            branch, to: target, expecting: nil, by: ada, message: "race") == .moved
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(winners == 1)
  }

  @Test func `a lock file that a crash left is named`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let head = try repository.resolve("HEAD").id
    try sandbox.write("", to: "repo/.git/refs/heads/published.lock")
    let file = repository.commonFolder + "/refs/heads/published.lock"
    #expect(throws: GitError.locked(file: file)) {
      try move(repository, to: head, expecting: nil)
    }
  }

  @Test func `a damaged reference is never an absent one`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let head = try repository.resolve("HEAD").id
    for content in ["", "garbage\n", "ref: refs/heads/nowhere\n", "1234\n"] {
      try sandbox.write(content, to: "repo/.git/refs/heads/published")
      #expect(throws: GitError.self, "\(content)") { try repository.reference(branch) }
      #expect(throws: GitError.self) { try move(repository, to: head, expecting: nil) }
    }
    try FileManager.default.removeItem(atPath: sandbox.path + "/.git/refs/heads/published")
    #expect(try repository.reference(branch) == nil)
  }

  @Test func `a symbolic reference is never written to`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.git("symbolic-ref", branch, "refs/heads/main")
    let repository = try Repository(at: sandbox.path)
    let head = try repository.resolve("HEAD").id
    #expect(try repository.reference(branch) == head)
    #expect(throws: GitError.self) { try move(repository, to: head, expecting: head) }
    #expect(try sandbox.git("symbolic-ref", branch) == "refs/heads/main")
  }

  @Test func `a reference cannot stand where another has its folder`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let head = try repository.resolve("HEAD").id
    #expect(try move(repository, to: head, expecting: nil) == .moved)
    try sandbox.git("pack-refs", "--all")
    #expect(throws: GitError.self) {
      try repository.updateReference(
        branch + "/below", to: head, expecting: nil, by: ada, message: "")
    }
    try sandbox.git("fsck", "--strict")
  }

  @Test func `a branch that is checked out somewhere is known`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.git("worktree", "add", "-q", "../linked", "-b", "side")
    try sandbox.git("clone", "-q", "--bare", "repo", "bare", in: "")
    for folder in ["repo", "linked"] {
      let repository = try Repository(at: sandbox.folder + "/" + folder)
      #expect(try repository.worktrees(on: "refs/heads/main") == [sandbox.path])
      #expect(try repository.worktrees(on: "refs/heads/side") == [sandbox.folder + "/linked"])
      #expect(try !repository.isCheckedOut("refs/heads/published"))
    }
    #expect(try !Repository(at: sandbox.folder + "/bare").isCheckedOut("refs/heads/main"))
  }
}
