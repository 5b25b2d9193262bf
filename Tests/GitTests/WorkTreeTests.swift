import Foundation
import Git
import PKI
import Testing

@Suite struct WorkTreeTests {
  @Test func `files on disk are listed with git's ids`() throws {
    let sandbox = try Sandbox.withHistory()
    let snapshot = try #require(try WorkTree(folder: sandbox.path).files(limit: 100))
    let expected = try sandbox.git("ls-tree", "-r", "HEAD")
    let lines = snapshot.listing.files.map { "100644 blob \($0.id)\t\($0.path)" }
    #expect(lines.joined(separator: "\n") == expected)
    #expect(snapshot.blobs.values.contains(Array("two\n".utf8)))
    #expect(try WorkTree(folder: sandbox.path + "/none").files(limit: 1) == nil)
    #expect(throws: GitError.self) {
      try WorkTree(folder: sandbox.path + "/a.txt").files(limit: 1)
    }
  }

  @Test func `what is no plain file is reported and not followed`() throws {
    let sandbox = try Sandbox()
    try sandbox.write("fine", to: "w/fine.yaml")
    try sandbox.write("too large", to: "w/large.yaml")
    try sandbox.write("secret", to: "secret/file.yaml")
    try sandbox.run(
      "sh", "-c", "ln -s ../secret w/link && ln -s /etc/passwd w/p.yaml && mkfifo w/pipe"
    ).expectSuccess()
    let snapshot = try #require(try WorkTree(folder: sandbox.folder + "/w").files(limit: 8))
    #expect(snapshot.listing.files.map(\.path) == ["fine.yaml"])
    #expect(
      snapshot.listing.problems == [
        TreeProblem(path: "large.yaml", kind: .tooLarge(limit: 8)),
        TreeProblem(path: "link", kind: .symlink), TreeProblem(path: "p.yaml", kind: .symlink),
        TreeProblem(path: "pipe", kind: .special),
      ])
    let selected = try WorkTree(folder: sandbox.folder + "/w").files(limit: 8) { $0 == "pipe" }
    #expect(selected?.listing.problems.count == 1)
  }
}
