import Foundation
import Testing

@Suite struct ExamplesTests {
  @Test(arguments: try Example.all())
  func `an example plans what its plan says, applies, and is then done`(_ example: Example) throws {
    let repository = try ExamplesRepository(example)
    #expect(try repository.validate().hasSuffix(": no findings\n"))
    let plan = try repository.plan(at: ExamplesRepository.birth)
    #expect(plan.text == (try example.folder.appending(path: "plan.txt").text()))
    try settle(repository, at: ExamplesRepository.birth)
    for step in try example.steps() {
      try repository.merge(step)
      if step.isRefused {
        #expect(
          withoutIDs(try repository.refusal(at: step.moment)) == (try step.plan()), "\(step.name)")
        try repository.undo()
      } else {
        #expect(
          withoutIDs(try repository.plan(at: step.moment).text) == (try step.plan()),
          "\(step.name)")
        try settle(repository, at: step.moment)
      }
    }
  }

  /// Applies; then nothing is left to do, and OpenSSL agrees with what is published.
  private func settle(_ repository: ExamplesRepository, at time: String) throws {
    try repository.apply(at: time)
    let rest = try repository.plan(at: time)
    #expect(!rest.hasChanges, "\(rest.text)")
    #expect(try repository.refusedIdentities(at: time) == [])
  }

  /// Serial numbers and keys are random, and so is what is computed from them.
  private func withoutIDs(_ text: String) -> String {
    [(64, "<digest>"), (40, "<id>"), (32, "<serial>"), (12, "<commit>")].reduce(text) { text, id in
      text.replacingOccurrences(
        of: "\\b[0-9a-f]{\(id.0)}\\b", with: id.1, options: .regularExpression)
    }
  }

  @Test(arguments: try Example.all())
  func `an example explains itself and is on the list of examples`(_ example: Example) throws {
    let text = try example.folder.appending(path: "README.md").text()
    #expect(text.hasPrefix("# "))
    #expect(text.contains("examples/make \(example.name) "))
    let list = try Example.root.appending(path: "README.md").text()
    #expect(list.contains("[\(example.name)](\(example.name)/)"))
    let said = try example.steps().filter(\.isRefused).map { try $0.plan() }.joined()
    for quoted in text.split(separator: "\n") where quoted.hasPrefix("    certwright: ") {
      #expect(said.contains(quoted.dropFirst(4) + "\n"))
    }
  }

  @Test func `the sample desired state is as good as the examples`() throws {
    let repository = try ExamplesRepository(
      desiredState: Example.root.appending(path: "..").standardizedFileURL)
    #expect(try repository.validate().hasSuffix(": no findings\n"))
    #expect(try repository.plan(at: ExamplesRepository.birth).hasChanges)
    try settle(repository, at: ExamplesRepository.birth)
  }

  @Test func `no private key is among the examples`() throws {
    let found = try Tool.run(
      ["grep", "-rlE", "PRIVATE KEY", Example.root.path]
        + [Example.root.appending(path: "../desired-state").path])
    #expect(found.status == 1, "\(found.output)")
  }
}
