import Foundation
import Git
import PKI
import Testing

@Suite struct ReadingTests {
  @Test func `a commit is read as git shows it`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let commit = try repository.resolve("HEAD")
    #expect(commit.id.hex == (try sandbox.git("rev-parse", "HEAD")))
    #expect(commit.tree.hex == (try sandbox.git("rev-parse", "HEAD^{tree}")))
    #expect(commit.parents.map(\.hex) == [try sandbox.git("rev-parse", "HEAD~1")])
    #expect(commit.author.name == "Ada")
    #expect(commit.author.email == "ada@example.com")
    #expect(commit.author.time.seconds == 1_700_000_000)
    #expect(commit.committer.time.seconds == 1_700_000_060)
    #expect(commit.subject == "second")
    #expect(commit.trailer("plan-digest") == "abc")
    #expect(commit.trailers.map(\.key) == ["Plan-Digest", "Other"])
  }

  @Test func `revisions are resolved in every spelling`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.git("tag", "-a", "v1", "-m", "tag", "HEAD~1")
    let head = try sandbox.git("rev-parse", "HEAD")
    let first = try sandbox.git("rev-parse", "HEAD~1")
    for packed in [false, true] {
      if packed { try sandbox.git("gc", "-q") }
      let repository = try Repository(at: sandbox.path)
      for text in ["main", "refs/heads/main", head, String(head.prefix(8))] {
        #expect(try repository.resolve(text).id.hex == head)
      }
      for text in ["v1", "HEAD~1", first, String(first.prefix(7))] {
        #expect(try repository.resolve(text).id.hex == first)
      }
      for text in ["nothing", "", "HEAD~9", "HEAD:a.txt", "0000000", "a\u{0}b"] {
        #expect(throws: GitError.self) { try repository.resolve(text) }
      }
    }
  }

  @Test func `every kind of repository opens and reads`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.git("clone", "-q", "--bare", "repo", "bare", in: "")
    try sandbox.git("clone", "-q", "--depth", "1", "file://\(sandbox.path)", "shallow", in: "")
    try sandbox.git("clone", "-q", "--shared", "repo", "shared", in: "")
    try sandbox.git("worktree", "add", "-q", "../linked", "-b", "side")
    try sandbox.git("clone", "-q", "repo", "sparse", in: "")
    try sandbox.git("sparse-checkout", "set", "--cone", "state", in: "sparse")
    try sandbox.git("config", "core.repositoryformatversion", "1", in: "sparse")
    for name in ["bare", "shallow", "shared", "linked", "sparse", "repo/state/x"] {
      let repository = try Repository(at: sandbox.folder + "/" + name)
      let head = try repository.resolve("HEAD")
      let listing = try #require(try repository.files(in: head.tree))
      #expect(listing.files.map(\.path) == ["a.txt", "state-1.txt", "state/x/y.txt"], "\(name)")
      let file = try #require(listing.files.first)
      #expect(try repository.blob(file.id, limit: 4) == Array("two\n".utf8))
      #expect(repository.isShallow == (name == "shallow"))
      #expect((repository.workFolder == nil) == (name == "bare"))
    }
  }

  @Test func `no repository, foreign formats and unborn branches are told apart`() throws {
    let sandbox = try Sandbox()
    #expect(throws: GitError.notARepository(path: sandbox.folder)) {
      _ = try Repository(at: sandbox.folder)
    }
    try sandbox.git("init", "-q", "-b", "trunk", "empty", in: "")
    let repository = try Repository(at: sandbox.folder + "/empty")
    #expect(throws: GitError.unbornHead(branch: "refs/heads/trunk")) {
      try repository.resolve("HEAD")
    }
    #expect(try repository.reference("refs/heads/trunk") == nil)
    try sandbox.git("init", "-q", "--object-format=sha256", "new", in: "")
    for version in ["1", "0"] {
      try sandbox.git("config", "core.repositoryformatversion", version, in: "new")
      do throws(GitError) {
        _ = try Repository(at: sandbox.folder + "/new")
        Issue.record("a SHA-256 repository was opened")
      } catch {
        guard case .unsupportedRepository(_, let reason) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(reason.contains("SHA-256"))
      }
    }
  }

  @Test func `a repository of another user is named with the remedy`() throws {
    let sandbox = try Sandbox.withHistory()
    try #require(try sandbox.run("chown", "-R", "65534:65534", "repo").status == 0)
    do throws(GitError) {
      _ = try Repository(at: sandbox.path + "/state")
      Issue.record("another user's repository was opened")
    } catch {
      #expect(error == .notOwned(path: sandbox.path))
      #expect(error.hint?.contains("safe.directory \"\(sandbox.path)\"") == true)
    }
  }

  @Test func `entries and levels of a tree are found`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let tree = try repository.resolve("HEAD").tree
    let entry = try #require(try repository.entry(at: "state/x", in: tree))
    #expect(entry.kind == .folder)
    #expect(entry.id.hex == (try sandbox.git("rev-parse", "HEAD:state/x")))
    #expect(try repository.entry(at: "state/z", in: tree) == nil)
    #expect(try repository.entry(at: "a.txt/z", in: tree) == nil)
    #expect(
      try repository.children(of: tree).entries.map(\.name) == ["a.txt", "state-1.txt", "state"])
    #expect(try repository.files(below: "state/", in: tree)?.files.map(\.path) == ["x/y.txt"])
    #expect(try repository.files(below: "none", in: tree) == nil)
    #expect(throws: GitError.notAFolder(path: "a.txt")) {
      try repository.files(below: "a.txt", in: tree)
    }
    #expect(throws: GitError.tooManyFiles(limit: 2)) { try repository.files(in: tree, limit: 2) }
    #expect(throws: GitError.self) {
      try repository.blob(try id(try sandbox.git("rev-parse", "HEAD:a.txt")), limit: 3)
    }
  }

  @Test func `the difference of two trees is git's`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.run(
      "sh", "-c", "rm -r state && echo x > state && mkdir n && echo 1 > n/1 && chmod +x a.txt",
      in: "repo"
    )
    .expectSuccess()
    try sandbox.git("add", "-A")
    try sandbox.git("commit", "-q", "-m", "third")
    let repository = try Repository(at: sandbox.path)
    let (old, new) = (try repository.resolve("HEAD~1").tree, try repository.resolve("HEAD").tree)
    let lines = try repository.changes(from: old, to: new).map { change in
      let sign =
        switch change.kind {
        case .added: "A"
        case .changed: "M"
        case .removed: "D"
        }
      return "\(sign)\t\(change.path)"
    }
    let expected = try sandbox.git(
      "diff-tree", "-r", "--name-status", "--no-renames", old.hex, new.hex)
    #expect(lines.sorted() == expected.split(separator: "\n").map(String.init).sorted())
    #expect(try repository.changes(from: nil, to: new).count == 4)
    #expect(try repository.changes(from: new, to: new).isEmpty)
  }
}

extension Sandbox.Result {
  func expectSuccess() {
    #expect(status == 0, "\(errors)")
  }
}
