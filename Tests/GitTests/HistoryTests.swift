import Foundation
import Git
import PKI
import Testing

@Suite struct HistoryTests {
  /// `main` with merges, and clocks that lie.
  private func merged() throws -> Sandbox {
    let sandbox = try Sandbox.withHistory()
    for step in 0..<4 {
      try sandbox.git("switch", "-q", "-c", "topic\(step)")
      try sandbox.write("\(step)\n", to: "repo/clients/\(step).yaml")
      try sandbox.git("add", ".")
      let time = ["1600000000 +0000", "1900000000 +0000"][step % 2]
      try sandbox.run(
        "sh", "-c", "GIT_COMMITTER_DATE='\(time)' git commit -q -m topic\(step)", in: "repo"
      ).expectSuccess()
      try sandbox.git("switch", "-q", "main")
      try sandbox.write("\(step)\n", to: "repo/noise.txt")
      try sandbox.git("add", ".")
      try sandbox.git("commit", "-q", "-m", "noise \(step)")
      try sandbox.git("merge", "-q", "--no-ff", "-m", "merge \(step)", "topic\(step)")
    }
    try sandbox.git("branch", "side", "HEAD~2")
    try sandbox.git("switch", "-q", "side")
    try sandbox.git("commit", "-q", "--allow-empty", "-m", "side")
    try sandbox.git("switch", "-q", "main")
    return sandbox
  }

  @Test func `ancestry agrees with git for every pair`() throws {
    let sandbox = try merged()
    let repository = try Repository(at: sandbox.path)
    let commits = try sandbox.git("rev-list", "--all").split(separator: "\n").map(String.init)
    #expect(commits.count > 12)
    for old in commits {
      for new in commits {
        let expected = try sandbox.runGit(["merge-base", "--is-ancestor", old, new]).status == 0
        let answer = try repository.isAncestor(id(old), of: id(new))
        #expect(answer == (expected ? .yes : .no), "\(old) \(new)")
      }
    }
  }

  @Test func `a shallow clone does not know what it cut`() throws {
    let sandbox = try merged()
    try sandbox.git("clone", "-q", "--depth", "2", "file://\(sandbox.path)", "shallow", in: "")
    let repository = try Repository(at: sandbox.folder + "/shallow")
    let head = try repository.resolve("HEAD")
    let old = try id(try sandbox.git("rev-parse", "HEAD~4"))
    #expect(try repository.isAncestor(old, of: head.id) == .unknown)
    #expect(try repository.isAncestor(head.parents[0], of: head.id) == .yes)
    #expect(try repository.isAncestor(head.id, of: head.parents[0]) == .unknown)
    let changes = try repository.newestChanges(
      ofFiles: ["0.yaml", "3.yaml"], below: "clients", from: head.id)
    // The topic is cut, so that all that is known is who merged it.
    #expect(changes.mapValues { String($0.subject) } == ["3.yaml": "merge 3"])
  }

  @Test func `the newest commit that changed a file is named, and for a merge the one it brought`()
    throws
  {
    let sandbox = try merged()
    let repository = try Repository(at: sandbox.path)
    let head = try repository.resolve("HEAD").id
    let changes = try repository.newestChanges(
      ofFiles: ["clients/1.yaml", "noise.txt", "a.txt", "state/x/y.txt", "none"], from: head)
    #expect(
      changes.mapValues { String($0.subject) } == [
        "clients/1.yaml": "topic1", "noise.txt": "noise 3", "a.txt": "second",
        "state/x/y.txt": "first",
      ])
    let below = try repository.newestChanges(
      ofFiles: ["2.yaml", "noise.txt"], below: "/clients/", from: head)
    #expect(below.mapValues { String($0.subject) } == ["2.yaml": "topic2"])
    let stop = try repository.resolve("HEAD~3").id
    #expect(try repository.newestChanges(ofFiles: ["a.txt"], from: head, stop: stop) == [:])
    #expect(try repository.newestChanges(ofFiles: ["a.txt"], from: head, limit: 2) == [:])
    try sandbox.git("rm", "-q", "a.txt")
    try sandbox.git("commit", "-q", "-m", "removal")
    let now = try repository.resolve("HEAD").id
    let removal = try repository.newestChanges(ofFiles: ["a.txt"], from: now)
    #expect(removal["a.txt"]?.subject == "removal")
  }

  @Test func `a merge that makes a file itself, or restores an old one, is the cause`() throws {
    let sandbox = try merged()
    try sandbox.git("switch", "-q", "-c", "late", "HEAD~1")
    try sandbox.write("late\n", to: "repo/late.txt")
    try sandbox.git("add", ".")
    try sandbox.git("commit", "-q", "-m", "late")
    try sandbox.git("switch", "-q", "main")
    try sandbox.write("newer\n", to: "repo/a.txt")
    try sandbox.git("commit", "-q", "-a", "-m", "newer")
    try sandbox.git("merge", "-q", "--no-ff", "--no-commit", "late")
    try sandbox.git("checkout", "-q", "late", "--", "a.txt")
    try sandbox.write("made by hand\n", to: "repo/late.txt")
    try sandbox.git("add", ".")
    try sandbox.git("commit", "-q", "-m", "evil merge")
    let repository = try Repository(at: sandbox.path)
    let changes = try repository.newestChanges(
      ofFiles: ["a.txt", "late.txt", "noise.txt"], from: repository.resolve("HEAD").id)
    #expect(
      changes.mapValues { String($0.subject) } == [
        "a.txt": "evil merge", "late.txt": "evil merge", "noise.txt": "noise 3",
      ])
  }

  @Test func `an unknown commit is an error and no answer`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let head = try repository.resolve("HEAD").id
    let absent = try id(String(repeating: "ab", count: 20))
    #expect(throws: GitError.self) { try repository.isAncestor(absent, of: head) }
    #expect(throws: GitError.self) { try repository.commit(absent) }
  }
}
